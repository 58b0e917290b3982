"""Fault A1: a 1015 page met by one process silences every route of the host for all who share the database."""

from __future__ import annotations

from polymarket_sim.server import Simulator
from polymarket_sim.world import World
from smartmoney.ingest import sync_trader_trades
from smartmoney.polymarket.budget import limits_for
from smartmoney.polymarket.client import Client
from smartmoney.settings import Settings
from smartmoney.store.db import Store
from smartmoney.store.streams.budget import PostgresBudget
from tests.kit.simulators import wrong
from tests.kit.truth import assert_complete, busiest


def test_1015_silences_every_route_for_all_processes_and_nothing_is_lost(
    store: Store, asking: Settings, world: World, simulator: Simulator
) -> None:
    addresses = busiest(world, 2)
    elsewhere = Store(store.url)
    another = PostgresBudget(elsewhere)
    answered: list[bool] = []

    class Watching(PostgresBudget):
        """Looks, right after a closing, what another process is told about another route."""

        def close(self, name: str, seconds: float, reason: str) -> None:
            super().close(name, seconds, reason)
            answered.append(another.reserve(limits_for("data", "/v2/leaderboard", asking)).closed)

    wrong(simulator, "1015", 1)
    with Client(asking, Watching(store)) as client:
        sync_trader_trades(store, client, asking, addresses)
        assert client.counts["throttles"] == 1
    assert answered == [True]
    assert not another.reserve(limits_for("data", "/v2/leaderboard", asking)).closed
    assert_complete(store, world, addresses)
    elsewhere.dispose()
