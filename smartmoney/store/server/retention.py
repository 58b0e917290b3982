"""How long things are kept, partitions made ahead, and the vacuum of what needs it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg import Connection

from smartmoney.store.db import Store
from smartmoney.store.sql import Statements

SQL = Statements(__file__)
MONTHS_AHEAD = timedelta(days=62)
BUSY_TABLES = (
    "trader",
    "market",
    "outcome",
    "event",
    "position",
    "ingestion_state",
    "trader_news",
    "ledger_state",
    "market_smart_current",
)
RUNS = ("ingestion_run", "quarantine")
SNAPSHOTS = ("leaderboard_entry", "position_snapshot", "market_price")
"""What is pruned, by the name of its statement; trades, activity, scores and smart-market history never are."""


def make_partitions_ahead(connection: Connection[Any], now: datetime | None = None) -> int:
    """Monthly partitions of trade for this month and the next two; returns how many were made."""
    now = now or datetime.now(UTC)
    return int(SQL.value(connection, "make_partitions", first=now, last=now + MONTHS_AHEAD))


def prune(connection: Connection[Any], runs_days: int, snapshots_days: int) -> dict[str, int]:
    """Delete what is older than it is kept for; returns rows deleted per table."""
    days = {**dict.fromkeys(RUNS, runs_days), **dict.fromkeys(SNAPSHOTS, snapshots_days)}
    return {table: SQL.run(connection, table, days=kept).rowcount for table, kept in days.items()}


def vacuum(store: Store) -> int:
    """Vacuum and analyse the tables that change all the time; `store` must be the owner's. Returns how many."""
    with store.session() as connection:
        for table in BUSY_TABLES:
            SQL.run(connection, "vacuum", {"table": table})
    return len(BUSY_TABLES)
