"""Small reads that only the REST API needs."""

from __future__ import annotations

from typing import Any

from smartmoney.store.db import Store
from smartmoney.store.reads.base import Row, fetch, fetch_one
from smartmoney.store.reads.trader import TradeFilter

MOST_COUNTED = 10_000


def newest(store: Store) -> Row:
    """scores_as_of, score_version, markets_as_of, priced_at, trades_up_to; each None where there is none."""
    return fetch_one(store, "api_stamp") or {}


def trades_up_to(store: Store, address: str) -> Any:
    """Up to when the wallet's trades are complete, or None."""
    row = fetch_one(store, "api_trades_up_to", address=address)
    return row["watermark"] if row else None


def trade_count(
    store: Store, wanted: TradeFilter, *, trader_id: int | None = None, market_id: int | None = None
) -> int | None:
    """Fills of the filtered list, or None when there are more than 10,000."""
    bound = {
        **wanted.parameters(),
        "side_sign": wanted.side_sign,
        "trader_id": trader_id,
        "market_id": market_id,
    }
    total = int(fetch(store, "api_trade_count", **{**bound, "most": MOST_COUNTED + 1})[0]["total"])
    return total if total <= MOST_COUNTED else None


def watch(store: Store, watch_id: int) -> Row | None:
    """One entry of the watchlist, or None."""
    return fetch_one(store, "api_watch", watch_id=watch_id)


def alert_rule(store: Store, rule_id: int) -> Row | None:
    """One alert rule with how often it fired, or None."""
    return fetch_one(store, "api_alert_rule", rule_id=rule_id)
