"""The routes of wallets and boards, one function each; every default that would bias is said out loud.

Functions that walk yield `FeedPage`s of records, to the walk's end. All take the client first, and raise what
`smartmoney.polymarket.pages.pages` raises.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from smartmoney.errors import ApiRefused, ShapeChanged
from smartmoney.polymarket import records, values, walks
from smartmoney.polymarket.call import Param
from smartmoney.polymarket.client import Client
from smartmoney.polymarket.contracts import CONTRACTS
from smartmoney.polymarket.pages import FeedPage as FeedPage
from smartmoney.polymarket.pages import Route, pages
from smartmoney.polymarket.types import (
    ActivityRecord,
    BoardRecord,
    FillRecord,
    PositionRecord,
    TraderRecord,
)
from smartmoney.polymarket.values import Unreadable
from smartmoney.polymarket.walks import Walk

NOT_FOUND = 404
ACTIVITY_TYPES = ("TRADE", *sorted(records.KINDS))

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


def activity(
    client: Client, user: str, start: int = 1, end: int | None = None
) -> Iterator[FeedPage[FillRecord | ActivityRecord]]:
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
        "limit": client.page_rows,
    }
    last = start
    for page in pages(client, ACTIVITY, Walk(params)):
        last = in_order(page, user, last, end)
        yield page


def in_order(
    page: FeedPage[FillRecord | ActivityRecord], user: str, last: int, end: int | None
) -> int:
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


def positions(
    client: Client, user: str, status: str = "OPEN", start: int | None = None
) -> Iterator[FeedPage[PositionRecord]]:
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
        "limit": client.page_rows,
    }
    return pages(client, POSITIONS, Walk(params))


def leaderboard(
    client: Client,
    category: str = "overall",
    period: str = "day",
    order: str = "PNL",
    depth: int = 200,
) -> Iterator[FeedPage[BoardRecord]]:
    """The first `depth` wallets of a board, contracts left out. Volume is in shares."""
    params: dict[str, Param] = {
        "category": category,
        "time_period": period,
        "sort_by": order,
        "limit": min(depth, client.page_rows),
    }
    left = depth
    for page in pages(client, LEADERBOARD, Walk(params)):
        rows = [row for row in page.rows[:left] if row.trader.address not in CONTRACTS]
        left -= len(page.rows)
        yield replace(page, rows=rows, next_cursor=page.next_cursor if left > 0 else None)
        if left <= 0:
            return


def is_known(client: Client, user: str) -> bool:
    """Whether the API has ever seen the wallet; an unknown one has no activity, and that is no error."""
    answer = client.get("data", "/v2/user-stats", {"user": user}).json
    if not isinstance(answer, dict) or "data" not in answer:
        raise ShapeChanged("/v2/user-stats has no data.")
    return answer["data"] is not None


def trading_wallet(client: Client, owner: str) -> str | None:
    """The wallet that trades for an owner's address; None where the address is no owner's, or not known.

    The rows of the data API name trading wallets only: an owner's address, with which one signs in, has none.
    """
    try:
        answer = client.get("gamma", "/public-profile", {"address": owner}).json
        found = values.address(answer, "proxyWallet") if isinstance(answer, dict) else owner
    except ApiRefused as error:
        if error.status != NOT_FOUND:
            raise
        return None
    except Unreadable:
        return None
    return None if found == owner else found


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


LATE_S = 600
"""A platform that is further behind is told as trouble."""


@dataclass(frozen=True)
class PlatformLag:
    """How far the platform is behind, by its own word: seconds, and which part is the most."""

    seconds: int
    worst: str


def platform_lag(client: Client) -> PlatformLag:
    """What `/v2/status` says.

    Raises:
        ShapeChanged: it tells no number of seconds.
        ApiRefused: there is no such route.
        ApiUnavailable: the API does not answer.
    """
    answer = client.get("data", "/v2/status").json
    data = answer.get("data") if isinstance(answer, dict) else None
    serving = data.get("serving") if isinstance(data, dict) else None
    lag = serving.get("lag_seconds") if isinstance(serving, dict) else None
    if not isinstance(serving, dict) or not isinstance(lag, int):
        raise ShapeChanged("data.serving.lag_seconds is no number")
    return PlatformLag(lag, str(serving.get("worst", "unknown"))[:60])


def server_time(client: Client) -> int | None:
    """The API's own clock, Unix seconds; None where it does not tell."""
    try:
        answer = client.get("clob", "/time").json
    except ApiRefused:
        return None
    return answer if isinstance(answer, int) else None
