"""Worlds, a running simulator and recorded responses for the simulator's tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from polymarket_sim.generate import generate
from polymarket_sim.server import Simulator, running
from polymarket_sim.venue import EVENTFUL
from polymarket_sim.world import World
from tests.kit.simulators import NOW


@pytest.fixture(scope="session")
def world() -> World:
    """A small world that nobody changes."""
    return generate(11, traders=120, markets=120, trades=12_000, days=150, now=NOW)


@pytest.fixture(scope="session")
def simulator(world: World) -> Iterator[Simulator]:
    """That world, served; tests that change it make their own."""
    with running(world) as found:
        yield found


@pytest.fixture
def get(simulator: Simulator) -> Iterator[Callable[..., httpx.Response]]:
    """GET below the simulator's address, parameters as keywords."""
    with httpx.Client(base_url=simulator.url, timeout=30, trust_env=False) as client:
        yield lambda path, **params: client.get(path, params=params)


@pytest.fixture(scope="session")
def sample(shared: Path) -> Callable[[str], Any]:
    """Reader of a recorded response by file name."""
    return lambda name: json.loads(
        (shared / "samples" / f"{name}.json").read_text(encoding="utf-8")
    )


@pytest.fixture(scope="session")
def real_world() -> World:
    """A small world that shows everything the venue is known to do, what is rare too; nobody changes it."""
    return generate(12, traders=150, markets=150, trades=15_000, days=150, now=NOW, venue=EVENTFUL)


@pytest.fixture(scope="session")
def real(real_world: World) -> Iterator[Simulator]:
    """That world, served."""
    with running(real_world) as found:
        yield found


@pytest.fixture
def ask(real: Simulator) -> Iterator[Callable[..., Any]]:
    """The JSON of an answer of the real world's server, parameters as keywords."""
    with httpx.Client(base_url=real.url, timeout=30, trust_env=False) as client:

        def answer(path: str, **params: Any) -> Any:
            found = client.get(path, params=params)
            assert found.status_code == 200, found.text
            return found.json()

        yield answer
