"""Routes that ask for a trader to be read again, and tell how far that is."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from smartmoney.api.answers import answers
from smartmoney.api.auth import Actor
from smartmoney.api.models.edited import SyncWanted
from smartmoney.api.models.traders import StreamRow, SyncState
from smartmoney.api.routes.common import CLOSED, NO_TRADER, PLAIN, UNCHANGED, Address, not_an_owners
from smartmoney.api.wire import encoded, shaped
from smartmoney.store import reads
from smartmoney.store.db import Store
from smartmoney.store.streams import requests
from smartmoney.store.wallets.owners import trading_wallet

router = APIRouter(prefix="/api/traders", tags=["traders"], dependencies=PLAIN)
EVERYTHING = SyncWanted(sources=["trades", "positions"])


@router.get(
    "/{address}/sync",
    response_model=SyncState,
    summary="How far a trader's streams are",
    responses=UNCHANGED | NO_TRADER,
)
async def get_sync(request: Request, address: Address) -> Response:
    """When each stream was last read, up to when it is complete; none for a wallet that is not known."""

    def work(store: Store) -> dict[str, Any]:
        return _state(store, not_an_owners(store, address).wallet)

    return await answers(request).current(request, work)


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
    """Puts the wallet's streams at the head of the queue, known or not; the next rotation reads them.

    Of an owner's address, those of its trading wallet: `address` in the answer says whose they are.
    """

    def work(store: Store) -> bytes:
        requests.request_sync(store, address, tuple(dict.fromkeys(wanted.sources)))
        return encoded(_state(store, trading_wallet(store, address)))

    return Response(await answers(request).run(work), 202, media_type="application/json")


def _state(store: Store, address: str) -> dict[str, Any]:
    streams = [
        shaped(StreamRow, {**row, "leased": bool(row["leased"])})
        for row in reads.sync_progress(store, address)
    ]
    return {"address": address, "streams": streams}
