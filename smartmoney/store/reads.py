"""All that pages and the REST API read, from one address; nothing here writes.

Every list takes a filter (validated and clamped) and returns a `Page`. Rows are dicts: money as Decimal USD,
prices as Decimal USD per share, times as aware datetimes, None where nothing is known.
"""

from __future__ import annotations

from smartmoney.schema.markets import LEANS, STATUSES
from smartmoney.schema.traders import TIERS
from smartmoney.store.addresses import (
    market_key,
    wallet_address,
)
from smartmoney.store.alerts.fired import (
    AlertFilter,
    AlertSort,
    alerts,
)
from smartmoney.store.alerts.rules import (
    alert_rule,
    alert_rules,
)
from smartmoney.store.alerts.targets import (
    alert_targets,
)
from smartmoney.store.alerts.watchlist import (
    watch,
    watched,
    watchlist,
)
from smartmoney.store.filters import (
    ListFilter,
    Sort,
)
from smartmoney.store.markets.lists import (
    MarketFilter,
    MarketSort,
    SmartFilter,
    SmartSort,
    categories,
    flow_sparklines,
    markets,
    price_sparklines,
    smart_markets,
    smart_movers,
)
from smartmoney.store.markets.market import (
    FLOW_SPANS,
    HolderFilter,
    HolderSort,
    market,
    market_holder_sides,
    market_holders,
    market_price_history,
    market_siblings,
    market_smart_history,
    market_trades,
    smart_flow,
    smart_flow_by_tier,
)
from smartmoney.store.overview import (
    at_work,
    movers,
    overview,
    tiers,
)
from smartmoney.store.scores.runs import (
    lean_proofs,
    score_runs,
    validation_runs,
)
from smartmoney.store.server.health import (
    Freshness,
    database,
    freshness,
    health,
    jobs,
    newest_reports,
    platform,
    run,
)
from smartmoney.store.server.setting import (
    settings,
)
from smartmoney.store.sql import (
    WRONG_CURSOR,
    Page,
    Row,
    export,
)
from smartmoney.store.stamp import (
    newest,
    stamp,
)
from smartmoney.store.streams.implausible import open_ones as implausible
from smartmoney.store.streams.requests import (
    sync_progress,
)
from smartmoney.store.wallets.trader import (
    ActivityFilter,
    MarketTradeFilter,
    PositionFilter,
    PositionSort,
    TradeFilter,
    TradeSort,
    score_history,
    trade_count,
    trader,
    trader_activity,
    trader_calibration,
    trader_categories,
    trader_daily,
    trader_events,
    trader_peers,
    trader_positions,
    trader_trades,
    trades_up_to,
)
from smartmoney.store.wallets.traders import (
    TraderFilter,
    TraderSort,
    sparklines,
    traders,
)

__all__ = [
    "ActivityFilter",
    "AlertFilter",
    "AlertSort",
    "FLOW_SPANS",
    "Freshness",
    "HolderFilter",
    "HolderSort",
    "LEANS",
    "ListFilter",
    "MarketFilter",
    "MarketTradeFilter",
    "MarketSort",
    "Page",
    "PositionFilter",
    "PositionSort",
    "Row",
    "STATUSES",
    "SmartFilter",
    "SmartSort",
    "Sort",
    "TIERS",
    "TradeFilter",
    "TradeSort",
    "TraderFilter",
    "TraderSort",
    "WRONG_CURSOR",
    "alert_rule",
    "alert_rules",
    "alert_targets",
    "alerts",
    "at_work",
    "categories",
    "database",
    "export",
    "flow_sparklines",
    "freshness",
    "health",
    "implausible",
    "jobs",
    "lean_proofs",
    "market",
    "market_holder_sides",
    "market_holders",
    "market_key",
    "market_price_history",
    "market_siblings",
    "market_smart_history",
    "market_trades",
    "markets",
    "movers",
    "newest",
    "newest_reports",
    "overview",
    "platform",
    "price_sparklines",
    "run",
    "score_history",
    "score_runs",
    "settings",
    "smart_flow",
    "smart_flow_by_tier",
    "smart_markets",
    "smart_movers",
    "sparklines",
    "stamp",
    "sync_progress",
    "tiers",
    "trade_count",
    "trader",
    "trader_activity",
    "trader_calibration",
    "trader_categories",
    "trader_daily",
    "trader_events",
    "trader_peers",
    "trader_positions",
    "trader_trades",
    "traders",
    "trades_up_to",
    "validation_runs",
    "wallet_address",
    "watch",
    "watched",
    "watchlist",
]
