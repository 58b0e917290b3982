"""A small world that does not move, a server of it that misbehaves on request, and what a clean run over it stores."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from polymarket_sim.generate import generate
from polymarket_sim.server import Simulator, running
from polymarket_sim.world import World
from smartmoney.store.db import Store
from smartmoney.store.server.embedded import EmbeddedPostgres
from tests.kit.databases import fresh_store
from tests.kit.prefects import prefect
from tests.kit.same import Picture, picture
from tests.kit.syncing import NOW, Run, sync

__all__ = ["prefect"]


@pytest.fixture(scope="session")
def world() -> World:
    """A world of twelve wallets that no test changes."""
    return generate(5, traders=12, markets=10, trades=600, days=30, now=NOW)


@pytest.fixture(scope="session")
def wallets(world: World) -> list[str]:
    """Addresses of everybody in it."""
    return [trader.address for trader in world.traders]


@pytest.fixture
def api(world: World) -> Iterator[Simulator]:
    """The world, served; `api.misbehaviour.add(...)` spoils it."""
    with running(world) as found:
        yield found


@pytest.fixture
def run(store: Store, api: Simulator, wallets: list[str]) -> Run:
    """`sync` over the served world into the test's own database; keywords as of `sync`."""
    return lambda **named: sync(store, **{"url": api.url, "wallets": wallets, **named})


@pytest.fixture(scope="session")
def clean(postgres: EmbeddedPostgres, world: World, wallets: list[str]) -> Picture:
    """What an undisturbed run over the world stores."""
    with running(world) as served, fresh_store(postgres) as store:
        sync(store, served.url, wallets)
        found = picture(store)
    assert len(found["trade"]) > 500 and len(found["activity"]) > 50 and len(found["position"]) > 20
    assert not found["quarantine"]
    return found
