"""What routes share: the envelope of a list, documented refusals, identifiers in paths, totals."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Path, Request

from smartmoney.api.errors import ApiError, not_found
from smartmoney.api.listing import FILE
from smartmoney.api.models.base import ADDRESS, ErrorBody
from smartmoney.ids import ANY_CASE_ADDRESS, ANY_CASE_CONDITION
from smartmoney.store import reads
from smartmoney.store.db import Store
from smartmoney.store.reads import Page, Row
from smartmoney.store.wallets import owners
from smartmoney.store.wallets.owners import WalletStanding

TOTAL_SECONDS = 5.0
NEWEST_SECONDS = 1.0
MOST_TOTALS = 500
Address = Annotated[
    str,
    Path(
        pattern=f"^{ANY_CASE_ADDRESS}$",
        description="Proxy wallet: 0x and 40 hexadecimal digits.",
        examples=[ADDRESS],
    ),
]
MarketKey = Annotated[
    str,
    Path(
        pattern=f"^({ANY_CASE_CONDITION}|[0-9]{{1,9}})$",
        description="Our number of the market, or its condition id.",
        examples=["68"],
    ),
]
Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="Its number.", examples=[1])]
PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorBody, "description": words}
    for status, words in {
        400: "The request cannot be read.",
        404: "There is no such thing.",
        422: "A parameter is wrong, or is none of ours.",
        429: "Too many requests; wait as long as Retry-After says.",
        500: "Something went wrong here.",
        503: "The database does not answer; try again as Retry-After says.",
    }.items()
}
CLOSED: dict[int | str, dict[str, Any]] = {
    **PROBLEMS,
    401: {"model": ErrorBody, "description": "No valid token."},
    403: {"model": ErrorBody, "description": "Acting is closed: API_JWT_SECRET is not set."},
    413: {"model": ErrorBody, "description": "The body is larger than 64 KiB."},
}
UNCHANGED: dict[int | str, dict[str, Any]] = {
    **PROBLEMS,
    304: {"description": "As named by If-None-Match."},
}
NO_TRADER: dict[int | str, dict[str, Any]] = {
    404: {
        "model": ErrorBody,
        "description": "No such trader; `error.code` says why. owner_address: the address signs for another wallet, "
        "which `error.tradingWallet` names. wallet_unknown: Polymarket has never seen it trade. not_found: nobody "
        "asked for it yet; POST /api/traders/{address}/sync reads it.",
    }
}
"""Why there is no trader at an address."""
LISTED: dict[int | str, dict[str, Any]] = {200: {"content": FILE}}
"""A list is also given as CSV."""


def nothing_asked(request: Request) -> None:
    """Dependency of routes that take no query.

    Raises:
        ApiError: 422, there is one.
    """
    for name in request.query_params:
        raise ApiError(
            422,
            "parameter_wrong",
            f"There is no parameter {name[:80]!r} here; see /docs.",
            name[:80],
        )


PLAIN = [Depends(nothing_asked)]


def known_trader(store: Store, address: str) -> Row:
    """The trader's row.

    Raises:
        ApiError: 404; its code tells an owner's address and a wallet nobody has seen from one not read yet.
    """
    standing = not_an_owners(store, address)
    if standing.standing == "unknown":
        raise ApiError(404, "wallet_unknown", standing.sentence(standing.wallet))
    found = reads.trader(store, address)
    if found is None:
        raise not_found("This wallet is not known here; POST /api/traders/{address}/sync reads it.")
    return found


def not_an_owners(store: Store, address: str) -> WalletStanding:
    """What is known of an address that is asked for as a trader's.

    Raises:
        ApiError: 404, it is an owner's; the error names its trading wallet.
    """
    found = owners.standing(store, address.lower())
    if found.standing == "owner":
        wallet, sentence = found.wallet, found.sentence(address.lower())
        raise ApiError(
            404,
            "owner_address",
            f"{sentence} GET /api/traders/{wallet} shows it.",
            trading_wallet=wallet,
        )
    return found


def known_market(store: Store, key: str) -> Row:
    """The market's row.

    Raises:
        ApiError: 404.
    """
    found = reads.market(store, key)
    if found is None:
        raise not_found("This market is not known here.")
    return found


class Totals:
    """Pages of the long lists: a filter is counted once in five seconds, not once a page."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[Any, tuple[float, int]] = {}

    def page(self, store: Store, read: Any, wanted: Any, as_of: datetime | None) -> Page:
        """One page of a list, by its function in `reads`, with its total."""
        key = (read.__name__, wanted.but(limit=1, descending=True, sort=type(wanted)().sort))
        at, total = self._known.get(key, (float("-inf"), 0))
        counted = self._clock() - at >= TOTAL_SECONDS
        page: Page = read(store, wanted, counted=counted, as_of=as_of)
        if not counted:
            return replace(page, total=total)
        with self._lock:
            if len(self._known) >= MOST_TOTALS:
                self._known.clear()
            self._known[key] = (self._clock(), page.total or 0)
        return page


class Newest:
    """What the newest numbers are valid for, asked at most once a second."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: tuple[float, Row] = (float("-inf"), {})

    def __call__(self, store: Store) -> Row:
        """See `reads.newest`."""
        at, row = self._known
        if self._clock() - at >= NEWEST_SECONDS:
            row = reads.newest(store)
            self._known = (self._clock(), row)
        return row
