"""A process that ingests and is killed at a named point. It imports everything once, and forks for each death.

`python -m tests.kit.victim` reads one JSON object per line and answers each with the signal that ended the child
(0 where the run came to its end).
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

POINTS = (
    "fetched",
    "parsed",
    "half a COPY",
    "rows written",
    "cursor written",
    "before commit",
    "after commit",
)
ROOT = Path(__file__).parents[2]


def die() -> None:
    """As `kill -9` would have it."""
    os.kill(os.getpid(), signal.SIGKILL)


def after(place: Any, name: str, nth: int) -> None:
    """Die when the nth call of `place.name` has returned."""
    real, left = getattr(place, name), [nth]

    def wrapped(*args: Any, **named: Any) -> Any:
        result = real(*args, **named)
        left[0] -= 1
        if left[0] == 0:
            die()
        return result

    setattr(place, name, wrapped)


def before(place: Any, name: str, nth: int, first: Callable[..., None] = lambda *_: None) -> None:
    """Die when `place.name` is called for the nth time, after `first` was."""
    real, left = getattr(place, name), [nth]

    def wrapped(*args: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            first(*args)
            die()
        return real(*args, **named)

    setattr(place, name, wrapped)


def arm(point: str, nth: int) -> None:
    """Set the trap."""
    import psycopg

    from smartmoney.ingest import trades
    from smartmoney.polymarket import pages
    from smartmoney.polymarket.client import Client
    from smartmoney.store import streams
    from smartmoney.store.wallets import positions

    if point == "fetched":
        after(Client, "get", nth)
    elif point == "parsed":
        after(pages, "read", nth)
    elif point == "half a COPY":
        write = psycopg.Copy.write
        before(psycopg.Copy, "write", nth, lambda copy, data: write(copy, data[: len(data) // 2]))
    elif point == "rows written":
        after(trades, "save_fills", nth)
        after(positions, "save_positions", nth)
    elif point == "cursor written":
        after(streams, "advance", nth)
    elif point == "before commit":
        before(psycopg.Transaction, "__exit__", nth)
    else:
        after(psycopg.Transaction, "__exit__", nth)


def ingest(asked: dict[str, Any]) -> None:
    """One sync, in the child."""
    from smartmoney.polymarket.clock import Clock
    from smartmoney.store.db import Store
    from smartmoney.store.streams.budget import PostgresBudget
    from tests.kit.syncing import sync

    if asked.get("point"):
        arm(asked["point"], asked["nth"])
    store = Store(asked["database"])
    shared = {"clock": Clock(), "budget": PostgresBudget(store)} if asked.get("shared") else {}
    sync(store, asked["url"], asked["wallets"], (asked["kind"],), worker_concurrency=2, **shared)


def main() -> None:
    """Fork for each line."""
    import smartmoney.ingest
    import tests.kit.syncing

    assert smartmoney.ingest and tests.kit.syncing
    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                ingest(json.loads(line))
            except BaseException as error:  # noqa: BLE001
                print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(
            json.dumps(os.WTERMSIG(status) if os.WIFSIGNALED(status) else -os.WEXITSTATUS(status)),
            flush=True,
        )


@contextmanager
def victim() -> Iterator[Callable[..., int]]:
    """A function that runs one sync in a process of its own and returns the signal that ended it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.kit.victim"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert process.stdin and process.stdout and process.stdout.readline() == "ready\n"

    def ended_by(**asked: Any) -> int:
        assert process.stdin and process.stdout
        print(json.dumps(asked), file=process.stdin, flush=True)
        return int(process.stdout.readline())

    try:
        yield ended_by
    finally:
        process.stdin.close()
        process.wait(20)
        process.stdout.close()


if __name__ == "__main__":
    main()
