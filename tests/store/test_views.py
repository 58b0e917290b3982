"""What a person sees who opens the database with a tool of their own: views in dollars, and units everywhere."""

from __future__ import annotations

import psycopg
import pytest

from smartmoney import frames
from smartmoney.errors import SchemaMismatch
from smartmoney.store.db import Store
from smartmoney.store.frame_tables import TABLES
from smartmoney.store.server import growing, views
from smartmoney.store.server.migrate import Migration, migrate, migrations
from tests.kit.fills import FILL, NEAR, save

COMMENTS = """
select a.attname, col_description(c.oid, a.attnum) from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.oid = %s::regclass and a.attnum > 0 order by a.attnum"""


@pytest.mark.parametrize("name", TABLES)
def test_a_view_is_the_frame(store: Store, reader: Store, name: str) -> None:
    save(store, [FILL, *NEAR])
    with frames.reading_from(reader):
        frame = getattr(frames, name)()
    with reader.raw() as connection:
        found = connection.execute(f"select * from v_{name}")
        assert [column.name for column in found.description or ()] == list(frame.columns)
        assert len(found.fetchall()) == len(frame)


def test_trades_are_in_dollars(store: Store, reader: Store) -> None:
    save(store, [FILL])
    with reader.raw() as connection:
        row = connection.execute("select size, price, cash from v_trades").fetchone()
    assert row == (5.0, 0.4, 2.0)


@pytest.mark.parametrize("name", TABLES)
def test_every_column_of_a_view_says_what_it_is(reader: Store, name: str) -> None:
    with reader.raw() as connection:
        found = dict(connection.execute(COMMENTS, [f"v_{name}"]).fetchall())
    assert all(found.values())
    for key, column in TABLES[name].columns.items():
        assert column.means in found[key] and (column.unit or "") in found[key]


def test_no_table_and_no_amount_is_without_a_comment(store: Store, owner: Store) -> None:
    with owner.raw() as connection:
        tables = dict(
            connection.execute(
                "select relname, obj_description(oid) from pg_class where relnamespace = 'public'::regnamespace "
                "and relkind in ('r', 'p') and not relispartition"
            ).fetchall()
        )
        bare = connection.execute(views.COLUMNS, [list(views.SUFFIXES)]).fetchall()
    assert {table.table for table in growing.TABLES} <= set(tables)
    assert not [name for name, comment in tables.items() if not comment] and not bare


def test_they_are_made_anew_only_when_they_changed(owner: Store) -> None:
    with owner.raw() as connection:
        before = connection.execute("select 'v_trades'::regclass::oid").fetchone()
    assert migrate(owner) == []
    with owner.raw() as connection:
        assert connection.execute("select 'v_trades'::regclass::oid").fetchone() == before
        connection.execute("comment on table migration is 'of another version'")
    migrate(owner)
    with owner.raw() as connection:
        assert connection.execute("select 'v_trades'::regclass::oid").fetchone() != before
        assert views.is_current(connection)


def test_a_further_step_leaves_them_standing(owner: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that changes neither a view nor a comment: what was taken away for it is made again."""
    steps = migrations()
    further = Migration(len(steps) + 1, "further", "create index on trader (found_by)")
    monkeypatch.setattr("smartmoney.store.server.migrate.migrations", lambda: [*steps, further])
    assert migrate(owner) == [f"{further.number:04d}_further"]
    with owner.raw() as connection:
        assert views.is_current(connection)
        connection.execute("select from v_trades")


def test_a_step_that_fails_costs_no_view(owner: Store) -> None:
    broken = Migration(len(migrations()) + 1, "broken", "select 1 / 0")
    with pytest.raises(SchemaMismatch, match="broken failed"):
        migrate(owner, [*migrations(), broken])
    migrate(owner)
    with owner.raw() as connection:
        connection.execute("select from v_trades")


def test_nobody_writes_through_them(store: Store, reader: Store) -> None:
    save(store, [FILL])
    with reader.raw() as connection, pytest.raises(psycopg.errors.Error):
        connection.execute("update v_traders set tier = 'S'")
