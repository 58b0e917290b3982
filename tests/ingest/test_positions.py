"""Positions: all of them, open and closed; what vanishes is kept, and marked once a second look agrees."""

from __future__ import annotations

from typing import Any

import pytest

from polymarket_sim.accounts import portfolio
from polymarket_sim.server import Simulator
from polymarket_sim.world import World
from smartmoney.ingest import sync_trader_positions
from smartmoney.polymarket.client import Client
from smartmoney.settings import Settings
from smartmoney.store import streams
from smartmoney.store.db import Store
from tests.kit.failing import Fail, Failing
from tests.kit.simulators import live_on, wrong
from tests.kit.truth import Shorter, busiest

ROUTE = "/data/v2/positions"


def shown(simulator: Simulator, address: str) -> set[tuple[Any, ...]]:
    """What the simulator shows of a wallet: token, status, shares and realized PnL in micro-units."""
    served, world = simulator.served, simulator.world
    views = portfolio.of_trader(served, world.trader_index[address])
    tokens = [world.markets[view.market].token_ids[view.outcome] for view in views]
    return {(token, view.status, view.shares) for token, view in zip(tokens, views, strict=True)}


def stored(store: Store, address: str, absent: bool = False) -> set[tuple[Any, ...]]:
    with store.raw() as connection:
        return set(
            connection.execute(
                "select o.token_id, p.status, p.shares_micro from position p join trader t on t.id = p.trader_id "
                "join outcome o on o.id = p.outcome_id where t.address = %s and (p.absent_since is not null) = %s",
                [address, absent],
            ).fetchall()
        )


def test_every_position_of_every_wallet(
    store: Store, client: Client, asking: Settings, world: World, simulator: Simulator
) -> None:
    addresses = [trader.address for trader in world.traders]
    outcome = sync_trader_positions(store, client, asking, addresses)
    assert {address: stored(store, address) for address in addresses} == {
        address: shown(simulator, address) for address in addresses
    }
    assert outcome.read["positions closed"] > 0 and outcome.read["positions open"] > 0
    assert {"REDEEMABLE", "OPEN", "CLOSED"} <= {
        status for each in addresses for _, status, _ in stored(store, each)
    }


def test_the_next_look_reads_open_ones_whole_and_closed_ones_from_the_last(
    store: Store,
    client: Client,
    asking: Settings,
    world: World,
    simulator: Simulator,
    pages_of: Shorter,
) -> None:
    addresses = busiest(world, 3)
    with pages_of(7):
        sync_trader_positions(store, client, asking, addresses)
        live_on(simulator, 300)
        sync_trader_positions(store, client, asking, addresses)
    assert {each: stored(store, each) for each in addresses} == {
        each: shown(simulator, each) for each in addresses
    }
    asked = [
        log.params for log in simulator.requests if log.path == ROUTE and "cursor" not in log.params
    ]
    closed = [params.get("start") for params in asked if params["status"] == "CLOSED"]
    assert closed[:3] == [None] * 3 and all(int(start or 0) > 1 for start in closed[3:])
    assert all(params["filter_amount"] == "0" for params in asked)
    assert all(
        params.get("include_archived") == "true" for params in asked if params["status"] == "OPEN"
    )


def test_a_snapshot_is_kept_only_of_what_changed(
    store: Store, client: Client, asking: Settings, world: World, simulator: Simulator
) -> None:
    addresses = busiest(world, 3)

    def snapshots() -> int:
        sync_trader_positions(store, client, asking, addresses)
        with store.raw() as connection:
            return int(connection.execute("select count(*) from position_snapshot").fetchone()[0])

    first = snapshots()
    assert first == sum(len(shown(simulator, each)) for each in addresses)
    assert snapshots() == first
    live_on(simulator, 300)
    assert snapshots() > first


def test_empty_after_non_empty_is_unconfirmed_then_absent_and_never_zeroed(
    store: Store, client: Client, asking: Settings, world: World, simulator: Simulator
) -> None:
    (address,) = busiest(world, 1)
    sync_trader_positions(store, client, asking, [address])
    held = {row for row in stored(store, address) if row[1] != "CLOSED"}
    assert held
    wrong(simulator, "parameter", route=ROUTE, field="start", value="1900000000")
    sync_trader_positions(store, client, asking, [address])
    assert stored(store, address) >= held, "one empty look closes nothing"
    with store.raw() as connection:
        note = streams.get(connection, "positions", address).note
        assert len(note["unconfirmed"]) == len(held)
        (soon,) = connection.execute(
            "select due_at < now() + interval '2 min' from ingestion_state where source = 'positions'"
        ).fetchone()
    assert soon
    outcome = sync_trader_positions(store, client, asking, [address])
    assert stored(store, address, absent=True) == held, "kept as they were, marked"
    assert outcome.written["positions absent"] == len(held)
    simulator.misbehaviour.rules.clear()
    sync_trader_positions(store, client, asking, [address])
    assert stored(store, address) == shown(simulator, address) and not stored(
        store, address, absent=True
    )


@pytest.mark.parametrize("page", [1, 2, 4])
def test_cut_short_at_any_page_the_next_look_is_whole(
    store: Store,
    client: Client,
    asking: Settings,
    world: World,
    simulator: Simulator,
    pages_of: Shorter,
    page: int,
) -> None:
    (address,) = busiest(world, 1)
    with pages_of(11):
        with Failing(asking, "/v2/positions", page, after=True) as broken, pytest.raises(Fail):
            sync_trader_positions(store, broken, asking, [address])
        assert not stored(store, address, absent=True)
        sync_trader_positions(store, client, asking, [address])
    assert stored(store, address) == shown(simulator, address)


@pytest.mark.parametrize("fault", ["429", "503", "cut", "bad-gzip", "short"])
def test_faults_on_the_way_change_nothing(
    store: Store,
    client: Client,
    asking: Settings,
    world: World,
    simulator: Simulator,
    fault: str,
    pages_of: Shorter,
) -> None:
    (address,) = busiest(world, 1)
    wrong(simulator, fault, 3, route=ROUTE)
    with pages_of(9):
        sync_trader_positions(store, client, asking, [address])
    assert stored(store, address) == shown(simulator, address)
