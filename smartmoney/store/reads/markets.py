"""Markets: the list, the list of those with smart money, and one market."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from smartmoney.store.db import Store
from smartmoney.store.reads.base import Page, Row, fetch, fetch_one, fetch_page
from smartmoney.store.reads.filters import ListFilter, Sort, among, within
from smartmoney.store.reads.identity import market_key
from smartmoney.store.reads.trader import TradeFilter
from smartmoney.store.reads.traders import TIERS

STATUSES = ("OPEN", "CLOSED", "RESOLVED")
LEANS = ("YES", "NO", "MIXED", "INSUFFICIENT")
POINTS = 500  # most points of a curve
FLOW_BUCKETS = 120  # most bars of a flow chart
FLOW_SPANS = {"hour": timedelta(hours=48), "day": timedelta(days=30)}


class MarketSort(Sort):
    """Keys the list of markets can be sorted by."""

    volume_24h = ("market.volume_24h", "numeric")
    volume = ("market.volume", "numeric")
    liquidity = ("market.liquidity", "numeric")
    price = ("market.price", "numeric")
    price_change_24h = ("market.price_change_24h", "numeric")
    end_date = ("market.end_date", "timestamptz")
    smart_count = ("smart.smart_count", "integer")
    smart_score = ("smart.smart_score", "double precision")
    question = ("left(lower(market.question), 40)", "text")


class SmartSort(Sort):
    """Keys the list of smart markets can be sorted by."""

    smart_score = ("smart.smart_score", "double precision")
    smart_score_classic = ("smart.smart_score_classic", "double precision")
    smart_count = ("smart.smart_count", "integer")
    smart_weighted = ("smart.smart_weighted", "double precision")
    smart_share = ("smart.smart_share", "double precision")
    smart_lean = ("smart.smart_lean", "double precision")
    smart_divergence = ("smart.smart_divergence", "double precision")
    price = ("market.price", "numeric")
    liquidity = ("market.liquidity", "numeric")
    volume_24h = ("market.volume_24h", "numeric")
    end_date = ("market.end_date", "timestamptz")
    computed_at = ("smart.computed_at", "timestamptz")


class HolderSort(Sort):
    """Keys a market's holders can be sorted by."""

    market_value = ("value", "numeric")
    shares = ("shares", "numeric")
    cost = ("cost", "numeric")
    avg_price = ("avg_price", "numeric")
    unrealized_pnl = ("unrealized_pnl", "numeric")
    skill_prob = ("skill_prob", "double precision")
    rarity_score = ("rarity_score", "integer")


@dataclass(frozen=True, kw_only=True)
class MarketFilter(ListFilter):
    """What the list of markets may be asked for.

    Attributes:
        statuses: any of OPEN, CLOSED, RESOLVED.
        min_liquidity: USD.
        ends_within_days: ends in the future, within so many days.
        smart_only: only markets that hold smart money.
    """

    sort: MarketSort = MarketSort.volume_24h
    statuses: tuple[str, ...] = among(STATUSES)
    category: str = ""
    min_liquidity: float | None = within(None, 0.0, 1e12)
    ends_within_days: int | None = within(None, 1, 3_650)
    smart_only: bool = False


@dataclass(frozen=True, kw_only=True)
class SmartFilter(ListFilter):
    """What the list of smart markets may be asked for.

    Attributes:
        leans: any of YES, NO, MIXED, INSUFFICIENT.
        statuses: any of OPEN, CLOSED, RESOLVED.
        min_liquidity: USD.
        min_count: at least so many smart wallets.
        grouped: of a negative-risk event only the outcome with the highest score.
        watched: only markets on the watchlist.
    """

    VIEW = ListFilter.VIEW | {"grouped"}

    sort: SmartSort = SmartSort.smart_score
    leans: tuple[str, ...] = among(LEANS)
    category: str = ""
    statuses: tuple[str, ...] = among(STATUSES)
    min_liquidity: float | None = within(None, 0.0, 1e12)
    min_count: int | None = within(None, 1, 100_000)
    grouped: bool = False
    watched: bool = False


@dataclass(frozen=True, kw_only=True)
class HolderFilter(ListFilter):
    """Which holders: of these tiers, and on this outcome's side when given."""

    sort: HolderSort = HolderSort.market_value
    tiers: tuple[str, ...] = among(TIERS)
    outcome_index: int | None = within(None, 0, 255)


def markets(store: Store, wanted: MarketFilter | None = None) -> Page:
    """One page of markets with event and smart count; `as_of` is when smart statistics were last computed."""
    stamp = fetch_one(store, "stamp") or {}
    return fetch_page(store, "markets", wanted or MarketFilter(), as_of=stamp.get("markets_as_of"))


def smart_markets(store: Store, wanted: SmartFilter | None = None) -> Page:
    """One page of markets that smart money is in, with all their statistics."""
    stamp = fetch_one(store, "stamp") or {}
    return fetch_page(
        store, "smart_markets", wanted or SmartFilter(), as_of=stamp.get("markets_as_of")
    )


def categories(store: Store) -> list[str]:
    """Categories of the markets we know, the largest first, at most 50."""
    return [row["category"] for row in fetch(store, "categories")]


def price_sparklines(store: Store, market_ids: Sequence[int]) -> dict[int, list[float]]:
    """Seven days of daily prices by market id, oldest first."""
    rows = fetch(store, "price_sparklines", ids=list(market_ids)) if market_ids else []
    return {row["market_id"]: [float(price) for price in row["prices"]] for row in rows}


def flow_sparklines(
    store: Store, market_ids: Sequence[int], tiers: Sequence[str]
) -> dict[int, list[float]]:
    """Seven days of daily net smart flow in USD by market id, oldest first."""
    rows = (
        fetch(store, "flow_sparklines", ids=list(market_ids), tiers=list(tiers))
        if market_ids
        else []
    )
    return {row["market_id"]: [micro / 1e6 for micro in row["micro"]] for row in rows}


def market(store: Store, key: str) -> Row | None:
    """The market by our id or condition id, or None; `outcomes` is the list of its outcomes.

    Raises:
        ParameterError: `key` is neither.
    """
    found = fetch_one(store, "market", **market_key(key))
    return found and {**found, "outcomes": fetch(store, "market_outcomes", market_id=found["id"])}


def market_siblings(store: Store, market_id: int, event_id: int | None) -> list[Row]:
    """The other markets of the same event, by volume, at most 20."""
    return (
        []
        if event_id is None
        else fetch(store, "market_siblings", market_id=market_id, event_id=event_id)
    )


def market_holders(store: Store, market_id: int, wanted: HolderFilter | None = None) -> Page:
    """Who holds the market now: side, shares, average entry, price, value and unrealized PnL in USD."""
    wanted = wanted or HolderFilter()
    return fetch_page(
        store, "market_holders", wanted, market_id=market_id, sided=wanted.outcome_index is not None
    )


def market_holder_sides(store: Store, market_id: int) -> list[Row]:
    """Holders by tier and outcome: holders, shares, cost and value in USD."""
    return fetch(store, "market_holder_sides", market_id=market_id)


def market_price_history(store: Store, market_id: int, points: int = POINTS) -> list[Row]:
    """Prices of the first outcome, oldest first, thinned to `points`."""
    return fetch(store, "market_prices", market_id=market_id, points=min(max(points, 2), 2_000))


def market_smart_history(store: Store, market_id: int, points: int = POINTS) -> list[Row]:
    """Smart statistics over time, oldest first, thinned to `points`."""
    return fetch(
        store, "market_smart_history", market_id=market_id, points=min(max(points, 2), 2_000)
    )


def smart_flow(store: Store, market_id: int, tiers: Sequence[str]) -> list[Row]:
    """Net and gross USD of the tiers per bucket (an hour, or as many as keep to 120 bars), oldest first."""
    span = (fetch_one(store, "market_flow_span", market_id=market_id) or {"hours": 0})["hours"]
    hours = max(math.ceil(span / FLOW_BUCKETS), 1)
    return fetch(store, "market_flow", market_id=market_id, tiers=list(tiers), hours=hours)


def smart_movers(store: Store, market_id: int | None = None, size: int = 20) -> list[Row]:
    """What smart wallets did in the last 24 hours, the largest change first; in one market when given.

    Each row: kind (opened, added, cut, closed, flipped), tier, before_usd, after_usd, change_usd (+ is the first outcome),
    traded_usd, moved_at, computed_at, the wallet, the market.
    """
    return fetch(store, "smart_movers", market_id=market_id, size=min(max(size, 1), 200))


def smart_flow_by_tier(
    store: Store, per: Literal["hour", "day"], market_id: int | None = None
) -> list[Row]:
    """Net and gross USD per tier and hour of the last two days, or day of the last thirty; of one market when given."""
    since = datetime.now(UTC) - FLOW_SPANS[per]
    if market_id is None:
        return fetch(store, "smart_flow_all", per=per, since=since)
    return fetch(store, "smart_flow_tiers", per=per, market_id=market_id, since=since)


def market_trades(store: Store, market_id: int, wanted: TradeFilter | None = None) -> Page:
    """Fills of the wallets we follow, newest first; not counted."""
    wanted = wanted or TradeFilter()
    return fetch_page(
        store,
        "market_trades",
        wanted,
        counted=False,
        market_id=market_id,
        side_sign=wanted.side_sign,
    )
