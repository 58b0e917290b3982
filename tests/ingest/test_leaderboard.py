"""The population: the union of the boards, holders of markets, and never a contract of the exchange."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from polymarket_sim.accounts import boards
from polymarket_sim.server import Simulator
from polymarket_sim.world import World
from smartmoney.errors import ApiRefused, ApiUnavailable
from smartmoney.ingest import discover, sync_leaderboard, sync_markets
from smartmoney.ingest.leaderboard import CATEGORIES, ORDERS, PERIODS
from smartmoney.polymarket.client import Client
from smartmoney.polymarket.types import BoardRecord, TraderRecord
from smartmoney.settings import Settings
from smartmoney.store.db import Store
from smartmoney.store.wallets import population
from tests.kit.simulators import wrong

ROUTE = "/data/v2/leaderboard"


def traders(store: Store) -> set[str]:
    with store.raw() as connection:
        return {row[0] for row in connection.execute("select address from trader").fetchall()}


def test_the_union_of_the_boards_is_enrolled(
    store: Store, client: Client, asking: Settings, world: World, simulator: Simulator
) -> None:
    told: list[tuple[int, int]] = []
    outcome = sync_leaderboard(
        store, client, asking, depth=5, progress=lambda done, all_, _: told.append((done, all_))
    )
    total = len(CATEGORIES) * len(PERIODS) * len(ORDERS)
    assert outcome.read["boards"] == total and told[-1] == (total, total)
    wanted: set[str] = set()
    for category in CATEGORIES:
        for period in PERIODS:
            board = boards.board(simulator.served, period, category)
            for order in (board.by_pnl, board.by_shares):
                wanted |= {world.traders[int(number)].address for number in order[:5]}
    assert traders(store) == wanted
    with store.raw() as connection:
        rows = connection.execute(
            "select source, count(*), min(priority) from ingestion_state "
            "where source in ('trades', 'positions') group by 1"
        ).fetchall()
    assert sorted(rows) == [("positions", len(wanted), 0), ("trades", len(wanted), 0)]


def test_a_second_run_of_a_day_takes_the_place_of_the_first_and_adds_nobody_twice(
    store: Store, client: Client, asking: Settings
) -> None:
    first = sync_leaderboard(store, client, asking, depth=5, categories=["overall"])
    again = sync_leaderboard(store, client, asking, depth=5, categories=["overall"])
    assert first.written["traders new"] > 0 and again.written["traders new"] == 0
    assert again.written["trades streams"] == 0
    with store.raw() as connection:
        (looks,) = connection.execute(
            "select count(distinct fetched_at) from leaderboard_entry"
        ).fetchone()
        wallets = connection.execute(
            "select board, trader_id, count(*) from leaderboard_entry group by 1, 2"
        ).fetchall()
    assert looks == len(PERIODS) * len(ORDERS) and {count for *_, count in wallets} == {1}


def test_of_each_day_the_last_look_at_a_board_is_kept(store: Store) -> None:
    board = [BoardRecord(TraderRecord("0x" + "a" * 40), 1, 5_000_000, None)]
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    with store.raw() as connection:
        for hours in (-24, -13, -12, 0, 6, 11, 12):
            population.save_board(
                connection, "overall/day/PNL", board, noon + timedelta(hours=hours)
            )
        kept = connection.execute(
            "select extract(epoch from fetched_at - %s)::int / 3600 from leaderboard_entry order by 1",
            [noon],
        ).fetchall()
    assert kept == [(-13,), (11,), (12,)]


def test_a_board_that_moves_while_it_is_read_counts_each_wallet_once(
    store: Store,
    client: Client,
    asking: Settings,
    simulator: Simulator,
) -> None:
    client.page_rows = 5
    wrong(simulator, "shift", route=ROUTE, times=None)
    simulator.misbehaviour.rules[-1].nth = [2, 3]
    outcome = sync_leaderboard(
        store, client, asking, depth=15, categories=["overall"], periods=["all"]
    )
    assert any("approximate" in note for note in outcome.notes)
    with store.raw() as connection:
        rows = connection.execute(
            "select board, trader_id, count(*) from leaderboard_entry group by 1, 2"
        ).fetchall()
        notes = [
            row[0]
            for row in connection.execute(
                "select note from ingestion_state where source = 'leaderboard'"
            )
        ]
    assert all(count == 1 for *_, count in rows)
    assert {"approximate": True} in notes


def test_a_refused_board_is_noted_and_the_others_are_read(
    store: Store, client: Client, asking: Settings, simulator: Simulator
) -> None:
    wrong(simulator, "400", 1, route=ROUTE)
    outcome = sync_leaderboard(store, client, asking, depth=5, categories=["overall"])
    assert (
        list(outcome.failed) == ["overall/day/PNL"]
        and outcome.read["boards"] == len(PERIODS) * len(ORDERS) - 1
    )


@pytest.mark.parametrize(("what", "error"), [("404", ApiRefused), ("502", ApiUnavailable)])
def test_when_every_board_fails_the_job_does(
    store: Store,
    client: Client,
    asking: Settings,
    simulator: Simulator,
    what: str,
    error: type[Exception],
) -> None:
    wrong(simulator, what, route=ROUTE)
    with pytest.raises(error):
        sync_leaderboard(store, client, asking, depth=5, categories=["overall"])


def test_holders_and_traders_of_markets_join_the_population(
    store: Store, client: Client, asking: Settings, world: World, simulator: Simulator
) -> None:
    sync_markets(store, client, asking)
    outcome = discover(store, client, asking, markets=5)
    assert len(traders(store)) > 5 and not outcome.failed
    held = {log.params["condition"] for log in simulator.requests if log.path == "/data/v2/holders"}
    assert len(held) == 5
    before = traders(store)
    discover(store, client, asking, conditions=[world.markets[0].condition_id])
    assert traders(store) >= before


def test_watched_markets_are_always_among_them_once_an_hour(
    store: Store, client: Client, asking: Settings, world: World, simulator: Simulator
) -> None:
    sync_markets(store, client, asking)
    watched = [market.condition_id for market in world.markets if market.closed_at is None][-2:]
    with store.raw() as connection:
        connection.execute(
            "insert into watchlist (market_id) select id from market where condition_id = any(%s)",
            [watched],
        )

    def asked() -> list[str]:
        return [
            log.params["condition"] for log in simulator.requests if log.path == "/data/v2/holders"
        ]

    for _ in range(2):
        discover(store, client, asking, markets=0)
    assert sorted(asked()) == sorted(watched)
    with store.raw() as connection:
        connection.execute(
            "update ingestion_state set last_success_at = last_success_at - interval '61 minutes'"
        )
    discover(store, client, asking, markets=1)
    assert len(asked()) == 5 and set(asked()) > set(watched)
