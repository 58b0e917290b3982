"""Every route we read, one function each: what is asked for, and every default that would bias said out loud.

Functions that walk yield `Page`s of records, to the walk's end. All take the client first, and raise what
`smartmoney.polymarket.pages.pages` raises.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from smartmoney.errors import ApiRefused, ShapeChanged
from smartmoney.polymarket import market_records, records, walks
from smartmoney.polymarket.call import Param
from smartmoney.polymarket.client import Client
from smartmoney.polymarket.contracts import CONTRACTS
from smartmoney.polymarket.pages import Page as Page
from smartmoney.polymarket.pages import Route, pages
from smartmoney.polymarket.types import (
    ActivityRecord,
    BoardRecord,
    FillRecord,
    InterestRecord,
    MarketRecord,
    PositionRecord,
    ResolutionRecord,
    TraderRecord,
)
from smartmoney.polymarket.values import Unreadable
from smartmoney.polymarket.walks import CursorWalk, WindowWalk

PAGE_ROWS = 1_000
MARKETS_PER_PAGE = 100
TAPE_DEPTH = 10_000
MOST_IDS = 20
"""Ids in one query: more have been answered with a block page."""
MARKET_ID_LENGTH = 66
NOT_FOUND = 404
ACTIVITY_TYPES = ("TRADE", *sorted(records.KINDS))

NOT_IN_V1 = ("MIGRATION", "TIP")
V1_ROWS = 500
V1_OFFSET_CAP = 3_000

ACTIVITY: Route[FillRecord | ActivityRecord] = Route(
    "data",
    "/v2/activity",
    walks.v2_page,
    records.activity,
    (
        "proxy_wallet",
        "timestamp",
        "type",
        "size",
        "usdc_size",
        "transaction_hash",
        "condition_id",
        "token_id",
        "side",
        "price",
    ),
)
TRADES: Route[FillRecord] = Route(
    "data",
    "/v2/trades",
    walks.v2_page,
    records.fill,
    (
        "proxy_wallet",
        "timestamp",
        "size",
        "price",
        "side",
        "transaction_hash",
        "condition_id",
        "token_id",
    ),
)
ACTIVITY_V1: Route[FillRecord | ActivityRecord] = Route(
    "data",
    "/activity",
    walks.array_page,
    lambda row: records.activity(records.renamed(row)),
    (
        "proxyWallet",
        "timestamp",
        "type",
        "size",
        "usdcSize",
        "transactionHash",
        "conditionId",
        "asset",
        "side",
        "price",
    ),
    rows_key=None,
)
POSITIONS: Route[PositionRecord] = Route(
    "data",
    "/v2/positions",
    walks.v2_page,
    records.position,
    ("proxy_wallet", "token_id", "condition_id", "current_size", "status", "realized_pnl"),
)
LEADERBOARD: Route[BoardRecord] = Route(
    "data", "/v2/leaderboard", walks.v2_page, records.board, ("user_id", "rank", "pnl", "volume")
)
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


def activity(
    client: Client, user: str, start: int = 1, end: int | None = None
) -> Iterator[Page[FillRecord | ActivityRecord]]:
    """Everything a wallet did, of every type, oldest first.

    Args:
        client: asks the API.
        user: wallet address.
        start: first second, included; 1 is everything (0 or nothing would mean the last three years).
        end: last second, included; None is now.

    Raises:
        ShapeChanged: rows of another wallet, of another time, or in another order than asked for.
    """
    params: dict[str, Param] = {
        "user": user,
        "type": ACTIVITY_TYPES,
        "start": max(start, 1),
        "end": end,
        "sort_by": "TIMESTAMP",
        "sort_direction": "ASC",
        "exclude_deposits_withdrawals": False,
        "limit": PAGE_ROWS,
    }
    last = start
    for page in pages(client, ACTIVITY, CursorWalk(params)):
        last = in_order(page, user, last, end)
        yield page


def activity_v1(
    client: Client, user: str, start: int = 1, end: int | None = None
) -> Iterator[Page[FillRecord | ActivityRecord]]:
    """The same as `activity` from the first version of the API, whose offset cap is met by time windows.

    A page with `restarts` says that the next one begins with its last second once more.

    Raises:
        WalkStuck: a second holds more rows than the route gives for one second.
    """
    params: dict[str, Param] = {
        "user": user,
        "type": [kind for kind in ACTIVITY_TYPES if kind not in NOT_IN_V1],
        "end": end,
        "sortBy": "TIMESTAMP",
        "sortDirection": "ASC",
        "excludeDepositsWithdrawals": False,
    }
    last = start
    for page in pages(
        client, ACTIVITY_V1, WindowWalk(params, V1_ROWS, V1_OFFSET_CAP, max(start, 1))
    ):
        last = in_order(page, user, last, end)
        yield page


def in_order(page: Page[FillRecord | ActivityRecord], user: str, last: int, end: int | None) -> int:
    """Check that the filters asked for had their effect; returns the page's last second.

    Raises:
        ShapeChanged: they had not.
    """
    for row in page.rows:
        if row.address != user:
            raise ShapeChanged(f"{page.route} gave a row of {row.address} when asked for {user}.")
        if row.ts < last or (end is not None and row.ts > end):
            raise ShapeChanged(
                f"{page.route} gave a row of second {row.ts} after {last}: it does not keep the order or the "
                "time asked for."
            )
        last = row.ts
    return last


def trades(
    client: Client, user: str, start: int = 1, end: int | None = None
) -> Iterator[Page[FillRecord]]:
    """A wallet's fills, as taker and as maker, of any size, newest first; without cash and fees."""
    params: dict[str, Param] = {
        "user": user,
        "taker_only": False,
        "filter_type": "TOKENS",
        "filter_amount": 0,
        "start": max(start, 1),
        "end": end,
        "limit": PAGE_ROWS,
    }
    return pages(client, TRADES, CursorWalk(params))


def positions(
    client: Client, user: str, status: str = "OPEN", start: int | None = None
) -> Iterator[Page[PositionRecord]]:
    """A wallet's positions of one status, of any size, by their last event, oldest first.

    In this order a position that changes while the walk goes on moves to the walk's end, and is never
    skipped.

    Args:
        client: asks the API.
        user: wallet address.
        status: OPEN (settled but unredeemed ones too) or CLOSED.
        start: only positions whose last event is not before this second; None is all.
    """
    params: dict[str, Param] = {
        "user": user,
        "status": status,
        "filter_type": "TOKENS",
        "filter_amount": 0,
        "sort_by": "TIMESTAMP",
        "include_archived": None if status == "CLOSED" else True,
        "sort_direction": "ASC",
        "start": start,
        "limit": PAGE_ROWS,
    }
    return pages(client, POSITIONS, CursorWalk(params))


def leaderboard(
    client: Client,
    category: str = "overall",
    period: str = "day",
    order: str = "PNL",
    depth: int = 200,
) -> Iterator[Page[BoardRecord]]:
    """The first `depth` wallets of a board, contracts left out. Volume is in shares."""
    params: dict[str, Param] = {
        "category": category,
        "time_period": period,
        "sort_by": order,
        "limit": min(depth, PAGE_ROWS),
    }
    left = depth
    for page in pages(client, LEADERBOARD, CursorWalk(params)):
        rows = [row for row in page.rows[:left] if row.trader.address not in CONTRACTS]
        left -= len(page.rows)
        yield replace(page, rows=rows, next_cursor=page.next_cursor if left > 0 else None)
        if left <= 0:
            return


def holders(client: Client, condition: str, limit: int = 100) -> Iterator[Page[TraderRecord]]:
    """The largest holders of each outcome of a market, contracts left out: one page, `limit` a token."""
    params: dict[str, Param] = {
        "condition": condition,
        "min_balance": 0,
        "include_pnl": False,
        "limit": limit,
    }
    for page in pages(client, HOLDERS, CursorWalk(params)):
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
        "limit": PAGE_ROWS,
    }
    left = depth
    for page in pages(client, TAPE, CursorWalk(params)):
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
        "limit": MARKETS_PER_PAGE,
        "condition_ids": wanted,
    }
    return pages(client, MARKETS, CursorWalk(params, "after_cursor"))


def resolutions(client: Client, conditions: Sequence[str]) -> Iterator[Page[ResolutionRecord]]:
    """Payouts of those of at most 20 markets that have resolved, by the route that knows."""
    wanted = markets_only(conditions)
    if not wanted:
        return iter(())
    return pages(client, RESOLUTIONS, CursorWalk({"condition": wanted}))


def open_interest(client: Client, conditions: Sequence[str]) -> Iterator[Page[InterestRecord]]:
    """Open interest of at most 20 markets."""
    wanted = markets_only(conditions)
    if not wanted:
        return iter(())
    return pages(client, INTEREST, CursorWalk({"condition": wanted}))


def markets_only(conditions: Sequence[str]) -> list[str]:
    """The first 20 condition ids that name a market: a combo's are two digits shorter."""
    return [each for each in conditions if len(each) == MARKET_ID_LENGTH][:MOST_IDS]


def is_known(client: Client, user: str) -> bool:
    """Whether the API has ever seen the wallet; an unknown one has no activity, and that is no error."""
    answer = client.get("data", "/v2/user-stats", {"user": user}).json
    if not isinstance(answer, dict) or "data" not in answer:
        raise ShapeChanged("/v2/user-stats has no data.")
    return answer["data"] is not None


def profile(client: Client, user: str) -> TraderRecord | None:
    """A wallet's name as its profile shows it; None where there is no profile, or none that can be read."""
    try:
        answer = client.get("gamma", "/public-profile", {"address": user}).json
        return records.profile(answer, user) if isinstance(answer, dict) else None
    except ApiRefused as error:
        if error.status != NOT_FOUND:
            raise
    except Unreadable:
        pass
    return None


def server_time(client: Client) -> int | None:
    """The API's own clock, Unix seconds; None where it does not tell."""
    try:
        answer = client.get("clob", "/time").json
    except ApiRefused:
        return None
    return answer if isinstance(answer, int) else None
