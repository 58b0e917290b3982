"""The whole installation at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from smartmoney.store.db import Store
from smartmoney.store.reads.base import Row, fetch, fetch_one
from smartmoney.store.reads.markets import SmartFilter, smart_markets


def stamp(store: Store) -> Row:
    """Validity of the newest numbers (scores_as_of, markets_as_of, newest_watermark, last_run_at); theme."""
    return fetch_one(store, "stamp") or {}


def tiers(store: Store) -> list[Row]:
    """Traders by tier: traders, in_profit, with_pnl, flagged, total_pnl (USD); tier None: not scored."""
    return fetch(store, "overview_tiers")


def movers(store: Store, size: int = 8, min_volume: float = 1_000) -> list[Row]:
    """Open markets whose price moved most in 24 hours, with at least `min_volume` USD traded in them."""
    return fetch(store, "overview_movers", size=min(max(size, 1), 50), min_volume=min_volume)


def at_work(store: Store, wanted: Sequence[str]) -> list[Row]:
    """USD held in open positions by tier: traders, positions, value."""
    return fetch(store, "overview_at_work", tiers=list(wanted))


def overview(store: Store, smart: Sequence[str] = ("S", "A")) -> dict[str, Any]:
    """Everything on the overview page; `smart` are the tiers that count as smart money.

    Returns:
        stamp, tiers, markets (by status), trades (count, estimated, newest_at), at_work, movers,
        smart (a Page), score_run (the newest, or None).
    """
    return {
        "stamp": stamp(store),
        "tiers": tiers(store),
        "markets": {row["status"]: row["markets"] for row in fetch(store, "overview_markets")},
        "trades": fetch_one(store, "overview_trades") or {},
        "at_work": at_work(store, smart),
        "movers": movers(store),
        "smart": smart_markets(store, SmartFilter(limit=8, statuses=("OPEN",))),
        "score_run": next(iter(fetch(store, "score_runs", size=1)), None),
    }
