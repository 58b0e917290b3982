"""What `up` does about programs that end or grow, on a real supervisord with programs of a few lines."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from smartmoney.settings import load
from smartmoney.supervise import environment
from smartmoney.supervise.paths import Paths
from smartmoney.supervise.programs import Program
from smartmoney.supervise.supervisor import Supervisor
from smartmoney.supervise.up import Installation

SECONDS = 40


@contextmanager
def watched(
    home: Path, most_mb: int | None = None
) -> Iterator[tuple[Installation, list[str], Callable[[], int]]]:
    """One small server under supervision: the installation, what it said, and the server's process id once it runs."""
    settings, said = load(smartmoney_home=home), []
    Paths(home).make()
    told = environment.base(settings)
    program = Program(
        "small",
        "Small server",
        "module",
        ["http.server", "0", "--bind", "127.0.0.1"],
        told,
        10,
        lambda: True,
        most_mb=most_mb,
    )
    running = Installation(settings, {}, said.append, Supervisor(Paths(home), [program], told))

    def pid() -> int:
        until = time.monotonic() + SECONDS
        while (state := running.supervisor.states()["small"])["statename"] != "RUNNING":
            assert time.monotonic() < until, state
            time.sleep(0.05)
        return int(state["pid"])

    try:
        running.begin(program)
        yield running, said, pid
    finally:
        running.supervisor.end()


def test_what_dies_is_started_again_and_said(tmp_path: Path) -> None:
    with watched(tmp_path / "home") as (running, said, pid):
        first = pid()
        running.tend()
        os.kill(first, signal.SIGKILL)
        until = time.monotonic() + SECONDS
        while pid() == first:
            assert time.monotonic() < until
        running.tend()
        assert pid() != first and said[-1].startswith("Small server ended and was started again")


def test_what_grows_beyond_its_bound_is_started_again_and_said(tmp_path: Path) -> None:
    with watched(tmp_path / "home", most_mb=1) as (running, said, pid):
        first = pid()
        running.tend()
        assert "more than 1, and is started again" in said[-1] and pid() != first
    with watched(tmp_path / "other", most_mb=4_000) as (running, said, pid):
        first = pid()
        running.tend()
        assert said == [] and pid() == first
