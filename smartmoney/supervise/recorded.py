"""Take a recording of real data through everything: served in the API's own shapes, read by the real client."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from smartmoney import jobs
from smartmoney.errors import RecordingError
from smartmoney.jobs import JobReport
from smartmoney.settings import Settings
from smartmoney.store.db import open_store
from smartmoney.store.server.setting import claim_source
from smartmoney.supervise import ports, programs
from smartmoney.supervise.joining import database
from smartmoney.supervise.lock import only_one
from smartmoney.supervise.paths import ROOT, Paths
from smartmoney.supervise.up import on_loopback

READY_SECONDS = 600
NOTES_SECONDS = 30
ALL = 1_000_000
HOUR = 3_600.0
Say = Callable[[str], None]
Step = tuple[str, dict[str, Any]]
POSITIONS = "sync_trader_positions"
POSITIONS_ASKED = {"limit": ALL, "max_seconds": HOUR}


def import_recording(settings: Settings, path: Path, say: Say) -> list[JobReport]:
    """Serve the recording on loopback and run the six jobs on it, into this installation's database.

    A recording is a known set, or any file or folder of rows: dumps of the API's routes, or plain tables of fills.

    Raises:
        RecordingError: the recording is missing or damaged.
        SettingError: the database holds live or simulated numbers.
    """
    path = path.expanduser().resolve()
    if not path.exists():
        raise RecordingError(
            f"There is no recording at {path}; name a file of rows, or a folder of them such as midterms2022."
        )
    with only_one(Paths(settings.smartmoney_home)), database(settings):
        store = open_store("sm_ingest", settings, 1)
        try:
            claim_source(store, "recorded")
        finally:
            store.dispose()
        with served(settings, path) as address:
            say(f"The recording {path.name} is served at {address}")
            own = settings.model_copy(update=on_loopback(settings, address))
            described = description(address)
            if described is None:
                return _run(own, STEPS, say)
            for line in described["notes"]:
                say(line)
            return _run(own, steps_of_dump(described["shown"]), say)


@contextmanager
def served(settings: Settings, path: Path) -> Iterator[str]:
    """The recording behind the API's routes, on a free port of this machine; yields its address.

    Raises:
        RecordingError: the simulator could not read it; its own sentence is the message.
    """
    port = ports.choose("simulator", settings)
    program = programs.simulator(settings, port, str(path))
    command = [sys.executable, "-m", "smartmoney.supervise.child", program.kind, *program.command]
    process = subprocess.Popen(
        command,
        env=program.environment,
        cwd=ROOT,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        until = time.monotonic() + READY_SECONDS
        while not program.ready():
            if process.poll() is not None or time.monotonic() > until:
                process.kill()
                lines = (process.communicate()[1] or "").strip().splitlines()
                raise RecordingError(
                    lines[-1] if lines else f"The recording {path} was not served in time."
                )
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=15)


def description(address: str) -> dict[str, list[str]] | None:
    """What the simulator says of a dump: notes on its rows, and the wallets whose positions it shows.

    None for a known set, which shows everybody's and says nothing.
    """
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"{address}/notes", timeout=NOTES_SECONDS) as answer:
            return {name: list(each) for name, each in json.load(answer).items()}
    except urllib.error.HTTPError:
        return None


STEPS: tuple[Step, ...] = (
    ("sync_leaderboard", {"depth": ALL, "categories": ["overall"], "periods": ["all"]}),
    ("sync_trader_trades", {"limit": ALL, "max_seconds": HOUR}),
    ("sync_markets", {"closed_limit": ALL, "max_seconds": HOUR}),
    # whoever is on no board is found on the tape of a market
    (
        "sync_leaderboard",
        {"depth": 1, "categories": ["overall"], "periods": ["all"], "discover_markets": ALL},
    ),
    ("sync_trader_trades", {"limit": ALL, "max_seconds": HOUR}),
    ("sync_markets", {"closed_limit": ALL, "max_seconds": HOUR}),
    (POSITIONS, POSITIONS_ASKED),
    ("calculate_rarity_scores", {"backfill_weeks": 0}),
    ("calculate_category_skill", {}),
    ("calculate_smart_markets", {}),
)
"""The jobs a recording goes through, with what they are asked."""


def steps_of_dump(shown: list[str]) -> tuple[Step, ...]:
    """The steps for a dump: its board names everybody, and only those wallets are asked for positions of whom it shows any.

    Of the others nothing is known, and no answer must look as if they held nothing. Markets are asked for twice, since
    what the first answer says of a conversion's group leads to others.
    """
    board, trades, markets = STEPS[:3]
    positions = ((POSITIONS, POSITIONS_ASKED | {"addresses": shown}),) if shown else ()
    return (board, trades, markets, markets, *positions, *STEPS[-3:])


def _run(settings: Settings, steps: tuple[Step, ...], say: Say) -> list[JobReport]:
    reports = []
    for name, parameters in steps:
        report: JobReport = getattr(jobs, name)(**parameters, settings=settings)
        say(str(report))
        reports.append(report)
    return reports
