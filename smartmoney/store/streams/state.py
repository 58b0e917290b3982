"""The state of every stream: cursor (where the next fetch starts), watermark (complete up to), when it is due.

Who works on a stream: see `leases`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from smartmoney.store.sql import Statements

SQL = Statements(__file__)
LONGEST_ERROR = 2_000
WATCHED_PRIORITY = 10
"""Of the streams of watched wallets, between what is asked for now (100) and everybody else (0)."""
KEPT_TIERS = ("S", "A")
KEPT_PRIORITY = 5
"""Of the streams of wallets of these tiers: when all are late, they are not."""


@dataclass(frozen=True)
class StreamState:
    """One row of `ingestion_state`; all None for a stream never seen."""

    cursor: str | None = None
    cursor_params: dict[str, Any] | None = None
    last_timestamp: datetime | None = None
    watermark: datetime | None = None
    note: dict[str, Any] = field(default_factory=dict)


def get(connection: Connection[Any], source: str, key: str) -> StreamState:
    """The stream's state."""
    row = SQL.run(connection, "get", source=source, key=key).fetchone()
    return StreamState(*row) if row else StreamState()


def advance(
    connection: Connection[Any],
    source: str,
    key: str,
    *,
    cursor: str | None,
    cursor_params: dict[str, Any] | None = None,
    last_timestamp: datetime | None = None,
    note: dict[str, Any] | None = None,
) -> None:
    """Move the cursor; commits together with the page's rows. `last_timestamp` only moves forward."""
    SQL.run(
        connection,
        "advance",
        source=source,
        key=key,
        cursor=cursor,
        last=last_timestamp,
        params=None if cursor_params is None else Jsonb(cursor_params),
        note=None if note is None else Jsonb(note),
    )


def complete(
    connection: Connection[Any],
    source: str,
    key: str,
    *,
    watermark: datetime | None,
    due_in_s: float,
) -> None:
    """The walk ended: forget the cursor, move the watermark forward, clear the error, and set when it is due again."""
    SQL.run(
        connection,
        "complete",
        source=source,
        key=key,
        watermark=watermark,
        due_in=due_in_s,
        watched=WATCHED_PRIORITY,
        tiers=list(KEPT_TIERS),
        kept=KEPT_PRIORITY,
    )


def fail(connection: Connection[Any], source: str, key: str, error: str, due_in_s: float) -> None:
    """The run failed: keep cursor and watermark, note the error, try again later."""
    SQL.run(
        connection, "fail", source=source, key=key, due_in=due_in_s, error=error[:LONGEST_ERROR]
    )


def enroll(connection: Connection[Any], source: str, keys: Sequence[str]) -> int:
    """Add streams that are not known yet, due at once; returns how many were new."""
    return SQL.run(connection, "enroll", source=source, keys=sorted(set(keys))).rowcount
