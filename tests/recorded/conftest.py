"""The real recordings, each loaded once, and copies of them that a test may damage."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from polymarket_sim.recorded import load_recording
from polymarket_sim.world import World


@pytest.fixture(scope="session")
def data(shared: Path) -> Path:
    """The folder that holds the recorded sets; skips where it is absent."""
    return shared / "data"


@pytest.fixture(scope="session")
def world_of(data: Path) -> Callable[[str], World]:
    """The world of a set by the name of its folder; nobody may change it."""
    return cache(lambda name: load_recording(data / name))


@pytest.fixture
def copied(data: Path, tmp_path: Path) -> Callable[[str], Path]:
    """A writable copy of a set's folder, under the same name."""

    def copy(name: str) -> Path:
        target = tmp_path / name
        target.mkdir()
        for file in (data / name).iterdir():
            shutil.copyfile(file, target / file.name)
        return target

    return copy
