"""Bodies about markets: rows of the dictionary of columns, and curves."""

from __future__ import annotations

from datetime import datetime

from smartmoney import schema
from smartmoney.api.models.base import Exact, Listed, Model, field, list_model, row_model
from smartmoney.schema import On

WHEN = "2026-11-22T14:00:00Z"
TopTrader = row_model("TopTrader", schema.TOP_TRADER.about, schema.TOP_TRADER)
MarketRow = row_model("MarketRow", "A market in the list.", schema.MARKET.on(On.LIST))
MarketList = list_model("MarketList", "A page of markets.", MarketRow)
SmartRow = row_model(
    "SmartRow", schema.SMART_MARKET.about, schema.SMART_MARKET, top_smart_traders=TopTrader
)
SmartList = list_model("SmartList", "A page of smart markets.", SmartRow)
OutcomeRow = row_model("OutcomeRow", schema.OUTCOME.about, schema.OUTCOME)
MarketDetail = row_model(
    "MarketDetail",
    "One market with its outcomes and newest smart statistics.",
    schema.MARKET_DETAIL,
    top_smart_traders=TopTrader,
    outcomes=OutcomeRow,
)
HolderRow = row_model("HolderRow", schema.HOLDER.about, schema.HOLDER)
HolderList = list_model("HolderList", "A page of a market's holders.", HolderRow)
SmartPoint = row_model("SmartPoint", schema.SMART.about, schema.SMART.on(On.HISTORY))
MarketTradeRow = row_model(
    "MarketTradeRow", "A fill in the market, of a wallet we follow.", schema.MARKET_FILL
)
MarketTradeList = list_model(
    "MarketTradeList", "A page of a market's trades, by time.", MarketTradeRow
)


class PriceRow(Model):
    """A reading of the price."""

    ts: datetime = field("When.", WHEN)
    price: Exact = field("Price of the first outcome then.", 0.41)


class PriceList(Listed[PriceRow]):
    """Prices of the first outcome, oldest first."""


class FlowRow(Model):
    """Money of the smart tiers in a span of time."""

    bucket: datetime = field("Where the span begins.", WHEN)
    net: Exact = field("USD towards the first outcome.", 1_200)
    gross: Exact = field("USD moved.", 3_400)
    traders: int = field("Most wallets in one hour of it.", 3)


SmartHistory = list_model(
    "SmartHistory",
    "Smart statistics of a market over time, oldest first, with the flow of the smart tiers.",
    SmartPoint,
    smart_tiers=(list[str], field("Tiers that count as smart.", ["S", "A"])),
    flow=(list[FlowRow], field("Spans, oldest first.")),
)
