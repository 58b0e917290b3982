"""What pages and the REST API read: one function per view, bound parameters only, the SQL in `store/sql/`.

Every list takes a filter (validated and clamped) and returns a `Page`. Rows are dicts: money as Decimal USD, prices as
Decimal USD per share, times as aware datetimes, None where nothing is known.
"""

from __future__ import annotations

from smartmoney.store.reads.base import Page, Row, export
from smartmoney.store.reads.edited import (
    AlertFilter,
    AlertSort,
    add_alert_rule,
    alert_rules,
    alerts,
    change_alert_rule,
    delete_alert_rule,
    save_setting,
    score_runs,
    settings,
    validation_runs,
    watchlist,
)
from smartmoney.store.reads.filters import ListFilter, Sort
from smartmoney.store.reads.health import Freshness, freshness, health, jobs, newest_reports, run
from smartmoney.store.reads.identity import market_key, wallet_address
from smartmoney.store.reads.markets import (
    LEANS,
    STATUSES,
    HolderFilter,
    HolderSort,
    MarketFilter,
    MarketSort,
    SmartFilter,
    SmartSort,
    categories,
    flow_sparklines,
    market,
    market_holder_sides,
    market_holders,
    market_price_history,
    market_siblings,
    market_smart_history,
    market_trades,
    markets,
    price_sparklines,
    smart_flow,
    smart_markets,
)
from smartmoney.store.reads.overview import at_work, movers, overview, stamp, tiers
from smartmoney.store.reads.trader import (
    ActivityFilter,
    PositionFilter,
    PositionSort,
    TradeFilter,
    TradeSort,
    request_sync,
    score_history,
    sync_progress,
    trader,
    trader_activity,
    trader_calibration,
    trader_categories,
    trader_daily,
    trader_events,
    trader_peers,
    trader_positions,
    trader_trades,
)
from smartmoney.store.reads.traders import TIERS, TraderFilter, TraderSort, sparklines, traders

__all__ = [
    "LEANS", "STATUSES", "TIERS", "ActivityFilter", "AlertFilter", "AlertSort", "Freshness", "HolderFilter", "HolderSort",
    "ListFilter", "MarketFilter", "MarketSort", "Page", "PositionFilter", "PositionSort", "Row", "SmartFilter",
    "SmartSort", "Sort", "TradeFilter", "TradeSort", "TraderFilter", "TraderSort", "add_alert_rule", "alert_rules",
    "alerts", "at_work", "categories", "change_alert_rule", "delete_alert_rule", "export", "flow_sparklines",
    "freshness", "health", "jobs", "market", "market_holder_sides", "market_holders", "market_key",
    "market_price_history", "market_siblings", "market_smart_history", "market_trades", "markets", "movers",
    "newest_reports", "overview", "price_sparklines", "request_sync", "run", "save_setting", "score_history",
    "score_runs", "settings", "smart_flow", "smart_markets", "sparklines", "stamp", "sync_progress", "tiers", "trader",
    "trader_activity", "trader_calibration", "trader_categories", "trader_daily", "trader_events", "trader_peers",
    "trader_positions", "trader_trades", "traders", "validation_runs", "wallet_address", "watchlist",
]
