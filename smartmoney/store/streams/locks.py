"""Single flight: one writer per stream, by a Postgres advisory lock that is free at once when its holder dies."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Connection

from smartmoney.errors import AlreadyRunning
from smartmoney.store.db import Store
from smartmoney.store.sql import Statements

SQL = Statements(__file__)


def lock_number(stream: str) -> int:
    """The advisory lock's 64-bit number of a stream."""
    digest = hashlib.blake2b(stream.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def try_lock(connection: Connection[Any], stream: str) -> bool:
    """Become the stream's only writer for as long as the connection lives; False where another is."""
    return bool(SQL.value(connection, "try_lock", number=lock_number(stream)))


def unlock(connection: Connection[Any], stream: str) -> None:
    """Give the stream free."""
    SQL.run(connection, "unlock", number=lock_number(stream))


@contextmanager
def single_flight(store: Store, stream: str) -> Iterator[None]:
    """Hold the stream for the length of the block; it is free the moment the block has ended.

    Raises:
        AlreadyRunning: another process holds it.
    """
    with store.session() as connection:
        if not try_lock(connection, stream):
            raise AlreadyRunning(f"{stream} is already running; this run has nothing to do.")
        try:
            yield
        finally:  # the server ends a closed session when it gets to it, which may be after the next run asks
            if not connection.broken:
                unlock(connection, stream)
