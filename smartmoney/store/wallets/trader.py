"""One trader: who, what they hold, what they did, and how their score came about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from smartmoney.schema import (
    ACTIVITY,
    CATEGORY,
    DAY,
    FILL,
    POSITION,
    SCORE,
    TIERS,
    TRADER,
    UNCATEGORISED,
    WALLET_FILL,
    selected,
)
from smartmoney.store.addresses import wallet_address
from smartmoney.store.db import Store
from smartmoney.store.filters import About, ListFilter, Sort, among, matching, sort_keys
from smartmoney.store.sql import Page, Row, Statements
from smartmoney.store.wallets.traders import ANY_TIER

SQL = Statements(__file__)
MOST_COUNTED = 10_000
MOST_EVENTS = 2_000
SIDES = {"BUY": 1, "SELL": -1}
OF_MARKET = About("Part of the market's question.", "question", "q")


PositionSort = sort_keys("PositionSort", POSITION)
TradeSort = sort_keys("TradeSort", FILL.only("ts"))
"""Only time has an index, so only time is offered."""
ActivitySort = sort_keys("ActivitySort", ACTIVITY)


@dataclass(frozen=True, kw_only=True)
class PositionFilter(ListFilter):
    """A trader's positions."""

    sort: Sort = PositionSort["market_value"]
    text: str = matching(OF_MARKET)
    states: tuple[str, ...] = among(
        ("open", "closed"), About("Only open or only closed positions.", "State", "state", ["open"])
    )
    category: str = matching(About("The market's category.", example="crypto"))


@dataclass(frozen=True, kw_only=True)
class TradeFilter(ListFilter):
    """A trader's trades, by time; `tiers` applies to a market's."""

    sort: Sort = TradeSort["ts"]
    text: str = matching(OF_MARKET)
    sides: tuple[str, ...] = among(tuple(SIDES), About("BUY or SELL.", "Side", "side", ["BUY"]))
    tiers: tuple[str, ...] = among(TIERS)

    @property
    def side_sign(self) -> int | None:
        """1 for buys only, -1 for sells only, else None."""
        return SIDES[self.sides[0]] if len(self.sides) == 1 else None


@dataclass(frozen=True, kw_only=True)
class ActivityFilter(ListFilter):
    """Which activity."""

    sort: Sort = ActivitySort["ts"]


@dataclass(frozen=True, kw_only=True)
class MarketTradeFilter(TradeFilter):
    """A market's trades, by time."""

    text: str = ""
    tiers: tuple[str, ...] = among(TIERS, ANY_TIER)


def trader(store: Store, address: str) -> Row | None:
    """The trader with everything the latest score said, or None when the wallet is not known.

    Raises:
        ParameterError: it is no wallet address.
    """
    more = {"good_at": TRADER["good_at"].exact}
    return next(iter(SQL.fetch(store, "trader", more, address=wallet_address(address))), None)


def trader_positions(store: Store, trader_id: int, filters: PositionFilter | None = None) -> Page:
    """Positions with shares, average price, cost, mark, value and PnL in USD."""
    filters = filters or PositionFilter()
    return SQL.page(
        store,
        "trader_positions",
        filters,
        trader_id=trader_id,
        open_only=filters.states == ("open",),
        closed_only=filters.states == ("closed",),
    )


def trader_trades(store: Store, trader_id: int, filters: TradeFilter | None = None) -> Page:
    """Fills, newest first; not counted (`trader.trade_count` is the count)."""
    filters = filters or TradeFilter()
    return SQL.page(
        store,
        "trader_trades",
        filters,
        counted=False,
        columns=selected(WALLET_FILL),
        trader_id=trader_id,
        side_sign=filters.side_sign,
    )


def trader_activity(store: Store, trader_id: int, filters: ActivityFilter | None = None) -> Page:
    """Splits, merges, redemptions, conversions, income and transfers, newest first; not counted."""
    return SQL.page(
        store, "trader_activity", filters or ActivityFilter(), counted=False, trader_id=trader_id
    )


def trader_daily(store: Store, trader_id: int) -> list[Row]:
    """One row a day, oldest first: day, realized_pnl, total_pnl, volume (USD), fills."""
    return SQL.fetch(store, "trader_daily", {"columns": selected(DAY)}, trader_id=trader_id)


def trader_events(store: Store, trader_id: int, most: int = MOST_EVENTS) -> list[Row]:
    """Results per event, the largest absolute PnL first; at most 2,000."""
    return SQL.fetch(
        store, "trader_events", trader_id=trader_id, most=min(max(most, 1), MOST_EVENTS)
    )


def trader_categories(store: Store, trader_id: int) -> list[Row]:
    """Results per category with the edge there, the largest absolute PnL first."""
    return SQL.fetch(
        store,
        "trader_categories",
        {"columns": selected(CATEGORY)},
        trader_id=trader_id,
        uncategorised=UNCATEGORISED,
    )


def trader_calibration(store: Store, trader_id: int) -> list[Row]:
    """Tenths of the price paid: bucket 1 to 10, events, mean price paid, share won."""
    return SQL.fetch(store, "trader_calibration", trader_id=trader_id)


def score_history(store: Store, trader_id: int) -> list[Row]:
    """Every score the trader ever had, oldest first."""
    return SQL.fetch(store, "score_history", {"columns": selected(SCORE)}, trader_id=trader_id)


def trader_peers(store: Store, trader_id: int, rarity_score: int | None) -> list[Row]:
    """The unflagged wallets ranked just above and below; none for a wallet without a score."""
    if rarity_score is None:
        return []
    return SQL.fetch(store, "trader_peers", trader_id=trader_id, rarity_score=rarity_score)


def trades_up_to(store: Store, address: str) -> datetime | None:
    """Up to when the wallet's trades are complete, or None."""
    row = SQL.fetch_one(store, "trades_up_to", address=address)
    return row["watermark"] if row else None


def trade_count(
    store: Store,
    filters: TradeFilter,
    *,
    trader_id: int | None = None,
    market_id: int | None = None,
) -> int | None:
    """Fills of the filtered list, or None when there are more than 10,000."""
    bound = {**filters.parameters(), "side_sign": filters.side_sign, "most": MOST_COUNTED + 1}
    rows = SQL.fetch(store, "trade_count", trader_id=trader_id, market_id=market_id, **bound)
    total = int(rows[0]["total"])
    return total if total <= MOST_COUNTED else None
