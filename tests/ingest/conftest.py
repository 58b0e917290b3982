"""A living world served by the simulator, and a client that asks it without waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from polymarket_sim.generate import generate
from polymarket_sim.server import Simulator, running
from polymarket_sim.world import World
from smartmoney.polymarket.client import Client
from smartmoney.polymarket.clock import Clock
from smartmoney.settings import Settings
from tests.kit.simulators import NOW


class HastyClock(Clock):
    """Waits a thousandth of what it is told, so that retries and pauses cost a test nothing."""

    def sleep(self, seconds: float) -> None:
        super().sleep(min(seconds / 1_000, 0.05))


@pytest.fixture
def world() -> World:
    """A small world of its own, which a test may let live on."""
    return generate(12, traders=40, markets=40, trades=1_500, days=90, now=NOW)


@pytest.fixture
def simulator(world: World) -> Iterator[Simulator]:
    with running(world) as found:
        yield found


@pytest.fixture
def asking(simulator: Simulator, settings: Settings) -> Settings:
    """Settings that point at the simulator."""
    return settings.model_copy(
        update={
            "smartmoney_source": "simulator",
            "polymarket_api_base_url": simulator.url,
            "rate_limit_requests": 15_000,
            "rate_limit_interval_ms": 100,
            "worker_concurrency": 3,
            "request_deadline_s": 5.0,
        }
    )


@pytest.fixture
def client(asking: Settings) -> Iterator[Client]:
    with Client(asking, clock=HastyClock()) as opened:
        yield opened


@pytest.fixture
def pages_of(client: Client) -> Callable[[int], object]:
    """Makes the pages the client asks for that short while the block runs."""

    @contextmanager
    def shorter(rows: int) -> Iterator[None]:
        before, client.page_rows = client.page_rows, rows
        try:
            yield
        finally:
            client.page_rows = before

    return shorter
