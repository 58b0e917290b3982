"""An idle installation: what everything that `smartmoney up` starts takes of the machine while schedules are on.

.venv/bin/python -m benchmarks.idle          ten minutes on a small simulator; bars: 25 % of a core, 1.5 GB
.venv/bin/python -m benchmarks.idle 2        minutes
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from smartmoney.supervise.paths import ROOT

SMALL = {
    "SIMULATOR_TRADERS": "60",
    "SIMULATOR_MARKETS": "40",
    "SIMULATOR_TRADES": "4000",
    "POPULATION_DEPTH": "60",
}
START_SECONDS, LOOK_SECONDS = 600, 5
PARTS = (
    "flows.worker",
    "prefect.server",
    "voila",
    "smartmoney.api",
    "polymarket_sim",
    "supervisord",
)


@contextmanager
def installation(**settings: str) -> Iterator[tuple[psutil.Process, Path]]:
    """`smartmoney up --demo` in a folder of its own, once every job has run; its process and its folder."""
    home = Path(tempfile.mkdtemp(prefix="smartmoney-idle-"))
    home.chmod(0o755)
    told = {
        name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "smartmoney.cli", "up", "--demo"],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=told | SMALL | settings | {"SMARTMONEY_HOME": str(home)},
    )
    try:
        assert process.stdout is not None
        line = next((line for line in process.stdout if "Everything runs" in line), None)
        if line is None:
            raise SystemExit("The installation did not start.")
        yield psutil.Process(process.pid), home
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=120)
        shutil.rmtree(home, ignore_errors=True)


def family(root: psutil.Process) -> list[psutil.Process]:
    """The process and all below it."""
    return [root, *root.children(recursive=True)]


def spent(root: psutil.Process) -> dict[str, float]:
    """Seconds of CPU so far by part, with those of children that have ended and were waited for."""
    found: dict[str, float] = {}
    for process in family(root):
        try:
            times, part = process.cpu_times(), part_of(process)
        except psutil.NoSuchProcess:
            continue
        seconds = times.user + times.system + times.children_user + times.children_system
        found[part] = found.get(part, 0.0) + seconds
    return found


def resident(root: psutil.Process) -> dict[str, float]:
    """Megabytes by part, memory that processes share counted once."""
    found: dict[str, float] = {}
    for process in family(root):
        try:
            size, part = process.memory_full_info().pss / 2**20, part_of(process)
        except psutil.NoSuchProcess:
            continue
        found[part] = found.get(part, 0.0) + size
    return found


def part_of(process: psutil.Process) -> str:
    """Which program of the installation a process belongs to."""
    for each in (process, *process.parents()):
        words = " ".join(each.cmdline())
        found = next(
            (part for part in PARTS if part in words), "postgres" if "postgres" in words else ""
        )
        if found:
            return found
    return "smartmoney up"


def main(minutes: float = 10) -> None:
    """Measure, and print per part the share of one core and the most memory seen."""
    with installation() as (root, _):
        before, began, most = spent(root), time.monotonic(), resident(root)
        while time.monotonic() - began < minutes * 60:
            time.sleep(LOOK_SECONDS)
            now = resident(root)
            most = now if sum(now.values()) > sum(most.values()) else most
        after, seconds = spent(root), time.monotonic() - began
    shares = {part: 100 * (after[part] - before.get(part, 0.0)) / seconds for part in after}
    for part in sorted(shares, key=lambda each: -shares[each]):
        print(f"{part:22} {shares[part]:6.1f} % of a core {most.get(part, 0.0):8.0f} MB")
    print(
        f"{'all (bars 25 %, 1,536)':22} {sum(shares.values()):6.1f} % of a core {sum(most.values()):8.0f} MB at most"
    )


if __name__ == "__main__":
    main(*(float(word) for word in sys.argv[1:]))
