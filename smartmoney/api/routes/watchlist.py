"""Routes about the watchlist."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from smartmoney.api.answers import answers
from smartmoney.api.auth import Actor
from smartmoney.api.errors import not_found
from smartmoney.api.models.edited import WatchChange, WatchList, WatchNew, WatchRow
from smartmoney.api.routes.common import CLOSED, PLAIN, UNCHANGED, Number, envelope
from smartmoney.api.wire import encoded, shaped
from smartmoney.store import reads
from smartmoney.store.db import Store
from smartmoney.store.reads import api_extra

router = APIRouter(prefix="/api/watchlist", tags=["watchlist"], dependencies=PLAIN)
UNKNOWN = "That trader or market is not known here, so it cannot be watched yet; sync a trader first."
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
    """Watch a trader or a market we know; what is watched already gets the new note."""

    def work(store: Store) -> bytes:
        watch_id = api_extra.add_watch(
            store, address=wanted.address, market_id=wanted.market_id, note=wanted.note, who=who
        )
        if watch_id is None:
            raise not_found(UNKNOWN)
        return _entry(store, watch_id)

    return Response(await answers(request).run(work), 201, media_type="application/json")


@router.put("/{number}", response_model=WatchRow, summary="Change a note", responses=CLOSED)
async def change_watched(request: Request, number: Number, wanted: WatchChange, who: Actor) -> Response:
    """A new note for an entry."""

    def work(store: Store) -> bytes:
        api_extra.change_watch(store, number, wanted.note)
        return _entry(store, number)

    return Response(await answers(request).run(work), media_type="application/json")


@router.delete("/{number}", status_code=204, summary="Stop watching", responses=CLOSED)
async def remove_watched(request: Request, number: Number, who: Actor) -> Response:
    """Takes the entry off the list."""
    if not await answers(request).run(lambda store: api_extra.remove_watch(store, number)):
        raise not_found(MISSING)
    return Response(status_code=204)


def _entry(store: Store, watch_id: int) -> bytes:
    row = api_extra.watch(store, watch_id)
    if row is None:
        raise not_found(MISSING)
    return encoded(shaped(WatchRow, row))
