"""Every job notebook runs from its first cell to its last with its own defaults, under nbval, on a small simulated market."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from flows.jobs import NOTEBOOKS, present
from smartmoney.registry import declared, first_pass
from smartmoney.settings import SETTINGS_FILE, Settings
from smartmoney.store.server.embedded import EmbeddedPostgres
from smartmoney.supervise import environment
from smartmoney.supervise.paths import ROOT, Paths
from smartmoney.supervise.up import on_loopback

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]
WORLD = ["--traders", "20", "--markets", "15", "--trades", "600", "--seed", "3"]


@pytest.fixture
def market() -> Iterator[str]:
    """Address of a small simulated Polymarket."""
    server = subprocess.Popen(
        [sys.executable, "-m", "polymarket_sim", *WORLD],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
    )
    assert server.stdout is not None
    with server.stdout as out:
        yield out.readline().split()[-1]
    server.terminate()
    server.wait(20)


def test_all_notebooks_run_under_nbval(
    market: str, settings: Settings, postgres: EmbeddedPostgres, database: str
) -> None:
    owner = postgres.url("postgres", database)  # maintenance makes a scratch database
    told = settings.model_copy(
        update={
            **on_loopback(settings, market),
            "smartmoney_source": "simulator",
            "database_url": SecretStr(owner),
        }
    )
    places = Paths(told.smartmoney_home)
    places.make()
    environment.write_settings(told, places)
    others = [
        job.name
        for job in present()
        if job.name not in first_pass(declared()) and job.folder == NOTEBOOKS
    ]
    notebooks = [
        str(NOTEBOOKS / f"{name}.ipynb")
        for name in dict.fromkeys([*first_pass(declared()), *others])
    ]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "--nbval-lax",
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            *notebooks,
        ],
        cwd=ROOT,
        env={**os.environ, SETTINGS_FILE: str(places.settings_file)},
        capture_output=True,
        text=True,
        timeout=380,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-12_000:]
    parts = [cell for path in notebooks for cell in json.loads(Path(path).read_text())["cells"]]
    run = sum(cell["cell_type"] == "code" for cell in parts)
    assert f"{run} passed" in done.stdout, done.stdout[-400:]
