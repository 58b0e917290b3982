"""What grows: every table is described, old rows are deleted and thinned as described, and growth and the disk are told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from smartmoney.settings import Settings
from smartmoney.store.db import Store
from smartmoney.store.server import growing, growth, retention
from smartmoney.supervise.example import with_tables
from smartmoney.supervise.paths import ROOT

NOW = datetime(2026, 11, 26, 15, tzinfo=UTC)  # a Thursday
DAYS: dict[growing.Kept, int] = {"runs": 90, "snapshots": 365, "alerts": 365}


def ask(store: Store, query: str) -> list[tuple[object, ...]]:
    with store.raw() as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]


def test_every_table_is_described_and_no_other(store: Store) -> None:
    there = ask(
        store,
        "select relname from pg_class where relkind in ('r', 'p') and not relispartition "
        "and relnamespace = 'public'::regnamespace",
    )
    assert {name for (name,) in there} == set(growing.BY_NAME)


@pytest.mark.parametrize(
    "table", [each for each in growing.TABLES if each.age], ids=lambda x: x.table
)
def test_what_is_deleted_by_age_has_that_age_and_key(store: Store, table: growing.Growing) -> None:
    columns = {
        name
        for (name,) in ask(
            store,
            f"select column_name from information_schema.columns where table_name = '{table.table}'",
        )
    }
    assert {table.age, *table.key} <= columns and (table.kept or table.thinned)


def test_the_page_of_operations_has_the_list() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert growing.table() in page and with_tables(page) == page


def scores_at(store: Store, *ago: timedelta) -> None:
    with store.raw() as connection:
        connection.execute(
            "insert into trader (address) select '0x' || lpad(to_hex(n), 40, '0') from generate_series(1, 2) n "
            "on conflict do nothing"
        )
        connection.execute(
            "insert into score_run (as_of, score_version, population, scored) values (%s, '1', 1, 1)",
            [NOW],
        )
        for each in ago:
            connection.execute(
                "insert into trader_score (trader_id, as_of, run_id, score_version, tier) "
                "select id, %s, (select max(id) from score_run), '1', 'C' from trader",
                [NOW - each],
            )


def kept_scores(store: Store) -> list[timedelta]:
    rows = ask(store, "select as_of from trader_score where trader_id = 1 order by as_of desc")
    assert rows == ask(
        store, "select as_of from trader_score where trader_id = 2 order by as_of desc"
    )
    return [NOW - when for (when,) in rows]  # type: ignore[operator]


def test_scores_are_thinned_with_age_and_the_last_of_each_period_stays(store: Store) -> None:
    hours = [timedelta(hours=each) for each in range(0, 24 * 100, 6)]
    scores_at(store, *hours)
    deleted = retention.prune(store, DAYS, NOW)
    kept = kept_scores(store)
    assert deleted["trader_score"] == 2 * (len(hours) - len(kept)) > 0
    assert kept[:9] == hours[:9], "the last two days whole"
    later = [NOW - each for each in kept if timedelta(days=3) <= each < timedelta(days=55)]
    assert len({when.date() for when in later}) == len(later) > 45
    assert all(when.hour == 21 for when in later), "the last look of a day"
    old = [NOW - each for each in kept if each > timedelta(days=70)]
    assert len({when.isocalendar()[:2] for when in old}) == len(old) >= 3
    assert retention.prune(store, DAYS, NOW)["trader_score"] == 0


def test_thinning_goes_on_where_it_stopped(store: Store) -> None:
    scores_at(store, *[timedelta(hours=each) for each in range(0, 240, 6)])
    retention.prune(store, DAYS, NOW)
    before = kept_scores(store)
    deleted = retention.prune(store, DAYS, NOW + timedelta(days=1))["trader_score"]
    assert deleted == 2 * 3, "one more day, of four looks the last"
    assert set(kept_scores(store)) < set(before)


def test_a_run_stays_as_long_as_a_score_of_it(store: Store) -> None:
    for days in (20, 20, 30):
        with store.raw() as connection:
            connection.execute(
                "insert into score_run (as_of, score_version, population, scored) values (%s, '1', 1, 1)",
                [NOW - timedelta(days=days, hours=1)],
            )
    with store.raw() as connection:
        connection.execute("insert into trader (address) values ('0x' || repeat('1', 40))")
        connection.execute(
            "insert into trader_score (trader_id, as_of, run_id, score_version, tier) values (1, %s, 1, '1', 'C')",
            [NOW],
        )
    retention.prune(store, DAYS, NOW)
    assert {row[0] for row in ask(store, "select id from score_run")} == {1, 2, 3}
    with store.raw() as connection:
        connection.execute("delete from trader_score")
        connection.execute("delete from upkeep")
    assert retention.prune(store, DAYS, NOW)["score_run"] == 1


def test_prices_told_by_the_api_and_the_newest_stay(store: Store) -> None:
    with store.raw() as connection:
        connection.execute("insert into market (condition_id) values ('0x' || repeat('1', 64))")
        for minutes, source, until in (
            (0, "gamma", True),
            (10, "gamma", True),
            (20, "history", True),
            (30, "gamma", False),
        ):
            at = NOW - timedelta(days=20) + timedelta(minutes=minutes)
            connection.execute(
                "insert into market_price values (1, %s, 0.5, %s, %s)",
                [at, source, at if until else None],
            )
    assert retention.prune(store, DAYS, NOW)["market_price"] == 2
    assert ask(store, "select source from market_price order by ts") == [("history",), ("gamma",)]


def test_alerts_end_with_their_deliveries(store: Store) -> None:
    with store.raw() as connection:
        connection.execute("insert into alert_rule (name, kind) values ('a', 'trader_moves')")
        for days in (10, 400):
            connection.execute(
                "insert into alert (rule_id, dedupe_key, at, sentence) values (1, %s, %s, 'x')",
                [str(days), NOW - timedelta(days=days)],
            )
        connection.execute(
            "insert into alert_delivery (alert_id, target) select id, 't' from alert"
        )
    assert retention.prune(store, DAYS, NOW)["alert"] == 1
    assert ask(store, "select count(*) from alert_delivery") == [(1,)]


def test_growth_needs_a_day_and_is_told_then(store: Store) -> None:
    assert (
        growth.outlook(growth.tables(store, NOW), 10**9, growth.days_known(store, NOW))[
            "needs_days"
        ]
        == 1
    )
    with store.raw() as connection:
        assert growth.measure(connection, NOW) == len(growing.TABLES)
        connection.execute(
            "insert into event (gamma_id, slug, title) select n, n, repeat('x', 900) from generate_series(1, 5000) n"
        )
    young = growth.outlook(growth.tables(store, NOW), 10**9, growth.days_known(store, NOW))
    assert young["bytes_a_day"] is None and "needs 1 more day to be known" in young["sentence"]
    later = NOW + timedelta(days=2)
    rows = {row["table_name"]: row for row in growth.tables(store, later)}
    grown = rows["event"]["bytes_a_day"]
    assert 5000 * 900 / 2 < grown < 5000 * 2_000 / 2 and rows["trade"]["bytes_a_day"] == 0
    known = growth.outlook(list(rows.values()), 10**9, growth.days_known(store, later))
    assert known["needs_days"] == 0 and known["days_left"] == pytest.approx(
        10**9 / known["bytes_a_day"]
    )
    assert (
        not growth.is_trouble(known)
        and f"about {known['days_left']:,.0f} days" in known["sentence"]
    )
    full = growth.outlook(list(rows.values()), 10**7, 2)
    assert growth.is_trouble(full)


def test_room_of_a_server_of_your_own_is_not_known(settings: Settings) -> None:
    assert growth.free_bytes(settings) is None
    assert "not known here" in growth.outlook([], None, 0)["sentence"]
    own = settings.model_copy(update={"database_url": None, "smartmoney_home": ROOT})
    assert (growth.free_bytes(own) or 0) > 0
