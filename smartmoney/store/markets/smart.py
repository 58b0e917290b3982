"""What the smart-market job reads and writes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd
from psycopg import Connection

from smartmoney.store.bulk import Bulk
from smartmoney.store.db import Store
from smartmoney.store.sql import Statements

SQL = Statements(__file__)


def load_holdings(store: Store) -> pd.DataFrame:
    """Shares held in unresolved markets: trader_id, market_id, outcome_index, shares, avg_price (nullable)."""
    return SQL.arrow(store, "holdings").to_pandas()


def load_traders(store: Store) -> pd.DataFrame:
    """Scored wallets: trader_id, address, name, tier, rarity_score, skill_prob, flag_count."""
    return SQL.arrow(store, "traders").to_pandas()


def load_markets(store: Store) -> pd.DataFrame:
    """Unresolved markets: market_id, event_id, neg_risk, price, liquidity, volume, open_interest (USD, nullable)."""
    return SQL.arrow(store, "markets").to_pandas()


def load_resolved_leans(store: Store) -> pd.DataFrame:
    """One row per resolved market that had a lean a day before: price, smart_lean, won (0 to 1), event_id."""
    return SQL.arrow(store, "resolved_leans").to_pandas()


def load_moves(
    store: Store, tiers: Sequence[str], since: datetime, until: datetime
) -> pd.DataFrame:
    """What unflagged wallets of the tiers traded in (since, until], as `smartmoney.market_stats.movers` takes it."""
    moves = SQL.arrow(
        store, "moves", tiers=",".join(tiers), since=since.isoformat(), until=until.isoformat()
    )
    return moves.to_pandas()


def save_stats(
    connection: Connection[Any], rows: pd.DataFrame, computed_at: datetime, version: str
) -> int:
    """Append one row per market to the history and make them the current ones; returns how many.

    Args:
        connection: as `sm_ingest`.
        rows: as `smartmoney.market_stats.smart_markets` gives them; its columns are those of the table.
        computed_at: UTC; the same moment for all rows.
        version: of the score the tiers came from.
    """
    stats = rows.assign(computed_at=computed_at, score_version=version)
    Bulk(connection).append_frame("market_smart_stats", stats)
    make_current(connection, computed_at)
    return len(rows)


def make_current(connection: Connection[Any], computed_at: datetime) -> None:
    """Make the statistics of a run the current ones; of a negative-risk event the outcome with the strongest lean leads."""
    SQL.run(connection, "clear_current")
    SQL.run(connection, "make_current", computed_at=computed_at)


def save_movers(connection: Connection[Any], rows: pd.DataFrame, computed_at: datetime) -> int:
    """Make these moves the current ones; returns how many.

    Args:
        connection: as `sm_ingest`.
        rows: as `smartmoney.market_stats.movers` gives them, with the wallet's tier.
        computed_at: UTC.
    """
    SQL.run(connection, "clear_movers")
    Bulk(connection).append_frame("market_smart_mover", rows.assign(computed_at=computed_at))
    return len(rows)


def save_events(connection: Connection[Any], rows: pd.DataFrame, computed_at: datetime) -> int:
    """Append one row per negative-risk event; returns how many.

    Args:
        connection: as `sm_ingest`.
        rows: as `smartmoney.market_stats.smart_events` gives them.
        computed_at: UTC; that of the markets.
    """
    Bulk(connection).append_frame("event_smart_stats", rows.assign(computed_at=computed_at))
    return len(rows)


def save_flow(connection: Connection[Any], since: datetime, tiers: Sequence[str]) -> int:
    """Count the smart flow again from the hour of `since` on; returns the rows written."""
    hour = since.replace(minute=0, second=0, microsecond=0)
    rows = SQL.run(connection, "flow", since=hour, tiers=list(tiers)).rowcount
    sum_flow(connection, hour)
    return rows


def sum_flow(connection: Connection[Any], since: datetime) -> None:
    """Add up the flow over all markets from an hour on."""
    SQL.run(connection, "flow_of_all", since=since)


def last_computed(connection: Connection[Any]) -> datetime | None:
    """When smart-market statistics were last computed."""
    at: datetime | None = SQL.value(connection, "last_computed")
    return at
