"""The command as a person runs it: a process of its own, an installation of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from smartmoney.supervise.paths import ROOT
from tests.kit.commands import Run


@pytest.fixture
def told(tmp_path: Path) -> dict[str, str]:
    """The environment of the command: an installation below the test's folder, and a small simulated world."""
    kept = {
        name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ
    }
    return kept | {
        "SMARTMONEY_HOME": str(tmp_path / "home"),
        "SIMULATOR_TRADERS": "30",
        "SIMULATOR_MARKETS": "20",
        "SIMULATOR_TRADES": "1500",
        "POPULATION_DEPTH": "30",
    }


@pytest.fixture
def smartmoney(told: dict[str, str]) -> Run:
    """Runs `smartmoney ARGUMENT...`; settings are passed by name."""

    def run(
        *arguments: str, seconds: int = 60, **settings: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "smartmoney.cli", *arguments],
            env=told | settings,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    return run
