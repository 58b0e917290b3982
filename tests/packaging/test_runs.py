"""A run of the tests: what failed is run again and nothing else, and nothing is left when the run is broken off."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.kit.rerun import plain_id

ROOT = Path(__file__).parents[2]
GROUPED = """
import pytest

@pytest.mark.xdist_group("a group")
@pytest.mark.parametrize("address", ["a@b.example", "c"])
def test_of_a_group(address):
    assert address == "c"

@pytest.mark.xdist_group("another")
def test_without_parameters():
    assert False

def test_of_none():
    assert False

@pytest.mark.parametrize("number", range(20))
def test_that_holds(number):
    pass
"""
SLEEPS = """
import time

def test_that_waits(postgres):
    with open("data", "w") as file:
        file.write(str(postgres.data))
    time.sleep(600)
"""


def run(folder: Path, plugin: str, *arguments: str) -> subprocess.Popen[str]:
    """pytest on the tests in a folder, with a plugin of ours."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "xdist",
            "-p",
            plugin,
            "-c",
            "pytest.ini",
            *arguments,
        ],
        cwd=folder,
        env=kept | {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        stdout=subprocess.PIPE,
        text=True,
        # A shell without job control starts what runs in the background with SIGINT ignored, and that is inherited.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    return tmp_path


def again() -> list[str]:
    """The arguments of the second run in .ci/run."""
    found = re.search(r"-m pytest (.*--last-failed.*)$", (ROOT / ".ci" / "run").read_text(), re.M)
    assert found
    return shlex.split(found[1])


def test_only_what_failed_is_run_again(folder: Path) -> None:
    (folder / "test_grouped.py").write_text(GROUPED)
    said = run(folder, "tests.kit.rerun", "-n", "2", "--dist", "loadgroup").communicate()[0]
    assert "3 failed, 21 passed" in said
    said = run(folder, "tests.kit.rerun", *again(), "-v").communicate()[0]
    assert "3 failed" in said and "passed" not in said
    assert "test_of_a_group[a@b.example]" in said and "test_without_parameters" in said


def test_nothing_is_run_again_where_nothing_is_known_to_have_failed(folder: Path) -> None:
    (folder / "test_grouped.py").write_text(GROUPED)
    second = run(folder, "tests.kit.rerun", *again())
    assert "passed" not in second.communicate()[0] and second.returncode != 0


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("tests/test_a.py::test_x@up", "tests/test_a.py::test_x"),
        ("tests/test_a.py::test_x[a@b]@skilled worlds", "tests/test_a.py::test_x[a@b]"),
        ("tests/test_a.py::test_x[a@b]", "tests/test_a.py::test_x[a@b]"),
        ("tests/at@home/test_a.py::test_x", "tests/at@home/test_a.py::test_x"),
    ],
)
def test_the_group_is_taken_off_and_nothing_else(written: str, plain: str) -> None:
    assert plain_id(written) == plain


@pytest.fixture
def broken_off(folder: Path, request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    (folder / "test_sleeps.py").write_text(SLEEPS)
    process = run(folder, "tests.conftest", "-n", request.param)
    yield process
    process.kill()
    process.communicate()


@pytest.mark.parametrize(
    ("broken_off", "by"),
    [("0", signal.SIGINT), ("0", signal.SIGTERM), ("1", signal.SIGKILL)],
    indirect=["broken_off"],
)
def test_no_server_is_left_when_a_run_is_broken_off(
    broken_off: subprocess.Popen[str], by: signal.Signals, folder: Path
) -> None:
    told = folder / "data"
    until = time.monotonic() + 120
    while not (told.exists() and told.read_text()) and time.monotonic() < until:
        time.sleep(0.05)
    data = Path(told.read_text())
    pid = int((data / "postmaster.pid").read_text().split()[0])
    broken_off.send_signal(by)
    while psutil.pid_exists(pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert not psutil.pid_exists(pid)
    while data.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not data.exists()
