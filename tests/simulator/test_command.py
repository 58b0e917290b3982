"""The command line serves a world, says where, and a restarted one is the same world, caught up."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

WORLD = ["--seed", "3", "--traders", "40", "--markets", "30", "--trades", "800", "--days", "30"]


@contextmanager
def served(*arguments: str) -> Iterator[str]:
    """Address of a simulator started as a process, stopped afterwards."""
    command = [sys.executable, "-m", "polymarket_sim", "--port", "0", *WORLD, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline()
            found = re.fullmatch(r"simulator ready on (http://127\.0\.0\.1:\d+)\n", line)
            assert found, line
            yield found[1]
        finally:
            process.terminate()
            process.wait(20)


def newest(address: str) -> list[dict]:
    return httpx.get(
        f"{address}/data/trades", params={"limit": 1000, "takerOnly": False}, trust_env=False
    ).json()


def test_serves_from_the_command_line() -> None:
    with served("--now", "1795000000") as address:
        assert httpx.get(address, trust_env=False).json()["now"] == 1_795_000_000
        rows = newest(address)
        assert len(rows) > 500 and rows[0]["timestamp"] <= 1_795_000_000
    with served("--now", "1795000000") as address:
        assert newest(address) == rows


def test_a_live_world_restarts_where_it_should_be() -> None:
    began = str(int(time.time()) - 3_600)
    with served("--live", "--now", began) as address:
        first = newest(address)
        assert first[0]["timestamp"] > int(time.time()) - 900
    with served("--live", "--now", began) as address:
        second = newest(address)
    keys = {str(row) for row in first if row["timestamp"] > second[-1]["timestamp"]}
    assert keys <= {str(row) for row in second} and len(keys) > 500
