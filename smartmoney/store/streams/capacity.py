"""What can be held fresh: wallets by how often they want to be read, the pace measured, and how far the first fill is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from smartmoney import formats
from smartmoney.store.db import Store
from smartmoney.store.sql import Row, Statements

SQL = Statements(__file__)
FILLED = (
    "trade",
    "activity",
    "position",
    "ledger_state",
    "ledger_position",
    "trader_event",
    "trader_days",
)
"""The tables whose size goes with the wallets read."""


@dataclass(frozen=True)
class Wallets:
    """Wallets of one pace: their tier (None: not scored), on the watchlist or not, resting for two weeks or not."""

    tier: str | None
    watched: bool
    idle: bool
    count: int


@dataclass(frozen=True)
class Measured:
    """The last runs of a job: looks at wallets, the seconds they took, the requests they sent."""

    looks: float = 0.0
    seconds: float = 0.0
    requests: float = 0.0


def population(connection: Connection[Any], source: str, idle_days: int) -> list[Wallets]:
    """The wallets of a stream by pace; addresses that turned out to be no trading wallet are left out."""
    return [
        Wallets(*row) for row in SQL.run(connection, "population", source=source, days=idle_days)
    ]


def measured(connection: Connection[Any], job: str) -> Measured:
    """The last twenty runs of a job that read wallets that were due."""
    row = SQL.run(connection, "measured", job=job).fetchone()
    return Measured(*(float(value or 0) for value in row)) if row else Measured()


def save(connection: Connection[Any], source: str, stretch: float, plan: Mapping[str, Any]) -> None:
    """Keep what was planned, for Health and for runs of chosen wallets."""
    SQL.run(connection, "save", source=source, stretch=stretch, plan=Jsonb(dict(plan)))


def stretch(connection: Connection[Any], source: str) -> float:
    """By how much due times are stretched now; 1 before anything was planned."""
    return float(SQL.value(connection, "stretch", source=source) or 1.0)


def plans(store: Store) -> list[Row]:
    """What was planned last: source, planned_at, stretch, plan (see `smartmoney.ingest.capacity.CapacityPlan`)."""
    return SQL.fetch(store, "plans")


def first_fill(store: Store) -> Row:
    """How far the first fill is.

    Returns:
        wallets, read, seconds_left (None: not known yet, 0: done), bytes_then (all tables, when everybody is read; None
        before the first is), bytes_now, trades (estimated), sentence ("" when done or before anybody is known).
    """
    row = SQL.fetch_one(store, "first_fill", tables=list(FILLED)) or {}
    left = row["wallets"] - row["read"]
    row["seconds_left"] = left / row["a_second"] if row["a_second"] else None if left else 0.0
    more = row["bytes_filled"] / row["read"] * left if row["read"] else None
    row["bytes_then"] = None if more is None else round(row["bytes_now"] + more)
    return {**row, "sentence": _sentence(row) if left else ""}


def _sentence(row: Row) -> str:
    parts = [f"First fill: {row['read']:,} of {row['wallets']:,} wallets are read"]
    if row["seconds_left"] is not None:
        parts.append(
            f"at the pace of the last hour the others take {formats.span(row['seconds_left'])}"
        )
    if row["bytes_then"] is not None:
        parts.append(f"the tables will take about {formats.byte_size(row['bytes_then'])}")
    return "; ".join(parts) + ". It may be stopped and goes on."
