"""Migrations: from nothing, from a previous version, half-way failures, newer databases; and what each role may do."""

from __future__ import annotations

import threading

import psycopg
import pytest

from smartmoney.errors import SchemaMismatch
from smartmoney.store.db import Store
from smartmoney.store.server.migrate import Migration, migrate, migrations, require_current


def test_from_nothing_and_then_nothing_to_do(empty: Store) -> None:
    with pytest.raises(SchemaMismatch, match="run `smartmoney migrate`"):
        require_current(empty)
    assert migrate(empty) == [f"{step.number:04d}_{step.name}" for step in migrations()]
    require_current(empty)
    assert migrate(empty) == []


def test_a_failing_step_rolls_back_with_its_record(owner: Store) -> None:
    steps = [*migrations(), Migration(9001, "half", "create table half (id int); select 1/0")]
    with pytest.raises(
        SchemaMismatch, match="9001_half failed and was rolled back: division by zero"
    ):
        migrate(owner, steps)
    with owner.raw() as connection:
        assert connection.execute("select to_regclass('half')").fetchone() == (None,)
    require_current(owner)


def test_from_the_previous_version(owner: Store) -> None:
    steps = [*migrations(), Migration(9001, "more", "create table more (id int)")]
    assert migrate(owner, steps) == ["9001_more"]
    with pytest.raises(SchemaMismatch, match="newer than this version"):
        require_current(owner)


def test_days_stored_row_by_row_survive_the_step_to_arrays(empty: Store) -> None:
    migrate(empty, [step for step in migrations() if step.number < 10])
    days = [
        (1, "2026-01-02", 5, 7, 9, 2),
        (1, "2026-01-01", 1, 2, 3, 4),
        (2, "2026-01-01", -1, -2, 0, 1),
    ]
    with empty.raw() as connection:
        connection.cursor().executemany(
            "insert into trader_daily values (%s, %s, %s, %s, %s, %s)", days
        )
        before = connection.execute("select * from trader_daily order by 1, 2").fetchall()
    steps = [step for step in migrations() if step.number <= 10]
    assert migrate(empty, steps) == ["0010_days_of_a_wallet"]
    with empty.raw() as connection:
        assert connection.execute("select * from trader_daily").fetchall() == before
        rights = "select has_table_privilege('sm_read', 'trader_daily', 'select'), has_table_privilege('sm_ingest', 'trader_days', 'insert')"
        assert connection.execute(rights).fetchone() == (True, True)


def test_an_edited_step_is_noticed(owner: Store) -> None:
    first, *rest = migrations()
    with pytest.raises(SchemaMismatch, match="Migration 0001 differs"):
        migrate(owner, [Migration(1, first.name, first.sql + "-- edited"), *rest])


def test_two_at_once_run_each_step_once(owner: Store) -> None:
    steps = [
        *migrations(),
        Migration(9001, "slow", "select pg_sleep(0.3); create table slow (id int)"),
    ]
    done: list[list[str]] = []
    threads = [
        threading.Thread(target=lambda: done.append(migrate(owner, steps))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [[], [], ["9001_slow"]]


@pytest.mark.parametrize(
    "statement",
    [
        "insert into trader (address) values ('0x' || repeat('0', 40))",
        "set default_transaction_read_only = off; update trader set name = 'x'",
        "delete from trade",
        "create table mine (id int)",
        "create temporary table mine (id int)",
        "select pg_read_file('/etc/passwd')",
        "select ensure_trade_partitions(now(), now())",
        "copy trader to '/tmp/x'",
        "truncate quarantine",
        "set role sm_ingest",
    ],
)
def test_the_reading_role_is_refused(reader: Store, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege), reader.raw() as connection:
        connection.execute(statement)


def test_the_reading_role_edits_what_people_edit_and_asks_for_a_sync(reader: Store) -> None:
    with reader.raw() as connection:
        connection.execute(
            "insert into setting (name, value, changed_by) values ('x', '1', 'test')"
        )
        trader = connection.execute(
            "select request_sync(%s, array['trades'])", ["0x" + "a" * 40]
        ).fetchone()[0]
        connection.execute("insert into watchlist (trader_id) values (%s)", [trader])
    with (
        pytest.raises(psycopg.errors.RaiseException, match="not a wallet address"),
        reader.raw() as connection,
    ):
        connection.execute("select request_sync('0x123', array['trades'])")


def test_the_reading_role_is_cut_off_after_ten_seconds(reader: Store) -> None:
    with reader.raw() as connection:
        assert connection.execute("show statement_timeout").fetchone() == ("10s",)


def test_files_are_numbered_without_gaps() -> None:
    assert [step.number for step in migrations()] == list(range(1, len(migrations()) + 1))
