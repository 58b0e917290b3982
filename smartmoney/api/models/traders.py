"""Bodies about traders: rows of the dictionary of columns, and how far a trader's streams are."""

from __future__ import annotations

from datetime import datetime

from smartmoney import schema
from smartmoney.api.models.base import Model, described, field, list_model, row_model
from smartmoney.schema import On

WHEN = "2026-11-22T14:05:00Z"
TRADER = schema.TRADER
TraderRow = row_model("TraderRow", "A trader in the list.", TRADER.on(On.LIST))
TraderList = list_model("TraderList", "A page of traders.", TraderRow)
TraderDetail = row_model(
    "TraderDetail",
    "Everything the latest score says about one trader.",
    TRADER.on(On.LIST | On.DETAIL),
)
PositionRow = row_model("PositionRow", schema.POSITION.about, schema.POSITION)
PositionList = list_model("PositionList", "A page of a trader's positions.", PositionRow)
TradeRow = row_model("TradeRow", "A fill of the trader.", schema.WALLET_FILL)
TradeList = list_model("TradeList", "A page of a trader's trades, by time.", TradeRow)
ScoreRow = row_model("ScoreRow", "What was known at that time.", schema.SCORE)
ScoreList = list_model("ScoreList", "Every score the trader ever had, oldest first.", ScoreRow)
CategoryRow = row_model("CategoryRow", schema.CATEGORY.about, schema.CATEGORY)
CategoryList = list_model(
    "CategoryList", "A trader's categories, the largest absolute PnL first.", CategoryRow
)
DailyRow = row_model("DailyRow", "One day of a trader.", schema.DAY)
DailyList = list_model("DailyList", "A trader's days, oldest first.", DailyRow)


class StreamRow(Model):
    """How far one stream of a trader is."""

    source: str = field("trades or positions.", "trades")
    due_at: datetime = field("When it is read next.", WHEN)
    leased: bool = field("True: being read now.", False)
    last_success_at: datetime | None = field("Last success.", WHEN)
    last_error_at: datetime | None = field("Last failure.", None)
    watermark: datetime | None = field("Complete up to then.", WHEN)


class SyncState(Model):
    """How far a trader's streams are."""

    address: str = described(TRADER["address"])
    streams: list[StreamRow]
