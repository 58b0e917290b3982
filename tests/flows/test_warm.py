"""The warm process: runs start at once, end as they would have ended cold, and never outlive who asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from smartmoney.supervise.paths import ROOT

MODULE = """
import os, sys, time, pathlib
pathlib.Path(sys.argv[1], 'pid').write_text(str(os.getpid()))
print('argument', sys.argv[2], 'variable', os.environ.get('COLOUR'), 'folder', os.getcwd(), flush=True)
if sys.argv[2] == 'sleep':
    time.sleep(60)
if sys.argv[2] == 'die':
    os.kill(os.getpid(), 9)
if sys.argv[2] == 'raise':
    raise RuntimeError('told you')
sys.exit(int(sys.argv[2]))
"""


@pytest.fixture
def warm(tmp_path: Path) -> Iterator[Path]:
    """A warm process; yields its socket."""
    address = tmp_path / "socket"
    (tmp_path / "small_program.py").write_text(MODULE)
    server = subprocess.Popen(
        [sys.executable, "-m", "flows.warm_server", str(address), "json"], cwd=ROOT
    )
    until = time.monotonic() + 20
    while not address.exists() and time.monotonic() < until:
        time.sleep(0.02)
    yield address
    server.terminate()
    server.wait(10)


def ask(address: Path, folder: Path, argument: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            sys.executable,
            "-I",
            "-S",
            str(ROOT / "flows" / "warm.py"),
            str(address),
            "small_program",
            str(folder),
            argument,
        ],
        cwd=folder,
        env={"COLOUR": "blue", "PYTHONPATH": str(folder), "PATH": os.environ["PATH"]},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def run_of(folder: Path) -> psutil.Process:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            return psutil.Process(int((folder / "pid").read_text()))
        except (OSError, ValueError):
            time.sleep(0.02)
    raise AssertionError("the run did not begin")


def gone(process: psutil.Process) -> bool:
    try:
        process.wait(5)
    except psutil.TimeoutExpired:
        return False
    return True


@pytest.mark.parametrize(("argument", "status"), [("0", 0), ("3", 3), ("raise", 1), ("die", -9)])
def test_a_run_ends_as_it_would_have_cold(
    warm: Path, tmp_path: Path, argument: str, status: int
) -> None:
    asked = ask(warm, tmp_path, argument)
    out, err = asked.communicate(timeout=20)
    assert asked.returncode == status
    assert out == f"argument {argument} variable blue folder {tmp_path}\n"
    assert ("told you" in err) == (argument == "raise")


def test_signals_reach_the_run(warm: Path, tmp_path: Path) -> None:
    asked = ask(warm, tmp_path, "sleep")
    run = run_of(tmp_path)
    asked.send_signal(signal.SIGTERM)
    asked.communicate(timeout=10)
    assert asked.returncode == -signal.SIGTERM and gone(run)


def test_a_run_ends_when_its_asker_was_killed(warm: Path, tmp_path: Path) -> None:
    asked = ask(warm, tmp_path, "sleep")
    run = run_of(tmp_path)
    asked.kill()
    assert gone(run)
    asked.communicate(timeout=10)


def test_where_nobody_answers_the_start_is_cold(tmp_path: Path) -> None:
    (tmp_path / "small_program.py").write_text(MODULE)
    asked = ask(tmp_path / "nobody", tmp_path, "4")
    assert "variable blue" in asked.communicate(timeout=20)[0] and asked.returncode == 4
