"""Routes about traders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from smartmoney.api.answers import answers
from smartmoney.api.listing import envelope, listed, paged
from smartmoney.api.models import traders as models
from smartmoney.api.models.base import Model
from smartmoney.api.params import PositionQuery, TradeQuery, TraderQuery
from smartmoney.api.routes.common import LISTED, NO_TRADER, PLAIN, UNCHANGED, Address, known_trader
from smartmoney.api.wire import shaped
from smartmoney.store import reads
from smartmoney.store.db import Store

router = APIRouter(prefix="/api/traders", tags=["traders"], responses=UNCHANGED)


@router.get("", response_model=models.TraderList, summary="Traders", responses=LISTED)
async def list_traders(request: Request, query: Annotated[TraderQuery, Query()]) -> Response:
    """The wallets we follow, by default by tier, then `rarityScore`, flagged ones last."""
    totals = request.app.state.totals

    def read(store: Store, filters: reads.TraderFilter) -> dict[str, Any]:
        newest = request.app.state.newest(store)
        return paged(
            models.TraderRow,
            totals.page(store, reads.traders, filters, newest.get("scores_as_of")),
            newest.get("score_version"),
        )

    return await listed(request, query, models.TraderRow, ["traders"], read)


@router.get(
    "/{address}",
    response_model=models.TraderDetail,
    summary="One trader",
    dependencies=PLAIN,
    responses=NO_TRADER,
)
async def get_trader(request: Request, address: Address) -> Response:
    """Everything the latest score says about a wallet, with the reasons for its tier."""

    def work(store: Store) -> dict[str, Any]:
        row = known_trader(store, address)
        return shaped(
            models.TraderDetail,
            {
                **row,
                "board_rank": row["board_rank"] or None,
                "trades_up_to": reads.trades_up_to(store, row["address"]),
            },
        )

    return await answers(request).listed(request, ("trader", address.lower()), work)


@router.get(
    "/{address}/positions",
    response_model=models.PositionList,
    summary="A trader's positions",
    responses=LISTED | NO_TRADER,
)
async def list_positions(
    request: Request, address: Address, query: Annotated[PositionQuery, Query()]
) -> Response:
    """Open and closed positions: our ledger beside what the platform shows."""

    def read(store: Store, filters: reads.PositionFilter) -> dict[str, Any]:
        row = known_trader(store, address)
        return paged(
            models.PositionRow,
            reads.trader_positions(store, row["id"], filters),
            row["score_version"],
            row["as_of"],
        )

    return await listed(request, query, models.PositionRow, ["positions", address.lower()], read)


@router.get(
    "/{address}/trades",
    response_model=models.TradeList,
    summary="A trader's trades",
    responses=LISTED | NO_TRADER,
)
async def list_trades(
    request: Request, address: Address, query: Annotated[TradeQuery, Query()]
) -> Response:
    """Fills by time, newest first. `asOf`: they are complete up to then."""

    def read(store: Store, filters: reads.TradeFilter) -> dict[str, Any]:
        row = known_trader(store, address)
        page = reads.trader_trades(store, row["id"], filters)
        items = [{**item, "id": str(item["id"])} for item in page.rows]
        return envelope(
            models.TradeRow,
            items,
            total=reads.trade_count(store, filters, trader_id=row["id"]),
            as_of=reads.trades_up_to(store, row["address"]),
            version=row["score_version"],
            cursor=page.next_cursor,
        )

    return await listed(request, query, models.TradeRow, ["trades", address.lower()], read)


@router.get(
    "/{address}/scores",
    response_model=models.ScoreList,
    summary="A trader's score history",
    dependencies=PLAIN,
    responses=NO_TRADER,
)
async def list_scores(request: Request, address: Address) -> Response:
    """Every score the wallet ever had, oldest first: what was known at any past time."""
    return await _whole(request, address, "scores", models.ScoreRow, reads.score_history)


@router.get(
    "/{address}/daily",
    response_model=models.DailyList,
    summary="A trader's days",
    dependencies=PLAIN,
    responses=NO_TRADER,
)
async def list_days(request: Request, address: Address) -> Response:
    """One row a day, oldest first: the equity curve."""
    return await _whole(request, address, "daily", models.DailyRow, reads.trader_daily)


@router.get(
    "/{address}/categories",
    response_model=models.CategoryList,
    summary="A trader's categories",
    dependencies=PLAIN,
    responses=NO_TRADER,
)
async def list_categories(request: Request, address: Address) -> Response:
    """Results and edge per category: what the wallet is good at. No edge below ten events."""
    return await _whole(request, address, "categories", models.CategoryRow, reads.trader_categories)


async def _whole(
    request: Request,
    address: str,
    name: str,
    model: type[Model],
    read: Callable[[Store, int], list[reads.Row]],
) -> Response:
    """A list about one wallet that is not paged."""

    def work(store: Store) -> dict[str, Any]:
        row = known_trader(store, address)
        items = read(store, row["id"])
        version = row["score_version"]
        return envelope(model, items, total=len(items), as_of=row["as_of"], version=version)

    return await answers(request).listed(request, (name, address.lower()), work)
