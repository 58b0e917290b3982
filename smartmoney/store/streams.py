"""The state of every stream: cursor (where the next fetch starts), watermark (complete up to), who works on it, when it is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

LONGEST_ERROR = 2_000
WATCHED_PRIORITY = 10
"""Of the streams of watched wallets, between what is asked for now (100) and everybody else (0)."""


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
    row = connection.execute(
        "select cursor, cursor_params, last_timestamp, watermark, note from ingestion_state "
        "where source = %s and key = %s",
        [source, key],
    ).fetchone()
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
    connection.execute(
        "insert into ingestion_state as s (source, key, cursor, cursor_params, last_timestamp, note) "
        "values (%(source)s, %(key)s, %(cursor)s, %(params)s, %(last)s, coalesce(%(note)s::jsonb, '{}')) "
        "on conflict (source, key) do update set cursor = excluded.cursor, cursor_params = excluded.cursor_params, "
        "last_timestamp = greatest(s.last_timestamp, excluded.last_timestamp), note = coalesce(%(note)s::jsonb, s.note)",
        {
            "source": source,
            "key": key,
            "cursor": cursor,
            "last": last_timestamp,
            "params": None if cursor_params is None else Jsonb(cursor_params),
            "note": None if note is None else Jsonb(note),
        },
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
    connection.execute(
        "insert into ingestion_state as s (source, key, watermark, due_at, last_success_at) "
        "values (%s, %s, %s, now() + make_interval(secs => %s), now()) on conflict (source, key) do update set "
        "cursor = null, cursor_params = null, watermark = greatest(s.watermark, excluded.watermark), "
        "due_at = excluded.due_at, priority = coalesce((select %s from watchlist w join trader t on t.id = w.trader_id "
        "where t.address = s.key), 0), last_success_at = now(), last_error = null, leased_until = null, "
        "leased_by = null",
        [source, key, watermark, due_in_s, WATCHED_PRIORITY],
    )


def fail(connection: Connection[Any], source: str, key: str, error: str, due_in_s: float) -> None:
    """The run failed: keep cursor and watermark, note the error, try again later."""
    connection.execute(
        "insert into ingestion_state as s (source, key, due_at, last_error, last_error_at) "
        "values (%s, %s, now() + make_interval(secs => %s), %s, now()) on conflict (source, key) do update set "
        "due_at = excluded.due_at, last_error = excluded.last_error, last_error_at = now(), leased_until = null, "
        "leased_by = null",
        [source, key, due_in_s, error[:LONGEST_ERROR]],
    )


def enroll(connection: Connection[Any], source: str, keys: Sequence[str]) -> int:
    """Add streams that are not known yet, due at once; returns how many were new."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into ingestion_state (source, key) select %s, k from unnest(%s::text[]) as k "
            "on conflict do nothing",
            [source, sorted(set(keys))],
        )
        return cursor.rowcount


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
    rows = connection.execute(
        "update ingestion_state s set leased_until = now() + make_interval(secs => %(lease)s), leased_by = %(who)s "
        "from (select source, key from ingestion_state where source = %(source)s "
        "      and (leased_until is null or leased_until < now()) "
        "      and case when %(keys)s::text[] is null then due_at <= now() else key = any(%(keys)s) end "
        "      order by priority desc, due_at, key limit %(limit)s for update skip locked) as c "
        "where s.source = c.source and s.key = c.key returning s.key, s.priority, s.due_at",
        {
            "source": source,
            "limit": limit,
            "lease": lease_s,
            "who": who,
            "keys": None if keys is None else list(keys),
        },
    ).fetchall()
    return [row[0] for row in sorted(rows, key=lambda row: (-row[1], row[2], row[0]))]


def release(connection: Connection[Any], source: str, key: str) -> None:
    """Give a leased stream back untouched."""
    connection.execute(
        "update ingestion_state set leased_until = null, leased_by = null where source = %s and key = %s",
        [source, key],
    )


def tier_and_idle(connection: Connection[Any], address: str, days: int) -> tuple[str | None, bool]:
    """A wallet's tier, and whether it has not been active for so many days: what its next turn depends on."""
    row = connection.execute(
        "select tier, coalesce(last_active_at < now() - make_interval(days => %s), false) "
        "from trader where address = %s",
        [days, address],
    ).fetchone()
    return (row[0], row[1]) if row else (None, False)
