"""Partitions made ahead, rows deleted and thinned as `growing` says, and the vacuum of what needs it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg import Connection

from smartmoney.settings import Settings
from smartmoney.store.db import Store
from smartmoney.store.server.growing import TABLES, Growing, Kept, Thinning
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


def make_partitions_ahead(connection: Connection[Any], now: datetime | None = None) -> int:
    """Monthly partitions of trade for this month and the next two; returns how many were made."""
    now = now or datetime.now(UTC)
    return int(SQL.value(connection, "make_partitions", first=now, last=now + MONTHS_AHEAD))


def kept_days(settings: Settings) -> dict[Kept, int]:
    """For how many days rows are kept, by what `growing` calls them."""
    return {
        "runs": settings.retention_runs_days,
        "snapshots": settings.retention_snapshots_days,
        "alerts": settings.retention_alerts_days,
    }


def prune(store: Store, days: Mapping[Kept, int], now: datetime | None = None) -> dict[str, int]:
    """Delete what is older than it is kept for, and thin what is to be thinned; a transaction for each table.

    Args:
        store: as `sm_ingest`.
        days: see `kept_days`.
        now: of this look; the clock when None.

    Returns:
        Rows deleted per table; tables that lose nothing by age are left out.
    """
    now, deleted = now or datetime.now(UTC), {}
    for each in TABLES:
        if each.age:
            with store.raw() as connection:
                deleted[each.table] = _expired(connection, each, days, now) + sum(
                    _thinned(connection, each, thinning, now) for thinning in each.thinned
                )
    return deleted


def _expired(
    connection: Connection[Any], table: Growing, days: Mapping[Kept, int], now: datetime
) -> int:
    if table.kept is None:
        return 0
    before = now - timedelta(days=days[table.kept])
    return SQL.run(connection, "delete_old", _names(table), before=before).rowcount


def _thinned(connection: Connection[Any], table: Growing, thinning: Thinning, now: datetime) -> int:
    """Whole periods only, and each once: where the last run stopped is noted."""
    names = _names(table) | {"key": ", ".join([*table.key, "1"]), "period": thinning.period}
    before = now - timedelta(days=thinning.after_days)
    noted = {"table": table.table, "period": thinning.period}
    found = SQL.run(connection, "thin", names, before=before, **noted).rowcount
    SQL.run(connection, "note_thinned", before=before, **noted)
    return found


def _names(table: Growing) -> dict[str, str]:
    return {"table": table.table, "age": table.age, "only": table.only}


def vacuum(store: Store) -> int:
    """Vacuum and analyse the tables that change all the time; `store` must be the owner's. Returns how many."""
    busy = dict.fromkeys([*BUSY_TABLES, *(each.table for each in TABLES if each.age)])
    with store.session() as connection:
        for table in busy:
            SQL.run(connection, "vacuum", {"table": table})
    return len(busy)
