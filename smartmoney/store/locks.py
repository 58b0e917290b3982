"""Single flight: one writer per stream, by a Postgres advisory lock that is free at once when its holder dies."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from smartmoney.errors import AlreadyRunning
from smartmoney.store.db import Store


def lock_number(stream: str) -> int:
    """The advisory lock's 64-bit number of a stream."""
    return int.from_bytes(
        hashlib.blake2b(stream.encode(), digest_size=8).digest(), "big", signed=True
    )


@contextmanager
def single_flight(store: Store, stream: str) -> Iterator[None]:
    """Hold the stream for the length of the block.

    Raises:
        AlreadyRunning: another process holds it.
    """
    with store.raw(autocommit=True) as connection:
        row = connection.execute(
            "select pg_try_advisory_lock(%s)", [lock_number(stream)]
        ).fetchone()
        if row is None or not row[0]:
            raise AlreadyRunning(f"{stream} is already running; this run has nothing to do.")
        yield
