"""Lists of markets: all of them, those with smart money, and who moved in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from smartmoney.store.db import Store
from smartmoney.store.filters import ListFilter, Sort, among, within
from smartmoney.store.sql import Page, Row, Statements
from smartmoney.store.stamp import stamp

SQL = Statements(__file__)
STATUSES = ("OPEN", "CLOSED", "RESOLVED")
LEANS = ("YES", "NO", "MIXED", "INSUFFICIENT")


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


def markets(
    store: Store,
    filters: MarketFilter | None = None,
    *,
    counted: bool = True,
    as_of: datetime | None = None,
) -> Page:
    """One page of markets with event and smart count; `as_of` is when smart statistics were last computed, unless given."""
    as_of = as_of or stamp(store).get("markets_as_of")
    return SQL.page(store, "markets", filters or MarketFilter(), counted=counted, as_of=as_of)


def smart_markets(
    store: Store,
    filters: SmartFilter | None = None,
    *,
    counted: bool = True,
    as_of: datetime | None = None,
) -> Page:
    """One page of markets that smart money is in, with all their statistics; `as_of` as in `markets`."""
    as_of = as_of or stamp(store).get("markets_as_of")
    return SQL.page(store, "smart_markets", filters or SmartFilter(), counted=counted, as_of=as_of)


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
