"""Every path of the REST API that is only read, and the model it answers with."""

from __future__ import annotations

from pydantic import BaseModel

from smartmoney.api.models import edited, health, markets, traders
from tests.kit.seed import address

WALLET = address(4)


PATHS: dict[str, type[BaseModel]] = {
    "/health": health.Health,
    "/api/traders": traders.TraderList,
    f"/api/traders/{WALLET}": traders.TraderDetail,
    f"/api/traders/{WALLET}/positions": traders.PositionList,
    f"/api/traders/{WALLET}/trades": traders.TradeList,
    f"/api/traders/{WALLET}/scores": traders.ScoreList,
    f"/api/traders/{WALLET}/daily": traders.DailyList,
    f"/api/traders/{WALLET}/categories": traders.CategoryList,
    f"/api/traders/{WALLET}/sync": traders.SyncState,
    "/api/markets": markets.MarketList,
    "/api/markets/smart": markets.SmartList,
    "/api/markets/68": markets.MarketDetail,
    "/api/markets/68/holders": markets.HolderList,
    "/api/markets/68/smart": markets.SmartHistory,
    "/api/markets/68/prices": markets.PriceList,
    "/api/markets/68/trades": markets.MarketTradeList,
    "/api/watchlist": edited.WatchList,
    "/api/alerts": edited.AlertList,
    "/api/alert-rules": edited.RuleList,
    "/api/alert-rules/1": edited.RuleRow,
}
