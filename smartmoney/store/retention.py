"""How long things are kept, partitions made ahead, and the vacuum of what needs it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg import Connection, sql

from smartmoney.store.db import Store

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


def make_partitions_ahead(connection: Connection[Any], now: datetime | None = None) -> int:
    """Monthly partitions of trade for this month and the next two; returns how many were made."""
    now = now or datetime.now(UTC)
    row = connection.execute(
        "select ensure_trade_partitions(%s, %s)", [now, now + MONTHS_AHEAD]
    ).fetchone()
    return int(row[0]) if row else 0


def prune(connection: Connection[Any], runs_days: int, snapshots_days: int) -> dict[str, int]:
    """Delete what is older than it is kept for; returns rows deleted per table.

    Trades, activity, scores and smart-market history are never pruned.
    """
    rules = (
        ("ingestion_run", "started_at", runs_days, "and status <> 'running'"),
        ("quarantine", "last_seen_at", runs_days, ""),
        ("leaderboard_entry", "fetched_at", snapshots_days, ""),
        ("position_snapshot", "ts", snapshots_days, ""),
        ("market_price", "ts", snapshots_days, "and source <> 'history'"),
    )
    deleted = {}
    for table, column, days, more in rules:
        with connection.cursor() as cursor:
            cursor.execute(
                sql.SQL(
                    "delete from {} where {} < now() - make_interval(days => %s) " + more
                ).format(sql.Identifier(table), sql.Identifier(column)),
                [days],
            )
            deleted[table] = cursor.rowcount
    return deleted


def vacuum(store: Store) -> int:
    """Vacuum and analyse the tables that change all the time; `store` must be the owner's. Returns how many."""
    with store.raw(autocommit=True) as connection:
        for table in BUSY_TABLES:
            connection.execute(sql.SQL("vacuum (analyze) {}").format(sql.Identifier(table)))
    return len(BUSY_TABLES)
