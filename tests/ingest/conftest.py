"""A living world served by the simulator, and a client that asks it without waiting."""

from __future__ import annotations

import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from polymarket_sim.generate import generate
from polymarket_sim.misbehave import Rule
from polymarket_sim.server import Simulator, running
from polymarket_sim.world import World
from smartmoney.polymarket.call import Response
from smartmoney.polymarket.client import Client
from smartmoney.polymarket.clock import Clock
from smartmoney.settings import Settings

NOW = 1_795_000_000


def wrong(
    simulator: Simulator,
    what: str,
    times: int | None = None,
    route: str = "/data/v2/activity",
    **options: Any,
) -> None:
    """Let a route misbehave, the next so many times or until the rules are cleared."""
    simulator.misbehaviour.rules.append(Rule(route, what, next=times, options=options))


def live_on(simulator: Simulator, ticks: int) -> None:
    """Let the world go on, in the server's own thread."""
    urllib.request.urlopen(
        urllib.request.Request(f"{simulator.url}/_sim/tick?n={ticks}", method="POST")
    ).close()


class HastyClock(Clock):
    """Waits a thousandth of what it is told, so that retries and pauses cost a test nothing."""

    def sleep(self, seconds: float) -> None:
        super().sleep(min(seconds / 1_000, 0.05))


Shorter = Callable[[int], Any]


class Fail(Exception):
    """The power went out."""


class Failing(Client):
    """Fails at the n-th request of a route, before it is sent or after the answer came; pages are short."""

    def __init__(self, settings: Settings, route: str, nth: int, after: bool) -> None:
        super().__init__(settings, clock=HastyClock(), page_rows=11)
        self.route, self.left, self.after = route, nth, after
        self.counting = threading.Lock()

    def get(self, host: str, route: str, *args: Any, **named: Any) -> Response:
        if route != self.route:
            return super().get(host, route, *args, **named)
        with self.counting:
            self.left -= 1
            now = self.left == 0
        if now and not self.after:
            raise Fail
        answer = super().get(host, route, *args, **named)
        if now:
            raise Fail
        return answer


@pytest.fixture
def world() -> World:
    """A small world of its own, which a test may let live on."""
    return generate(11, traders=40, markets=40, trades=1_500, days=90, now=NOW)


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
