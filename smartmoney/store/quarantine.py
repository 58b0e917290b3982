"""Rows that could not be read, kept with their reason and raw text; and the shapes the API was seen to have."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from psycopg import Connection

from smartmoney.polymarket.types import BadRow

LONGEST_RAW = 100_000


def keep(
    connection: Connection[Any],
    source: str,
    key: str,
    bad: Sequence[BadRow],
    run_id: int | None = None,
) -> int:
    """Keep bad rows; the same row seen again is counted, not repeated. Returns how many were new."""
    with connection.cursor() as cursor:
        new = 0
        for row in bad:
            cursor.execute(
                "insert into quarantine as q (source, key, run_id, reason, raw, digest) values (%s, %s, %s, %s, %s, %s) "
                "on conflict (source, key, digest) do update set times = q.times + 1, last_seen_at = now() "
                "returning (xmax = 0)",
                [
                    source,
                    key,
                    run_id,
                    row.reason.replace("\0", "")[:500],
                    row.raw[:LONGEST_RAW],
                    hashlib.blake2b(row.raw, digest_size=16).digest(),
                ],
            )
            new += cursor.fetchone()[0]  # type: ignore[index]
    return new


def seen(
    connection: Connection[Any],
    route: str,
    fields: Iterable[tuple[str, str]],
    expected: Iterable[tuple[str, str]],
) -> list[tuple[str, str]]:
    """Note which fields, of which JSON type, a route's rows had; returns the unexpected ones seen for the first time."""
    wanted = set(expected)
    drift = []
    with connection.cursor() as cursor:
        for name, kind in sorted(set(fields)):
            cursor.execute(
                "insert into api_shape (route, field, json_type, expected) values (%s, %s, %s, %s) "
                "on conflict (route, field, json_type) do update set last_seen_at = now() "
                "where api_shape.last_seen_at < now() - interval '1 minute' returning (xmax = 0)",
                [route, name[:200], kind, (name, kind) in wanted],
            )
            row = cursor.fetchone()
            if row and row[0] and (name, kind) not in wanted:
                drift.append((name, kind))
    return drift
