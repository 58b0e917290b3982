"""Leases: which streams are due, and who works on them, so that two workers do not try the same one.

A lease only keeps others from trying; who may write, the advisory lock decides (`locks`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from smartmoney.store.sql import Statements

SQL = Statements(__file__)


def claim(
    connection: Connection[Any],
    source: str,
    limit: int,
    lease_s: float,
    who: str,
    keys: Sequence[str] | None = None,
) -> list[str]:
    """Lease up to `limit` streams that are due (or, with `keys`, those, due or not), the most urgent first.

    Two workers never get the same stream: rows are locked while chosen, and a lease that ran out may be taken over.
    """
    rows = SQL.run(
        connection,
        "claim",
        source=source,
        limit=limit,
        lease=lease_s,
        who=who,
        keys=None if keys is None else list(keys),
    ).fetchall()
    return [row[0] for row in sorted(rows, key=lambda row: (-row[1], row[2], row[0]))]


def renew(connection: Connection[Any], source: str, key: str, lease_s: float) -> None:
    """Lengthen the lease of a stream that is being worked on."""
    SQL.run(connection, "renew", source=source, key=key, lease=lease_s)


def release(connection: Connection[Any], source: str, key: str) -> None:
    """Give a leased stream back untouched."""
    SQL.run(connection, "release", source=source, key=key)


def pause(connection: Connection[Any], source: str, key: str) -> None:
    """Give a leased stream back in the middle of its walk, behind all that is due already."""
    SQL.run(connection, "pause", source=source, key=key)


def due_count(connection: Connection[Any], source: str) -> int:
    """How many streams of a source are due and free."""
    return int(SQL.value(connection, "due_count", source=source))


@dataclass(frozen=True)
class Pace:
    """What decides how soon a wallet is read again.

    Attributes:
        tier: its tier, or None while it has no score.
        idle_days: days since its last activity, or None where it has none.
        named: it has a display name.
        watched: it is on the watchlist.
    """

    tier: str | None = None
    idle_days: float | None = None
    named: bool = False
    watched: bool = False


def pace(connection: Connection[Any], address: str) -> Pace:
    """A wallet's tier, rest and standing; the default for one that is not known."""
    row = SQL.run(connection, "pace", address=address).fetchone()
    return Pace(*row) if row else Pace()
