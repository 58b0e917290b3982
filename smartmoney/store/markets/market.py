"""One market: what it is, who holds it, its curves and its fills."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from smartmoney.schema import HOLDER, MARKET_FILL, TIERS, selected
from smartmoney.store.addresses import market_key
from smartmoney.store.db import Store
from smartmoney.store.filters import About, ListFilter, Sort, among, sort_keys, within
from smartmoney.store.sql import Page, Row, Statements
from smartmoney.store.wallets.trader import TradeFilter
from smartmoney.store.wallets.traders import ANY_TIER

SQL = Statements(__file__)
POINTS = 500  # most points of a curve
FLOW_BUCKETS = 120  # most bars of a flow chart
FLOW_SPANS = {"hour": timedelta(hours=48), "day": timedelta(days=30)}


HolderSort = sort_keys("HolderSort", HOLDER)


@dataclass(frozen=True, kw_only=True)
class HolderFilter(ListFilter):
    """A market's holders."""

    sort: Sort = HolderSort["market_value"]
    tiers: tuple[str, ...] = among(TIERS, ANY_TIER)
    outcome_index: int | None = within(
        None, 0, 255, About("Only holders of the outcome with this index.", query="outcome")
    )


def market(store: Store, key: str) -> Row | None:
    """The market by our id or condition id, or None; `outcomes` is the list of its outcomes.

    Raises:
        ParameterError: `key` is neither.
    """
    found = SQL.fetch_one(store, "market", **market_key(key))
    return found and {
        **found,
        "outcomes": SQL.fetch(store, "market_outcomes", market_id=found["id"]),
    }


def market_siblings(store: Store, market_id: int, event_id: int | None) -> list[Row]:
    """The other markets of the same event, by volume, at most 20."""
    return (
        []
        if event_id is None
        else SQL.fetch(store, "market_siblings", market_id=market_id, event_id=event_id)
    )


def market_holders(store: Store, market_id: int, filters: HolderFilter | None = None) -> Page:
    """Who holds the market now: side, shares, average entry, price, value and unrealized PnL in USD."""
    filters = filters or HolderFilter()
    return SQL.page(
        store,
        "market_holders",
        filters,
        market_id=market_id,
        sided=filters.outcome_index is not None,
    )


def market_holder_sides(store: Store, market_id: int) -> list[Row]:
    """Holders by tier and outcome: holders, shares, cost and value in USD."""
    return SQL.fetch(store, "market_holder_sides", market_id=market_id)


def market_price_history(store: Store, market_id: int, points: int = POINTS) -> list[Row]:
    """Prices of the first outcome, oldest first, thinned to `points`."""
    return SQL.fetch(store, "market_prices", market_id=market_id, points=min(max(points, 2), 2_000))


def market_smart_history(store: Store, market_id: int, points: int = POINTS) -> list[Row]:
    """Smart statistics over time, oldest first, thinned to `points`."""
    return SQL.fetch(
        store, "market_smart_history", market_id=market_id, points=min(max(points, 2), 2_000)
    )


def smart_flow(store: Store, market_id: int, tiers: Sequence[str]) -> list[Row]:
    """Net and gross USD of the tiers per bucket (an hour, or as many as keep to 120 bars), oldest first."""
    span = (SQL.fetch_one(store, "market_flow_span", market_id=market_id) or {"hours": 0})["hours"]
    hours = max(math.ceil(span / FLOW_BUCKETS), 1)
    return SQL.fetch(store, "market_flow", market_id=market_id, tiers=list(tiers), hours=hours)


def smart_flow_by_tier(
    store: Store, per: Literal["hour", "day"], market_id: int | None = None
) -> list[Row]:
    """Net and gross USD per tier and hour of the last two days, or day of the last thirty; of one market when given."""
    since = datetime.now(UTC) - FLOW_SPANS[per]
    if market_id is None:
        return SQL.fetch(store, "smart_flow_all", per=per, since=since)
    return SQL.fetch(store, "smart_flow_tiers", per=per, market_id=market_id, since=since)


def market_trades(store: Store, market_id: int, filters: TradeFilter | None = None) -> Page:
    """Fills of the wallets we follow, newest first; not counted."""
    filters = filters or TradeFilter()
    return SQL.page(
        store,
        "market_trades",
        filters,
        counted=False,
        columns=selected(MARKET_FILL),
        market_id=market_id,
        side_sign=filters.side_sign,
    )
