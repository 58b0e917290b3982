"""Routes that ask for a trader to be read again, and tell how far that is."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from smartmoney.api.answers import answers
from smartmoney.api.auth import Actor
from smartmoney.api.models.edited import SyncWanted
from smartmoney.api.models.traders import StreamRow, SyncState
from smartmoney.api.routes.common import CLOSED, PLAIN, UNCHANGED, Address
from smartmoney.api.wire import encoded, shaped
from smartmoney.store import reads
from smartmoney.store.db import Store
from smartmoney.store.streams import requests

router = APIRouter(prefix="/api/traders", tags=["traders"], dependencies=PLAIN)
EVERYTHING = SyncWanted(sources=["trades", "positions"])


@router.get(
    "/{address}/sync",
    response_model=SyncState,
    summary="How far a trader's streams are",
    responses=UNCHANGED,
)
async def get_sync(request: Request, address: Address) -> Response:
    """When each stream was last read, up to when it is complete; none for a wallet that is not known."""
    return await answers(request).current(request, lambda store: _state(store, address))


@router.post(
    "/{address}/sync",
    response_model=SyncState,
    status_code=202,
    summary="Read a trader again",
    responses=CLOSED,
)
async def request_sync(
    request: Request, address: Address, who: Actor, wanted: SyncWanted = EVERYTHING
) -> Response:
    """Puts the wallet's streams at the head of the queue, known or not; the next rotation reads them."""

    def work(store: Store) -> bytes:
        requests.request_sync(store, address, tuple(dict.fromkeys(wanted.sources)))
        return encoded(_state(store, address))

    return Response(await answers(request).run(work), 202, media_type="application/json")


def _state(store: Store, address: str) -> dict[str, Any]:
    streams = [
        shaped(StreamRow, {**row, "leased": bool(row["leased"])})
        for row in reads.sync_progress(store, address)
    ]
    return {"address": address.lower(), "streams": streams}
