"""Routes about markets."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from smartmoney.api.answers import answers
from smartmoney.api.listing import envelope, listed, paged
from smartmoney.api.models import markets as models
from smartmoney.api.params import CurveQuery, HolderQuery, MarketQuery, MarketTradeQuery, SmartQuery
from smartmoney.api.routes.common import LISTED, PLAIN, UNCHANGED, MarketKey, known_market
from smartmoney.api.wire import camel, shaped
from smartmoney.store import reads
from smartmoney.store.db import Store
from smartmoney.store.reads import Row

router = APIRouter(prefix="/api/markets", tags=["markets"], responses=UNCHANGED)


def with_top(row: Row) -> Row:
    """The row with its smart wallets, whose names are in camelCase already, as rows of `TopTrader`."""
    return {
        **row,
        "top_smart_traders": [
            {name: item.get(camel(name), item.get(name)) for name in models.TopTrader.model_fields}
            for item in row["top_smart_traders"] or []
        ],
    }


@router.get("", response_model=models.MarketList, summary="Markets", responses=LISTED)
async def list_markets(request: Request, query: Annotated[MarketQuery, Query()]) -> Response:
    """Markets, by default the largest 24-hour volume first."""
    totals = request.app.state.totals

    def read(store: Store, filters: reads.MarketFilter) -> dict[str, Any]:
        newest = request.app.state.newest(store)
        return paged(
            models.MarketRow,
            totals.page(store, reads.markets, filters, newest.get("priced_at")),
            newest.get("score_version"),
        )

    return await listed(request, query, models.MarketRow, ["markets"], read)


@router.get("/smart", response_model=models.SmartList, summary="Smart markets", responses=LISTED)
async def list_smart(request: Request, query: Annotated[SmartQuery, Query()]) -> Response:
    """Markets that smart money is in, by default the highest `smartScore` first."""
    totals = request.app.state.totals

    def read(store: Store, filters: reads.SmartFilter) -> dict[str, Any]:
        newest = request.app.state.newest(store)
        page = totals.page(store, reads.smart_markets, filters, newest.get("markets_as_of"))
        return envelope(
            models.SmartRow,
            [with_top(row) for row in page.rows],
            total=page.total,
            as_of=page.as_of,
            version=newest.get("score_version"),
            cursor=page.next_cursor,
        )

    return await listed(request, query, models.SmartRow, ["smart"], read)


@router.get("/{id}", response_model=models.MarketDetail, summary="One market", dependencies=PLAIN)
async def get_market(request: Request, id: MarketKey) -> Response:
    """A market with its outcomes and newest smart statistics."""

    def work(store: Store) -> dict[str, Any]:
        return shaped(models.MarketDetail, with_top(known_market(store, id)))

    return await answers(request).listed(request, ("market", id.lower()), work)


@router.get(
    "/{id}/holders",
    response_model=models.HolderList,
    summary="A market's holders",
    responses=LISTED,
)
async def list_holders(
    request: Request, id: MarketKey, query: Annotated[HolderQuery, Query()]
) -> Response:
    """Who holds the market now, by default the largest value first."""

    def read(store: Store, filters: reads.HolderFilter) -> dict[str, Any]:
        newest, row = request.app.state.newest(store), known_market(store, id)
        return paged(
            models.HolderRow,
            reads.market_holders(store, row["id"], filters),
            newest.get("score_version"),
            newest.get("scores_as_of"),
        )

    return await listed(request, query, models.HolderRow, ["holders", id.lower()], read)


@router.get("/{id}/smart", response_model=models.SmartHistory, summary="Smart statistics over time")
async def list_smart_history(
    request: Request, id: MarketKey, query: Annotated[CurveQuery, Query()]
) -> Response:
    """Smart statistics of a market over time, oldest first, with the net flow of the smart tiers."""
    tiers = request.app.state.settings.smart_tiers

    def work(store: Store) -> dict[str, Any]:
        newest, row = request.app.state.newest(store), known_market(store, id)
        items = reads.market_smart_history(store, row["id"], query.points)
        flow = [shaped(models.FlowRow, bar) for bar in reads.smart_flow(store, row["id"], tiers)]
        return {
            **envelope(
                models.SmartPoint,
                items,
                total=len(items),
                as_of=row["computed_at"],
                version=newest.get("score_version"),
            ),
            "smartTiers": tiers,
            "flow": flow,
        }

    return await answers(request).listed(request, ("history", id.lower(), query.points), work)


@router.get("/{id}/prices", response_model=models.PriceList, summary="A market's prices")
async def list_prices(
    request: Request, id: MarketKey, query: Annotated[CurveQuery, Query()]
) -> Response:
    """Prices of the first outcome, oldest first, thinned to `points`."""

    def work(store: Store) -> dict[str, Any]:
        newest, row = request.app.state.newest(store), known_market(store, id)
        items = reads.market_price_history(store, row["id"], query.points)
        return envelope(
            models.PriceRow,
            items,
            total=len(items),
            as_of=row["priced_at"],
            version=newest.get("score_version"),
        )

    return await answers(request).listed(request, ("prices", id.lower(), query.points), work)


@router.get(
    "/{id}/trades",
    response_model=models.MarketTradeList,
    summary="A market's trades",
    responses=LISTED,
)
async def list_market_trades(
    request: Request, id: MarketKey, query: Annotated[MarketTradeQuery, Query()]
) -> Response:
    """Fills of the wallets we follow, newest first."""

    def read(store: Store, filters: reads.TradeFilter) -> dict[str, Any]:
        newest, row = request.app.state.newest(store), known_market(store, id)
        page = reads.market_trades(store, row["id"], filters)
        items = [{**item, "id": str(item["id"])} for item in page.rows]
        return envelope(
            models.MarketTradeRow,
            items,
            total=reads.trade_count(store, filters, market_id=row["id"]),
            as_of=newest.get("trades_up_to"),
            version=newest.get("score_version"),
            cursor=page.next_cursor,
        )

    key = ["market trades", id.lower()]
    return await listed(request, query, models.MarketTradeRow, key, read)
