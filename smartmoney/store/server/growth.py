"""How large each table is, how fast it grows, and when that fills the disk."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg import Connection

from smartmoney import formats
from smartmoney.settings import Settings
from smartmoney.store.db import Store
from smartmoney.store.server.growing import BY_NAME
from smartmoney.store.sql import Row, Statements

SQL = Statements(__file__)
OVER = timedelta(days=7)
LEAST = timedelta(days=1)
"""Growth is what was added over the last week; a look that is less than a day old tells nothing yet."""
SOON_DAYS = 30
"""A disk that is full sooner is told as trouble."""


def measure(connection: Connection[Any], now: datetime | None = None) -> int:
    """Note how large each table is now; returns how many there are."""
    return SQL.run(connection, "measure", now=now or datetime.now(UTC)).rowcount


def tables(store: Store, now: datetime | None = None) -> list[Row]:
    """Every table, the largest first.

    Returns:
        table_name, bytes, rows_estimated, bytes_a_day (None: not known yet), holds, grows, retention (see `growing`).
    """
    now = now or datetime.now(UTC)
    rows = SQL.fetch(store, "sizes", since=now - OVER, until=now - LEAST, now=now)
    for row in rows:
        known = BY_NAME.get(row["table_name"])
        row["holds"], row["grows"] = (known.holds, known.grows) if known else ("", "")
        row["retention"] = known.retention if known else ""
    return rows


def free_bytes(settings: Settings) -> int | None:
    """Room on the disk of the embedded server; None where the server is one of your own, whose disk nobody sees from here."""
    if settings.database_url is not None or not settings.smartmoney_home.exists():
        return None
    return shutil.disk_usage(settings.smartmoney_home).free


def outlook(rows: Sequence[Row], free: int | None, looked: int) -> Row:
    """All tables together, and the disk.

    Args:
        rows: as `tables` gives them.
        free: bytes; None: not known.
        looked: days since the first look at the sizes; 0: none yet.

    Returns:
        bytes, bytes_a_day, free_bytes, days_left (None: not known, or it does not grow), needs_days (until growth is
        known; 0: it is), sentence.
    """
    total = sum(row["bytes"] for row in rows)
    known = [row["bytes_a_day"] for row in rows if row["bytes_a_day"] is not None]
    grows = sum(known) if known else None
    days = None if not grows or grows < 0 or free is None else free / grows
    found = {
        "bytes": total,
        "bytes_a_day": grows,
        "free_bytes": free,
        "days_left": days,
        "needs_days": 0 if known else max(LEAST.days - looked, 1),
    }
    return {**found, "sentence": _sentence(found)}


def look(store: Store, settings: Settings, now: datetime | None = None) -> Row:
    """The outlook as of now, see `outlook`, and the `tables` it comes from."""
    rows = tables(store, now)
    return {**outlook(rows, free_bytes(settings), days_known(store, now)), "tables": rows}


def is_trouble(found: Row) -> bool:
    """Is the disk full soon?"""
    return found["days_left"] is not None and found["days_left"] < SOON_DAYS


def days_known(store: Store, now: datetime | None = None) -> int:
    """Whole days since sizes were noted first; 0: never."""
    first = (SQL.fetch_one(store, "first_look") or {}).get("first")
    return 0 if first is None else ((now or datetime.now(UTC)) - first).days


def _sentence(found: Row) -> str:
    size, free = formats.byte_size(found["bytes"]), found["free_bytes"]
    room = (
        "how much room its disk has is not known here"
        if free is None
        else f"{formats.byte_size(free)} are free"
    )
    if found["needs_days"]:
        days = found["needs_days"]
        return (
            f"The tables take {size}, and {room}; how fast they grow needs {days} "
            f"more {'day' if days == 1 else 'days'} to be known."
        )
    grows = found["bytes_a_day"]
    if grows <= 0:
        return f"The tables take {size} and did not grow within a week; {room}."
    until = (
        "" if found["days_left"] is None else f": enough for about {found['days_left']:,.0f} days"
    )
    return f"The tables take {size} and grow by {formats.byte_size(round(grows))} a day; {room}{until}."
