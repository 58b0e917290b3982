"""Markets, traders and positions: refreshed, never forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from smartmoney.polymarket.types import (
    BoardRecord,
    FillRecord,
    MarketRecord,
    MarketStub,
    PositionRecord,
    ResolutionRecord,
    TraderRecord,
)
from smartmoney.store.db import Store
from smartmoney.store.markets import catalog
from smartmoney.store.wallets import fills, population, positions
from smartmoney.store.wallets.fills import Saved
from smartmoney.store.wallets.identity import Occurrences
from tests.kit.catalog import MARKET, NO, NOW, YES

WALLET = "0x" + "1" * 40


def save(store: Store, market: MarketRecord, at: datetime = NOW) -> Saved:
    with store.raw() as connection:
        return catalog.save_markets(connection, [market], at)


def one(store: Store, query: str) -> tuple[object, ...] | None:
    with store.raw() as connection:
        return connection.execute(query).fetchone()


def test_a_resolution_stays_whatever_a_later_look_says(store: Store) -> None:
    resolved = replace(
        MARKET,
        status="RESOLVED",
        resolved_ts=1_700_000_000,
        outcomes=(replace(YES, payout_micro=1_000_000), replace(NO, payout_micro=0)),
    )
    assert save(store, MARKET) == Saved(1, 0)
    assert save(store, resolved) == Saved(0, 1)
    save(store, replace(MARKET, status="OPEN"))
    assert one(store, "select status, extract(epoch from resolved_at)::bigint from market") == (
        "RESOLVED",
        1_700_000_000,
    )
    assert one(store, "select array_agg(payout_micro order by outcome_index) from outcome") == (
        [1_000_000, 0],
    )


def looks(store: Store) -> list[tuple[str, int, int | None]]:
    """Each row of the price history: price, minutes after NOW, and until how many minutes it was seen; None: still."""
    with store.raw() as connection:
        found = connection.execute(
            "select price::float8, ts, seen_until from market_price order by ts"
        ).fetchall()
    minutes = [
        [None if at is None else (at - NOW).total_seconds() / 60 for at in row[1:]] for row in found
    ]
    return [(price, *spans) for (price, *_), spans in zip(found, minutes, strict=True)]


def look(store: Store, minutes: int, tenths: int) -> None:
    save(store, replace(MARKET, price_pico=tenths * 10**11), NOW + timedelta(minutes=minutes))


def test_a_price_is_kept_when_it_changes_and_after_a_pause(store: Store) -> None:
    look(store, 0, 4)
    with store.raw() as connection:
        connection.execute("insert into watchlist (market_id) select id from market")
    for minutes, tenths in (
        (10, 4),
        (20, 4),
        (30, 4),
        (40, 5),
        (50, 5),
        (90, 5),
        (100, 5),
        (95, 7),
    ):
        look(store, minutes, tenths)
    assert looks(store) == [(0.4, 0, 0), (0.4, 10, 30), (0.5, 40, 50), (0.5, 90, None)]


def test_of_a_market_nobody_is_in_a_price_a_day_is_kept(store: Store) -> None:
    day = 1_440
    for minutes, tenths in ((0, 4), (10, 5), (day + 10, 5), (day + 20, 6), (3 * day, 5)):
        look(store, minutes, tenths)
    assert looks(store) == [(0.4, 0, 0), (0.5, day + 10, day + 10)]


def test_a_market_first_named_by_a_fill_is_completed(store: Store) -> None:
    stub = MarketStub(MARKET.condition_id, "12", 0, "No", "Will it?")
    fill = FillRecord(WALLET, 1_790_000_000, "0x" + "f" * 64, "BUY", 10, 10**11, 1, stub)
    with store.raw() as connection:
        fills.save_fills(connection, [fill], Occurrences())
        assert catalog.named_conditions(connection, 10) == [MARKET.condition_id]
    save(store, MARKET)
    with store.raw() as connection:
        assert catalog.named_conditions(connection, 10) == []
        assert connection.execute(
            "select token_id, outcome_index from outcome order by 2"
        ).fetchall() == [
            ("11", 0),
            ("12", 1),
        ]


def test_names_are_refreshed_and_never_blanked(store: Store) -> None:
    with store.raw() as connection:
        board = [BoardRecord(TraderRecord(WALLET, "old name", verified=True), 1, 5_000_000, None)]
        population.save_board(connection, "OVERALL/ALL/PNL", board, NOW)
        population.save_traders(connection, [TraderRecord(WALLET)], "holders")
        assert connection.execute("select name, verified, found_by from trader").fetchall() == [
            ("old name", True, "leaderboard")
        ]


def test_positions_are_snapshot_when_they_change_and_absence_is_noted_not_acted_on(
    store: Store,
) -> None:
    stub = MarketStub(MARKET.condition_id, "11", 0, "Yes")
    held = PositionRecord(
        WALLET, "OPEN", 5_000_000, stub, avg_price_pico=400_000_000_000, realized_micro=0
    )
    with store.raw() as connection:
        assert positions.save_positions(connection, [held], NOW) == Saved(1, 0)
        positions.save_positions(connection, [held], NOW + timedelta(minutes=1))
        positions.save_positions(
            connection, [replace(held, shares_micro=7_000_000)], NOW + timedelta(minutes=2)
        )
        assert connection.execute(
            "select shares_micro from position_snapshot order by ts"
        ).fetchall() == [
            (5_000_000,),
            (7_000_000,),
        ]
        assert positions.mark_absent(connection, WALLET, ["11"], NOW + timedelta(minutes=3)) == 1
        assert connection.execute(
            "select shares_micro, absent_since is not null from position"
        ).fetchall() == [(7_000_000, True)]
        positions.save_positions(connection, [held], NOW + timedelta(minutes=4))
        assert connection.execute("select absent_since from position").fetchall() == [(None,)]


def test_payouts_come_from_the_route_that_knows_and_a_change_is_noticed(store: Store) -> None:
    save(store, replace(MARKET, status="CLOSED"))
    found = ResolutionRecord(MARKET.condition_id, 1_790_000_000, (1_000_000, 0), "reported")
    with store.raw() as connection:
        assert catalog.unresolved_conditions(connection, 10) == [MARKET.condition_id]
        assert catalog.save_resolutions(connection, [found]) == 1
        assert catalog.save_resolutions(connection, [found]) == 0
        assert catalog.unresolved_conditions(connection, 10) == []
        assert (
            catalog.save_resolutions(connection, [replace(found, payouts_micro=(500_000, 500_000))])
            == 1
        )
    assert one(store, "select status, resolution_seen_at is not null from market") == (
        "RESOLVED",
        True,
    )
    assert one(store, "select array_agg(payout_micro order by outcome_index) from outcome") == (
        [500_000, 500_000],
    )
