"""Worlds and recorded responses for the simulator's tests."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Callable

import pytest

from smartmoney.simulator.generate import generate
from smartmoney.simulator.world import World

NOW = 1_795_000_000
SHARED = Path(os.environ.get("SMARTMONEY_SHARED", Path(__file__).parents[3] / "shared"))


@pytest.fixture(scope="session")
def world() -> World:
    """A small world that nobody changes."""
    return generate(11, traders=120, markets=120, trades=12_000, days=150, now=NOW)


@pytest.fixture(scope="session")
def sample() -> Callable[[str], Any]:
    """Reader of a recorded response by file name; skips where the recordings are not at hand."""

    def read(name: str) -> Any:
        path = SHARED / "samples" / f"{name}.json"
        if not path.exists():
            pytest.skip(f"the recorded responses are not at {path.parent}; set SMARTMONEY_SHARED")
        return json.loads(path.read_text(encoding="utf-8"))

    return read
