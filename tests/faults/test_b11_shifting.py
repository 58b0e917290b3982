"""B11: rows arrive while a feed is walked, rows move while a board is read. Nothing is lost, nothing counts twice."""

from __future__ import annotations

from collections import Counter

import pytest

from polymarket_sim.generate import generate
from polymarket_sim.model import Kind
from polymarket_sim.server import Simulator, running
from smartmoney import ingest
from smartmoney.polymarket.budget import LocalBudget
from smartmoney.polymarket.client import Client
from smartmoney.store.db import Store
from tests.kit.clock import FrozenClock
from tests.kit.feeds import newest_first
from tests.kit.same import picture
from tests.kit.syncing import NOW, PAGE_ROWS, here, sync

TICKS = 60


def test_new_rows_while_histories_are_walked(store: Store) -> None:
    """After a run while the world goes on and one when it stands, counts equal the world's own."""
    world = generate(6, traders=12, markets=10, trades=400, days=10, now=NOW)
    wallets = [trader.address for trader in world.traders]
    with running(world, trades_per_minute=120.0) as api:
        before = len(world.entries)
        api.misbehaviour.add("/data/v2/*", "head-insert", nth=list(range(2, 30, 3)), ticks=TICKS)
        sync(store, api.url, wallets)
        assert len(world.entries) > before + 20, "the world went on meanwhile"
        api.misbehaviour.clear()
        sync(store, api.url, wallets)
        found = picture(store)
    fills = int((world.entries.kind == Kind.TRADE).sum())
    assert found["trade"].total() == fills
    sizes = sorted(row[6] for row in found["trade"].elements())
    assert sizes == sorted(world.entries.size_micro[world.entries.kind == Kind.TRADE].tolist())


def test_new_rows_at_the_head_of_a_feed_newest_first() -> None:
    world = generate(7, traders=4, markets=5, trades=300, days=10, now=NOW)
    busiest = max(range(4), key=lambda number: len(world.by_trader.rows(number)))
    with running(world, trades_per_minute=240.0) as api:
        clock = FrozenClock()
        with Client(here(api.url), LocalBudget(clock), clock, page_rows=PAGE_ROWS) as client:
            user = world.traders[busiest].address

            def walk() -> list[tuple[object, ...]]:
                return [
                    (row.tx_hash, row.market.token_id, row.side, row.size_micro, row.price_pico)
                    for page in newest_first(client, user)
                    for row in page.rows
                ]

            first = walk()
            api.misbehaviour.add("/data/v2/trades", "head-insert", nth=[2, 3, 4], ticks=TICKS)
            moved = walk()
            api.misbehaviour.clear()
            last = walk()
    assert len(first) > 20 and last[-len(first) :] == first
    assert moved[-len(first) :] == first, (
        "what was there when the walk began comes once, whatever arrives"
    )
    assert not Counter(moved) - Counter(last), "and nothing comes twice"


@pytest.fixture
def board(store: Store, api: Simulator) -> list[tuple[str, int]]:
    """Wallet and count on a board of three pages whose rows move down by one in between."""
    rule = api.misbehaviour.add("/data/v2/leaderboard", "shift", nth=[2, 3])
    clock = FrozenClock()
    settings = here(api.url)
    with Client(settings, LocalBudget(clock), clock, page_rows=4) as client:
        ingest.sync_leaderboard(
            store, client, settings, depth=12, categories=["overall"], periods=["all"]
        )
    assert rule.fired >= 1
    with store.raw() as connection:
        return connection.execute(
            "select address, count(*) from leaderboard_entry join trader on id = trader_id "
            "where board = 'overall/all/PNL' group by 1"
        ).fetchall()


def test_a_wallet_that_comes_twice_on_a_moving_board_counts_once(
    board: list[tuple[str, int]],
) -> None:
    assert len(board) >= 4 and all(count == 1 for _, count in board)


def test_nobody_is_removed_for_not_being_on_a_board(
    store: Store, board: list[tuple[str, int]], api: Simulator
) -> None:
    api.misbehaviour.clear()
    settings, clock = here(api.url), FrozenClock()
    with Client(settings, LocalBudget(clock), clock) as client:
        ingest.sync_leaderboard(
            store, client, settings, depth=2, categories=["overall"], periods=["day"]
        )
    with store.raw() as connection:
        known = {row[0] for row in connection.execute("select address from trader")}
    assert {address for address, _ in board} <= known


def test_a_moving_board_is_marked_approximate(store: Store, api: Simulator) -> None:
    api.misbehaviour.add("/data/v2/leaderboard", "shift", nth=[2])
    settings, clock = here(api.url), FrozenClock()
    with Client(settings, LocalBudget(clock), clock, page_rows=4) as client:
        outcome = ingest.sync_leaderboard(
            store, client, settings, depth=12, categories=["overall"], periods=["all"]
        )
    assert any("approximate" in note for note in outcome.notes)
