"""A small world that does not move, a server of it that misbehaves on request, and what a clean run over it stores."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest

from polymarket_sim.generate import generate
from polymarket_sim.server import Simulator, running
from polymarket_sim.world import World
from smartmoney import ingest
from smartmoney.ingest.outcome import SyncOutcome
from smartmoney.polymarket.budget import Budget, LocalBudget
from smartmoney.polymarket.client import Client
from smartmoney.polymarket.clock import Clock
from smartmoney.settings import Settings, load
from smartmoney.store.db import Store
from smartmoney.store.embedded import EmbeddedPostgres
from tests.faults.kit.clock import FrozenClock
from tests.faults.kit.prefects import prefect
from tests.faults.kit.same import Picture, picture

__all__ = ["prefect"]

NOW = 1_790_000_000
PAGE_ROWS = 20
SYNCS = {"trades": ingest.sync_trader_trades, "positions": ingest.sync_trader_positions}
Run = Callable[..., dict[str, SyncOutcome]]


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


def here(url: str, **more: object) -> Settings:
    """Settings that point at a server on this machine and ask as fast as they can."""
    return load(
        **{
            "smartmoney_source": "simulator",
            "polymarket_api_base_url": url,
            "rate_limit_requests": 15_000,
            "rate_limit_interval_ms": 100,
            "request_deadline_s": 5.0,
            **more,
        }
    )


def sync(
    store: Store,
    url: str,
    wallets: list[str],
    kinds: tuple[str, ...] = ("trades", "positions"),
    clock: Clock | None = None,
    budget: Budget | None = None,
    page_rows: int = PAGE_ROWS,
    **more: object,
) -> dict[str, SyncOutcome]:
    """One run of each sync over all the wallets, with a client of its own."""
    clock, settings = clock or FrozenClock(), here(url, **more)
    with Client(settings, budget or LocalBudget(clock), clock, page_rows=page_rows) as client:
        return {kind: SYNCS[kind](store, client, settings, wallets) for kind in kinds}


@pytest.fixture
def run(store: Store, api: Simulator, wallets: list[str]) -> Run:
    """`sync` over the served world into the test's own database; keywords as of `sync`."""
    return lambda **named: sync(store, **{"url": api.url, "wallets": wallets, **named})


@contextmanager
def fresh_store(postgres: EmbeddedPostgres) -> Iterator[Store]:
    """A store on one more fresh database."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name} template smartmoney owner sm_owner")
        connection.execute(f"grant temporary on database {name} to sm_ingest")
    opened = Store(postgres.url("sm_ingest", name), "sm_ingest")
    try:
        yield opened
    finally:
        opened.dispose()
        with psycopg.connect(postgres.url("postgres", "postgres"), autocommit=True) as connection:
            connection.execute(f"drop database {name} with (force)")


@pytest.fixture(scope="session")
def clean(postgres: EmbeddedPostgres, world: World, wallets: list[str]) -> Picture:
    """What an undisturbed run over the world stores."""
    with running(world) as served, fresh_store(postgres) as store:
        sync(store, served.url, wallets)
        found = picture(store)
    assert len(found["trade"]) > 500 and len(found["activity"]) > 50 and len(found["position"]) > 20
    assert not found["quarantine"]
    return found
