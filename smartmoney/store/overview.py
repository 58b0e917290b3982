"""The whole installation at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from smartmoney.store.db import Store
from smartmoney.store.markets.lists import SmartFilter, smart_markets
from smartmoney.store.scores.runs import score_runs
from smartmoney.store.sql import Row, Statements
from smartmoney.store.stamp import stamp

SQL = Statements(__file__)


def tiers(store: Store) -> list[Row]:
    """Traders by tier: traders, in_profit, with_pnl, flagged, total_pnl (USD); tier None: not scored."""
    return SQL.fetch(store, "tiers")


def movers(store: Store, size: int = 8, min_volume: float = 1_000) -> list[Row]:
    """Open markets whose price moved most in 24 hours, with at least `min_volume` USD traded in them."""
    return SQL.fetch(store, "movers", size=min(max(size, 1), 50), min_volume=min_volume)


def at_work(store: Store, of_tiers: Sequence[str]) -> list[Row]:
    """USD held in open positions by tier: traders, positions, value."""
    return SQL.fetch(store, "at_work", tiers=list(of_tiers))


def overview(store: Store, smart: Sequence[str] = ("S", "A")) -> dict[str, Any]:
    """Everything on the overview page; `smart` are the tiers that count as smart money.

    Returns:
        stamp, tiers, markets (by status), trades (count, estimated, newest_at), at_work, movers,
        smart (a Page), score_run (the newest, or None).
    """
    return {
        "stamp": stamp(store),
        "tiers": tiers(store),
        "markets": {row["status"]: row["markets"] for row in SQL.fetch(store, "statuses")},
        "trades": SQL.fetch_one(store, "trades") or {},
        "at_work": at_work(store, smart),
        "movers": movers(store),
        "smart": smart_markets(store, SmartFilter(limit=8, statuses=("OPEN",))),
        "score_run": next(iter(score_runs(store, 1)), None),
    }
