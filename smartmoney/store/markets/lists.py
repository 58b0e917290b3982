"""Lists of markets: all of them, those with smart money, and who moved in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from smartmoney.schema import LEANS, MARKET, SMART_MARKET, STATUSES, On, selected
from smartmoney.store.db import Store
from smartmoney.store.filters import (
    About,
    ListFilter,
    Sort,
    among,
    matching,
    sort_keys,
    switch,
    within,
)
from smartmoney.store.sql import Page, Row, Statements
from smartmoney.store.stamp import stamp

SQL = Statements(__file__)
ANY_STATUS = About("Any of these; repeat it or separate by commas.", "Status", "status", ["OPEN"])
CATEGORY = About("Category.", "Category", example="politics")
DEPTHS = (("1000", "$1k"), ("10000", "$10k"), ("100000", "$100k"), ("1000000", "$1M"))
LIQUID = About("Liquidity of at least so many USD.", "Min liquidity", example=10000, options=DEPTHS)
ENDS = (("1", "a day"), ("7", "7 days"), ("30", "30 days"), ("90", "90 days"))


MarketSort = sort_keys("MarketSort", MARKET.on(On.LIST))
SmartSort = sort_keys("SmartSort", SMART_MARKET)


@dataclass(frozen=True, kw_only=True)
class MarketFilter(ListFilter):
    """The list of markets."""

    sort: Sort = MarketSort["volume_24h"]
    text: str = matching(
        About(
            "Part of the question, or the start of a condition id.",
            "question or condition id",
            "q",
            "election",
        )
    )
    statuses: tuple[str, ...] = among(STATUSES, ANY_STATUS)
    category: str = matching(CATEGORY)
    min_liquidity: float | None = within(None, 0.0, 1e12, LIQUID)
    ends_within_days: int | None = within(
        None,
        1,
        3_650,
        About("Ends in the future, within so many days.", "Ends within", options=ENDS),
    )
    smart_only: bool = switch(About("Only markets that hold smart money.", "With smart money"))


@dataclass(frozen=True, kw_only=True)
class SmartFilter(ListFilter):
    """The list of smart markets.

    Attributes:
        grouped: of a negative-risk event only the outcome with the highest score.
        watched: only markets on the watchlist.
    """

    VIEW = ListFilter.VIEW | {"grouped"}

    sort: Sort = SmartSort["smart_score"]
    text: str = matching(About("Part of the question.", "question", "q", "election"))
    leans: tuple[str, ...] = among(
        LEANS, About("Any of these leans.", "Lean", "lean", ["YES", "NO"])
    )
    category: str = matching(CATEGORY)
    statuses: tuple[str, ...] = among(STATUSES, ANY_STATUS)
    min_liquidity: float | None = within(None, 0.0, 1e12, LIQUID)
    min_count: int | None = within(
        None, 1, 100_000, About("`smartCount` of at least this.", "Min wallets", example=3)
    )
    watched: bool = switch(About("", "Watched"))
    grouped: bool = switch(About("", "One row per event"))


def markets(
    store: Store,
    filters: MarketFilter | None = None,
    *,
    counted: bool = True,
    as_of: datetime | None = None,
) -> Page:
    """One page of markets with event and smart count; `as_of` is when smart statistics were last computed, unless given."""
    as_of = as_of or stamp(store).get("markets_as_of")
    return SQL.page(
        store,
        "markets",
        filters or MarketFilter(),
        counted=counted,
        as_of=as_of,
        columns=selected(MARKET.on(On.LIST)),
    )


def smart_markets(
    store: Store,
    filters: SmartFilter | None = None,
    *,
    counted: bool = True,
    as_of: datetime | None = None,
) -> Page:
    """One page of markets that smart money is in, with all their statistics; `as_of` as in `markets`."""
    as_of = as_of or stamp(store).get("markets_as_of")
    return SQL.page(
        store,
        "smart_markets",
        filters or SmartFilter(),
        counted=counted,
        as_of=as_of,
        columns=selected(SMART_MARKET),
    )


def categories(store: Store) -> list[str]:
    """Categories of the markets we know, the largest first, at most 50."""
    return [row["category"] for row in SQL.fetch(store, "categories")]


def price_sparklines(store: Store, market_ids: Sequence[int]) -> dict[int, list[float]]:
    """Seven days of daily prices by market id, oldest first."""
    rows = SQL.fetch(store, "price_sparklines", ids=list(market_ids)) if market_ids else []
    return {row["market_id"]: [float(price) for price in row["prices"]] for row in rows}


def flow_sparklines(
    store: Store, market_ids: Sequence[int], tiers: Sequence[str]
) -> dict[int, list[float]]:
    """Seven days of daily net smart flow in USD by market id, oldest first."""
    rows = (
        SQL.fetch(store, "flow_sparklines", ids=list(market_ids), tiers=list(tiers))
        if market_ids
        else []
    )
    return {row["market_id"]: [micro / 1e6 for micro in row["micro"]] for row in rows}


def smart_movers(store: Store, market_id: int | None = None, size: int = 20) -> list[Row]:
    """What smart wallets did in the last 24 hours, the largest change first; in one market when given.

    Each row: kind (opened, added, cut, closed, flipped), tier, before_usd, after_usd, change_usd (+ is the first outcome),
    traded_usd, moved_at, computed_at, the wallet, the market.
    """
    return SQL.fetch(store, "smart_movers", market_id=market_id, size=min(max(size, 1), 200))
