"""Rows that could not be read, kept with their reason and raw text; and the shapes the API was seen to have."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from psycopg import Connection

from smartmoney.polymarket.types import BadRow
from smartmoney.store.bulk import Bulk, Merge
from smartmoney.store.sql import Statements

SQL = Statements(__file__)
LONGEST_RAW = 100_000
LONGEST_REASON = 500
LONGEST_NAME = 200


def keep(
    connection: Connection[Any],
    source: str,
    key: str,
    bad: Sequence[BadRow],
    run_id: int | None = None,
) -> int:
    """Keep bad rows; the same row seen again is counted, not repeated. Returns how many were new."""
    rows: dict[bytes, dict[str, Any]] = {}
    for row in bad:
        digest = hashlib.blake2b(row.raw, digest_size=16).digest()
        kept = rows.setdefault(
            digest,
            {
                "source": source,
                "key": key,
                "run_id": run_id,
                "reason": row.reason.replace("\0", "")[:LONGEST_REASON],
                "raw": row.raw[:LONGEST_RAW],
                "digest": digest,
                "times": 0,
            },
        )
        kept["times"] += 1
    merge = {
        "run_id": Merge.KEEP,
        "reason": Merge.KEEP,
        "raw": Merge.KEEP,
        "times": Merge.ADD,
        "last_seen_at": Merge.NOW,
    }
    written = Bulk(connection).upsert(
        "quarantine", ["source", "key", "digest"], list(rows.values()), merge=merge
    )
    return sum(new for (new,) in written)


def seen(
    connection: Connection[Any],
    route: str,
    fields: Iterable[tuple[str, str]],
    expected: Iterable[tuple[str, str]],
) -> list[tuple[str, str]]:
    """Note which fields, of which JSON type, a route's rows had; returns the unexpected ones seen for the first time."""
    known = set(expected)
    shapes = {(name[:LONGEST_NAME], kind): (name, kind) in known for name, kind in sorted(fields)}
    if not shapes:
        return []
    names, kinds = ([shape[part] for shape in shapes] for part in (0, 1))
    rows = SQL.run(
        connection, "seen", route=route, names=names, kinds=kinds, expected=list(shapes.values())
    )
    return sorted((name, kind) for name, kind, new, foreseen in rows if new and not foreseen)
