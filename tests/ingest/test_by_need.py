"""Markets by need: what somebody is in comes first whatever the length of the open list, which is walked on from run to run."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from polymarket_sim.server import Simulator
from polymarket_sim.world import World
from smartmoney.ingest import open_list, sync_markets, sync_trader_trades
from smartmoney.ingest.outcome import SyncOutcome
from smartmoney.ingest.phases import Phases
from smartmoney.polymarket.client import Client
from smartmoney.settings import Settings
from smartmoney.store.db import Store
from tests.kit.simulators import live_on


def rows(store: Store, query: str) -> list[tuple[Any, ...]]:
    with store.raw() as connection:
        return connection.execute(query).fetchall()


@pytest.fixture
def slices(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A run sees two pages of the long list at most, as if its time were up then; what it holds: pages taken by run."""
    taken: list[int] = []
    walk = open_list.walk

    def short(connection: Any, client: Any, turn: Any, save: Any, over: Any) -> bool:
        first = turn.pages
        ended = walk(connection, client, turn, save, lambda: turn.pages - first >= 2)
        taken.append(turn.pages - first)
        return ended

    monkeypatch.setattr(open_list, "walk", short)
    return taken


def test_payouts_and_held_prices_do_not_wait_for_the_long_list(
    store: Store, client: Client, asking: Settings, world: World, slices: list[int]
) -> None:
    client.page_rows = 2
    sync_trader_trades(store, client, asking, [trader.address for trader in world.traders])
    outcome = sync_markets(store, client, asking)
    resolved = {market.condition_id for market in world.markets if market.payouts is not None}
    named = {name for (name,) in rows(store, "select condition_id from market")}
    settled = rows(store, "select condition_id from market where status = 'RESOLVED'")
    assert {name for (name,) in settled} == resolved & named and settled
    assert slices == [2] and any("the list of all open" in each.lower() for each in outcome.notes)
    held = rows(
        store,
        "select priced_at from market m where status = 'OPEN' and exists (select from trade t where t.market_id = m.id)",
    )
    assert held and all(at is not None for (at,) in held)
    assert rows(store, "select watermark from ingestion_state where key = 'open'") == [(None,)]


def test_a_turn_goes_on_in_the_next_run_and_its_end_is_known(
    store: Store, client: Client, asking: Settings, world: World, slices: list[int]
) -> None:
    client.page_rows = 1
    opened = {market.condition_id for market in world.markets if market.closed_at is None}
    for _ in range(30):
        sync_markets(store, client, asking)
        if rows(store, "select watermark from ingestion_state where key = 'open'")[0][0]:
            break
    assert sum(slices) >= len(opened) > 4 and max(slices) == 2
    assert {name for (name,) in rows(store, "select condition_id from market")} == opened
    [(cursor, note)] = rows(store, "select cursor, note from ingestion_state where key = 'open'")
    assert cursor is None and note["last_pages"] == sum(slices)


def test_a_market_that_left_the_list_is_asked_for_after_a_whole_turn_only(
    store: Store,
    client: Client,
    asking: Settings,
    world: World,
    simulator: Simulator,
    slices: list[int],
) -> None:
    client.page_rows = 100
    sync_markets(store, client, asking)
    market = next(each for each in reversed(world.markets) if each.closed_at is None)
    with world.lock:
        market.closed_at = world.now
    live_on(simulator, 1)
    simulator.requests.clear()
    client.page_rows = 1
    runs = 0
    while rows(
        store, f"select status from market where condition_id = '{market.condition_id}'"
    ) == [("OPEN",)]:
        sync_markets(store, client, asking)
        runs += 1
        assert runs < 30
    asked = {
        condition
        for log in simulator.requests
        if log.path == "/gamma/markets/keyset"
        for condition in log.params.get("condition_ids", "").split(",")
    }
    assert runs > 1 and asked - {""} == {market.condition_id}


def test_a_cursor_that_is_no_longer_taken_begins_the_turn_anew(
    store: Store, client: Client, asking: Settings, world: World, slices: list[int]
) -> None:
    client.page_rows = 1
    sync_markets(store, client, asking)
    with store.raw() as connection:
        connection.execute("update ingestion_state set cursor = 'stale' where key = 'open'")
    sync_markets(store, client, asking)
    [(cursor, note)] = rows(store, "select cursor, note from ingestion_state where key = 'open'")
    assert cursor not in (None, "stale") and note["pages"] == 2


def test_nothing_changed_and_nothing_is_written_of_prices(
    store: Store, client: Client, asking: Settings, world: World
) -> None:
    sync_trader_trades(store, client, asking, [trader.address for trader in world.traders])
    sync_markets(store, client, asking)
    before = rows(store, "select count(*), max(ts) from market_price where source = 'gamma'")
    sync_markets(store, client, asking)
    sync_markets(store, client, asking)
    once = rows(
        store, "select count(*) from market_price where source = 'gamma' and seen_until is null"
    )
    assert (
        rows(store, "select count(*) from market_price where source = 'gamma'")[0][0]
        <= before[0][0] + once[0][0]
    )
    again = rows(store, "select count(*), max(ts) from market_price where source = 'gamma'")
    sync_markets(store, client, asking)
    assert rows(store, "select count(*), max(ts) from market_price where source = 'gamma'") == again


class Hands:
    """A clock that goes on by a second each time it is read."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


def test_a_part_that_was_cut_says_so_and_leaves_time_to_those_after_it(store: Store) -> None:
    outcome, seen = SyncOutcome(), dict[str, int]()
    phases = Phases(store, "markets", outcome, 1, lambda *_: None, datetime.now(UTC), 40.0, Hands())

    def part(name: str, items: int) -> int:
        def step(_: Any, batch: list[str]) -> int:
            seen[name] = seen.get(name, 0) + len(batch)
            return len(batch)

        return phases.batches([str(n) for n in range(items)], 5, step, name).left

    phases.run("held", 0.5, lambda: part("held", 500), "held markets")
    phases.run("payouts", 1.0, lambda: part("payouts", 20), "closed markets")
    assert 0 < seen["held"] < 500 and seen["payouts"] == 20
    assert outcome.notes == [
        f"Time was up with {500 - seen['held']} held markets left; the next run goes on with them."
    ]
    states = dict(
        rows(store, "select key, last_error from ingestion_state where source = 'markets'")
    )
    assert states == {"held": outcome.notes[0], "payouts": None}
    phases.until = phases._start + 1e9
    phases.run("held", 1e9, lambda: 0, "held markets")
    assert dict(rows(store, "select key, last_error from ingestion_state")) == {
        "held": None,
        "payouts": None,
    }
