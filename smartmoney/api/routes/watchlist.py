"""Routes about the watchlist."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from smartmoney.api.answers import answers
from smartmoney.api.auth import Actor
from smartmoney.api.errors import not_found
from smartmoney.api.listing import envelope
from smartmoney.api.models.edited import WatchChange, WatchList, WatchNew, WatchRow
from smartmoney.api.routes.common import (
    CLOSED,
    PLAIN,
    UNCHANGED,
    Number,
    known_market,
    known_trader,
)
from smartmoney.api.wire import encoded, shaped
from smartmoney.errors import ParameterError
from smartmoney.store import reads
from smartmoney.store.alerts import unwatch, watch_market, watch_trader
from smartmoney.store.db import Store
from smartmoney.store.reads import Row
from smartmoney.store.wallets.owners import trading_wallet

router = APIRouter(prefix="/api/watchlist", tags=["watchlist"], dependencies=PLAIN)
MOST_WATCHED = 500
MISSING = "There is no such entry in the watchlist."


@router.get("", response_model=WatchList, summary="The watchlist", responses=UNCHANGED)
async def list_watched(request: Request) -> Response:
    """What people watch, newest first."""

    def work(store: Store) -> dict[str, Any]:
        newest, items = request.app.state.newest(store), reads.watchlist(store)
        return envelope(
            WatchRow,
            items,
            total=len(items),
            as_of=newest.get("scores_as_of"),
            version=newest.get("score_version"),
        )

    return await answers(request).current(request, work)


@router.post("", response_model=WatchRow, status_code=201, summary="Watch", responses=CLOSED)
async def add_watched(request: Request, wanted: WatchNew, who: Actor) -> Response:
    """Watch a trader or a market we know; what is watched already gets the new note.

    Of an owner's address, its trading wallet is watched: `address` in the answer names it.
    """

    def work(store: Store) -> bytes:
        return _entry(store, _watch(store, wanted, who))

    return Response(await answers(request).run(work), 201, media_type="application/json")


@router.put("/{number}", response_model=WatchRow, summary="Change a note", responses=CLOSED)
async def change_watched(
    request: Request, number: Number, wanted: WatchChange, who: Actor
) -> Response:
    """A new note for an entry."""

    def work(store: Store) -> bytes:
        row = _row(store, number)
        if row["address"] is not None:
            watch_trader(store, row["address"], wanted.note, who)
        else:
            watch_market(store, str(row["market_id"]), wanted.note, who)
        return _entry(store, number)

    return Response(await answers(request).run(work), media_type="application/json")


@router.delete("/{number}", status_code=204, summary="Stop watching", responses=CLOSED)
async def remove_watched(request: Request, number: Number, who: Actor) -> Response:
    """Takes the entry off the list."""
    if not await answers(request).run(lambda store: unwatch(store, number)):
        raise not_found(MISSING)
    return Response(status_code=204)


def _watch(store: Store, wanted: WatchNew, who: str) -> int:
    if (wanted.address is None) == (wanted.market_id is None):
        raise ParameterError(
            "Give either the address of a trader or the marketId of a market to watch."
        )
    if len(reads.watchlist(store)) >= MOST_WATCHED:
        raise ParameterError(
            f"The watchlist holds {MOST_WATCHED} entries, as many as it may; remove one first."
        )
    if wanted.address is not None:
        wallet = trading_wallet(store, wanted.address)
        known_trader(store, wallet)
        return watch_trader(store, wallet, wanted.note, who)
    known_market(store, str(wanted.market_id))
    return watch_market(store, str(wanted.market_id), wanted.note, who)


def _row(store: Store, watch_id: int) -> Row:
    row = reads.watch(store, watch_id)
    if row is None:
        raise not_found(MISSING)
    return row


def _entry(store: Store, watch_id: int) -> bytes:
    return encoded(shaped(WatchRow, _row(store, watch_id)))
