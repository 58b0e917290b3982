"""The routes of markets, one function each: prices, payouts, holders, tape; every default that would bias is said out loud.

Functions that walk yield `FeedPage`s of records, to the walk's end. All take the client first, and raise what
`smartmoney.polymarket.pages.pages` raises.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from smartmoney.errors import ApiRefused, ShapeChanged
from smartmoney.ids import is_combo
from smartmoney.polymarket import market_records, records, values, walks
from smartmoney.polymarket.call import Param
from smartmoney.polymarket.client import Client
from smartmoney.polymarket.contracts import CONTRACTS
from smartmoney.polymarket.pages import FeedPage, Route, pages
from smartmoney.polymarket.types import (
    InterestRecord,
    MarketRecord,
    PricePoint,
    ResolutionRecord,
    TokenRecord,
    TraderRecord,
)
from smartmoney.polymarket.values import Unreadable, must
from smartmoney.polymarket.walks import Walk
from smartmoney.units import DAY_SECONDS, MICRO

MARKETS_PER_PAGE = 100
TAPE_DEPTH = 10_000
NOT_FOUND = 404
MOST_CONDITIONS_OF_TOKENS = 10
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
TOKENS: Route[TokenRecord] = Route(
    "data", "/v2/tokens", walks.single_page, records.token, ("token_id", "condition_id")
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


def holders(client: Client, condition: str, limit: int = 100) -> Iterator[FeedPage[TraderRecord]]:
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


def tape(
    client: Client, condition: str, depth: int = TAPE_DEPTH
) -> Iterator[FeedPage[TraderRecord]]:
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
    client: Client,
    closed: bool,
    conditions: Sequence[str] | None = None,
    cursor: str | None = None,
) -> Iterator[FeedPage[MarketRecord]]:
    """Open or closed markets with their tags and event; gamma never gives both in one answer.

    Args:
        client: asks the API.
        closed: which of the two.
        conditions: only these, at most 20.
        cursor: of an earlier walk of the same list, which goes on there.
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
    return pages(client, MARKETS, Walk(params, "after_cursor", cursor))


def resolutions(client: Client, conditions: Sequence[str]) -> Iterator[FeedPage[ResolutionRecord]]:
    """Payouts of those of at most 20 markets that have resolved, by the route that knows."""
    wanted = markets_only(conditions)
    if not wanted:
        return iter(())
    return pages(client, RESOLUTIONS, Walk({"condition": wanted}))


def tokens(client: Client, conditions: Sequence[str]) -> Iterator[FeedPage[TokenRecord]]:
    """The tokens of at most 10 markets as the chain knows them, with their payouts where they resolved."""
    wanted = list(conditions)[:MOST_CONDITIONS_OF_TOKENS]
    if not wanted:
        return iter(())
    return pages(client, TOKENS, Walk({"condition": wanted}))


def winners(client: Client, condition: str) -> dict[str, int] | None:
    """What the exchange says a market's tokens pay, millionths by token; None while it says nothing.

    Raises:
        ShapeChanged: the answer is no market.
    """
    try:
        answer = client.get("clob", "/markets/{condition}", path={"condition": condition}).json
    except ApiRefused as error:
        if error.status == NOT_FOUND:
            return None
        raise
    rows = answer.get("tokens") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise ShapeChanged("/markets of the exchange has no tokens.", one_stream=True)
    won = [row for row in rows if isinstance(row, dict) and row.get("winner") is True]
    if answer.get("closed") is not True or len(won) != 1 or len(rows) < 2:
        return None
    return {str(values.token(row, "token_id")): MICRO if row in won else 0 for row in rows}


def event_markets(client: Client, event: str) -> list[MarketRecord]:
    """Every market of an event, open and closed; none where the event is not known.

    Raises:
        ShapeChanged: the answer is no event.
    """
    try:
        answer = client.get("gamma", "/events/{id}", path={"id": event}).json
    except ApiRefused as error:
        if error.status == NOT_FOUND:
            return []
        raise
    rows = answer.get("markets") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise ShapeChanged("/events has no markets.", one_stream=True)
    parent = {name: value for name, value in answer.items() if name != "markets"}
    found = []
    for row in rows:
        try:
            found.append(market_records.market({"events": [parent], **row}))
        except (Unreadable, TypeError):
            continue  # a question that nobody could trade yet has no tokens and no condition
    return found


def markets_of_questions(
    client: Client, questions: Sequence[str], closed: bool
) -> Iterator[FeedPage[MarketRecord]]:
    """The markets of at most 20 questions of the oracle."""
    params: dict[str, Param] = {
        "closed": closed,
        "include_tag": True,
        "limit": min(MARKETS_PER_PAGE, client.page_rows),
        "question_ids": list(questions)[:MOST_IDS],
    }
    return pages(client, MARKETS, Walk(params, "after_cursor"))


def open_interest(client: Client, conditions: Sequence[str]) -> Iterator[FeedPage[InterestRecord]]:
    """Open interest of at most 20 markets."""
    wanted = markets_only(conditions)
    if not wanted:
        return iter(())
    return pages(client, INTEREST, Walk({"condition": wanted}))


def markets_only(conditions: Sequence[str]) -> list[str]:
    """The first 20 condition ids that name a market; a combo is none."""
    return [each for each in conditions if not is_combo(each)][:MOST_IDS]


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
) -> Iterator[FeedPage[PricePoint]]:
    """A token's prices over an interval (max, all, 1m, 1w, 1d, 6h, 1h), one every `step_s` seconds."""
    params: dict[str, Param] = {
        "token_id": token_id,
        "interval": interval,
        "bucket_seconds": step_s,
    }
    return pages(client, PRICES, Walk(params))
