"""The routes of markets, one function each: prices, payouts, holders, tape; every default that would bias is said out loud.

Functions that walk yield `Page`s of records, to the walk's end. All take the client first, and raise what
`smartmoney.polymarket.pages.pages` raises.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from smartmoney.ids import CONDITION_LENGTH
from smartmoney.polymarket import market_records, records, values, walks
from smartmoney.polymarket.call import Param
from smartmoney.polymarket.client import Client
from smartmoney.polymarket.contracts import CONTRACTS
from smartmoney.polymarket.pages import Page, Route, pages
from smartmoney.polymarket.types import (
    InterestRecord,
    MarketRecord,
    PricePoint,
    ResolutionRecord,
    TraderRecord,
)
from smartmoney.polymarket.values import must
from smartmoney.polymarket.walks import Walk
from smartmoney.units import DAY_SECONDS

MARKETS_PER_PAGE = 100
TAPE_DEPTH = 10_000
MOST_IDS = 20
"""Ids in one query: more have been answered with a block page."""

TAPE: Route[TraderRecord] = Route(
    "data", "/v2/trades", walks.v2_page, records.trader, ("proxy_wallet",)
)
HOLDERS: Route[TraderRecord] = Route(
    "data", "/v2/holders", walks.v2_page, records.trader, ("proxy_wallet",), nested="holders"
)
RESOLUTIONS: Route[ResolutionRecord] = Route(
    "data", "/v2/resolutions", walks.single_page, records.resolution, ("status",)
)
INTEREST: Route[InterestRecord] = Route(
    "data", "/v2/oi", walks.single_page, records.interest, ("condition_id", "value")
)
MARKETS: Route[MarketRecord] = Route(
    "gamma",
    "/markets/keyset",
    partial(walks.keyset_page, name="markets"),
    market_records.market,
    ("conditionId", "closed"),
    rows_key="markets",
)


def holders(client: Client, condition: str, limit: int = 100) -> Iterator[Page[TraderRecord]]:
    """The largest holders of each outcome of a market, contracts left out: one page, `limit` a token."""
    params: dict[str, Param] = {
        "condition": condition,
        "min_balance": 0,
        "include_pnl": False,
        "limit": limit,
    }
    for page in pages(client, HOLDERS, Walk(params)):
        yield replace(
            page, rows=[row for row in page.rows if row.address not in CONTRACTS], next_cursor=None
        )
        return


def tape(client: Client, condition: str, depth: int = TAPE_DEPTH) -> Iterator[Page[TraderRecord]]:
    """The wallets behind the newest `depth` fills of a market, makers too: a wallet comes as often as it traded.

    A market may have millions of fills; its largest holders come from `holders`, and are never cut off by this.
    """
    params: dict[str, Param] = {
        "condition": condition,
        "taker_only": False,
        "filter_type": "TOKENS",
        "filter_amount": 0,
        "limit": client.page_rows,
    }
    left = depth
    for page in pages(client, TAPE, Walk(params)):
        left -= len(page.rows) + len(page.bad)
        rows = [row for row in page.rows if row.address not in CONTRACTS]
        yield replace(page, rows=rows, next_cursor=page.next_cursor if left > 0 else None)
        if left <= 0:
            return


def markets(
    client: Client, closed: bool, conditions: Sequence[str] | None = None
) -> Iterator[Page[MarketRecord]]:
    """Open or closed markets with their tags and event; gamma never gives both in one answer.

    Args:
        client: asks the API.
        closed: which of the two.
        conditions: only these, at most 20.
    """
    wanted = None if conditions is None else markets_only(conditions)
    if wanted == []:
        return iter(())
    params: dict[str, Param] = {
        "closed": closed,
        "include_tag": True,
        "limit": min(MARKETS_PER_PAGE, client.page_rows),
        "condition_ids": wanted,
    }
    return pages(client, MARKETS, Walk(params, "after_cursor"))


def resolutions(client: Client, conditions: Sequence[str]) -> Iterator[Page[ResolutionRecord]]:
    """Payouts of those of at most 20 markets that have resolved, by the route that knows."""
    wanted = markets_only(conditions)
    if not wanted:
        return iter(())
    return pages(client, RESOLUTIONS, Walk({"condition": wanted}))


def open_interest(client: Client, conditions: Sequence[str]) -> Iterator[Page[InterestRecord]]:
    """Open interest of at most 20 markets."""
    wanted = markets_only(conditions)
    if not wanted:
        return iter(())
    return pages(client, INTEREST, Walk({"condition": wanted}))


def markets_only(conditions: Sequence[str]) -> list[str]:
    """The first 20 condition ids that name a market: a combo's are two digits shorter."""
    return [each for each in conditions if len(each) == CONDITION_LENGTH][:MOST_IDS]


def _price(row: dict[str, Any]) -> PricePoint:
    step = values.number(row, "resolution_seconds")
    return PricePoint(
        must(values.second(row, "timestamp"), "timestamp"),
        must(values.price(row, "price"), "price"),
        0 if step is None else int(step),
    )


PRICES: Route[PricePoint] = Route(
    "data", "/v2/prices-history", walks.v2_page, _price, ("timestamp", "price")
)


def prices_history(
    client: Client, token_id: str, interval: str = "max", step_s: int = DAY_SECONDS
) -> Iterator[Page[PricePoint]]:
    """A token's prices over an interval (max, all, 1m, 1w, 1d, 6h, 1h), one every `step_s` seconds."""
    params: dict[str, Param] = {
        "token_id": token_id,
        "interval": interval,
        "bucket_seconds": step_s,
    }
    return pages(client, PRICES, Walk(params))
