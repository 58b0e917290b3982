"""The second version of the data API: conventions, feeds, positions, holders."""

from __future__ import annotations

import math
import uuid
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from polymarket_sim.accounts.feeds import ActivityFilter, TradeFilter, activity, trades
from polymarket_sim.accounts.served import Served
from polymarket_sim.api.rows import RowWriter
from polymarket_sim.model import Kind, Side
from polymarket_sim.protocol.query import CONTRACTS, SHORTER, Query, Refused
from polymarket_sim.protocol.wire import Raw, dumps, reply
from smartmoney.units import MICRO

CODES = {
    400: "invalid_request",
    404: "not_found",
    405: "method_not_allowed",
    429: "rate_limited",
    500: "internal",
    503: "dependency_unavailable",
}
KNOWN_KINDS = {kind.word for kind in Kind} | {"MIGRATION", "TIP"}
Handler = Callable[[Query], Response]


def envelope(data: Any) -> Response:
    """`{"data": ...}`."""
    return reply({"data": data})


def page(data: Any, limit: int, offset: int, cursor: str | None) -> Response:
    """A list page with its pagination object."""
    pagination = {
        "limit": limit,
        "offset": offset,
        "has_more": cursor is not None,
        "next_cursor": cursor,
    }
    text = data if isinstance(data, Raw) else dumps(data)
    return reply(Raw(f'{{"data":{text},"pagination":{dumps(pagination)}}}'))


def selection(served: Served, query: Query) -> list[int] | None:
    """Markets meant by `condition` or `event_id`; None when neither is given."""
    conditions, events = query.many("condition"), query.many("event_id")
    if conditions and events:
        raise Refused("'condition' and 'event_id' are mutually exclusive", parameter="event_id")
    if max(len(set(conditions)), len(set(events))) > 20:
        raise Refused(
            "at most 20 distinct values are allowed",
            parameter="condition" if conditions else "event_id",
        )
    return (
        served.conditions(conditions)
        if conditions
        else served.of_events(events)
        if events
        else None
    )


class DataV2:
    """Handlers of the feeds and holdings of v2 over one world."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.rows = RowWriter(served, snake=True)

    def routes(self) -> dict[str, Handler]:
        """Paths and handlers of this part."""
        return {
            "/v2/trades": self.trades,
            "/v2/activity": self.activity,
        }

    def _limit(self, query: Query, most: int = 1_000, strict: bool = False) -> int:
        limit = query.integer("limit", min(100, most), 1)
        if strict and limit > most:
            raise Refused(f"limit must be at most {most}", parameter="limit")
        return min(limit, most)

    def start(
        self, query: Query, route: str, most: int = 1_000, strict: bool = False
    ) -> tuple[int, dict[str, Any]]:
        """Page size and place: from the cursor when there is one, else from `limit` and the beginning."""
        if not query.has("cursor"):
            return max(1, self._limit(query, most, strict) // query.shorter), {"n": 0}
        place = self.served.cursors.read(query.text("cursor"), route, query.items())
        return max(1, place["limit"] // query.shorter), place

    def trades(self, query: Query) -> Response:
        """Fills, newest first; keyset over the ledger."""
        user, markets = query.user(required=False), selection(self.served, query)
        limit, place = self.start(query, "trades")
        filters = TradeFilter(markets=markets, taker_only=query.flag("taker_only", True))
        cash = query.choice("filter_type", ("CASH", "TOKENS"), "TOKENS") == "CASH"
        least = math.ceil(query.number("filter_amount", 0.01) * MICRO)
        filters.least_cash, filters.least_size = (least, 0) if cash else (0, least)
        filters.side = (
            Side[query.choice("side", ("BUY", "SELL"), "BUY")] if query.has("side") else None
        )
        if user is not None:
            filters.start, filters.end = self.times(query)
        elif markets is None:
            filters.start = _previous_month(self.served.world.now)
        filters.user = self.served.trader(user)
        if user is not None and filters.user is None:
            return page([], limit, 0, None)
        below = place.get("row")
        found = (
            trades(self.served, filters, limit + 1)
            if below is None
            else self._older(filters, below, limit + 1)
        )
        bare = user is None and markets is None
        text = self.rows.trades(found[:limit], bare)
        more = len(found) > limit
        cursor = (
            self.next_cursor("trades", query, limit, place, row=int(found[limit - 1]))
            if more
            else None
        )
        return page(text, limit, place["n"], cursor)

    def _older(self, filters: TradeFilter, below: int, need: int) -> Any:
        """Matching rows older than ledger row `below`."""
        step = need
        while True:
            found = trades(self.served, filters, step)
            older = found[found < below]
            if len(older) >= need or len(found) < step:
                return older[:need]
            step *= 4

    def next_cursor(
        self, route: str, query: Query, limit: int, place: dict[str, Any], **more: Any
    ) -> str:
        """The cursor of the page after this one."""
        return self.served.cursors.make(
            route, query.items(), limit=limit * query.shorter, n=place["n"] + limit, **more
        )

    def times(self, query: Query) -> tuple[int, int | None]:
        """The bounds `start` and `end`, None where there is no end."""
        return query.integer("start", 0), query.integer("end", 0) if query.has("end") else None

    def activity(self, query: Query) -> Response:
        """All activity of a wallet; keyset over the ledger."""
        user, markets = query.user(), selection(self.served, query)
        limit, place = self.start(query, "activity", strict=True)
        kinds = [word.upper() for word in query.many("type")]
        if unknown := [word for word in kinds if word not in KNOWN_KINDS]:
            raise Refused(f"unknown activity type {unknown[0]!r}", parameter="type")
        query.choice("sort_by", ("TIMESTAMP",), "TIMESTAMP")
        trader = self.served.trader(user)
        if trader is None:
            return page([], limit, 0, None)
        filters = ActivityFilter(
            trader,
            markets,
            {kind for kind in Kind if kind.word in kinds} if kinds else None,
        )
        filters.ascending = query.choice("sort_direction", ("ASC", "DESC"), "DESC") == "ASC"
        filters.transfers = not query.flag("exclude_deposits_withdrawals", True)
        filters.side = (
            Side[query.choice("side", ("BUY", "SELL"), "BUY")] if query.has("side") else None
        )
        filters.start, filters.end = self.times(query)
        rows = activity(self.served, filters)
        if "row" in place:
            rows = rows[rows > place["row"] if filters.ascending else rows < place["row"]]
        more = len(rows) > limit
        cursor = (
            self.next_cursor("activity", query, limit, place, row=int(rows[limit - 1]))
            if more
            else None
        )
        return page(self.rows.activity(rows[:limit]), limit, place["n"], cursor)

    def walk(
        self,
        route: str,
        query: Query,
        found: Sequence[Any],
        limit: int,
        place: dict[str, Any],
        row: Callable[[Any], Any],
    ) -> Response:
        """One page of an offset walk hidden behind a cursor."""
        offset = place["n"]
        chosen = found[offset : offset + limit]
        cursor = (
            self.next_cursor(route, query, limit, place) if len(found) > offset + limit else None
        )
        return page([row(item) for item in chosen], limit, offset, cursor)


def _previous_month(now: int) -> int:
    """First second of the month before this one: as far as the bare feed goes back."""
    this = datetime.fromtimestamp(now, UTC).replace(
        day=1, hour=0, minute=0, second=0, microsecond=0
    )
    return int((this - timedelta(days=1)).replace(day=1).timestamp())


def error(text: str, status: int, code: str = "", parameter: str | None = None) -> Response:
    """A v2 error body with its trace id, also in the header."""
    trace = uuid.uuid4().hex
    body: dict[str, Any] = {"error": text, "code": code or CODES.get(status, "internal")}
    if parameter:
        body["parameter"] = parameter
    body |= {"retryable": status in (429, 500, 503), "trace_id": trace}
    return reply(body, status, {"x-trace-id": trace})


def endpoint(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """A starlette endpoint with v2's rules: camel case allowed, no `offset`, no protocol contracts, trace
    id."""

    async def answer(request: Request) -> Response:
        query = Query(request.query_params, snake=True, shorter=request.scope.get(SHORTER, 1))
        try:
            if query.has("offset"):
                raise Refused("'offset' is not supported, use 'cursor'", parameter="offset")
            if query.text("user").lower() in CONTRACTS:
                raise Refused("'user' is a protocol contract", parameter="user")
            response = handler(query)
        except Refused as refused:
            return error(refused.text, refused.status, refused.code, refused.parameter)
        response.headers["x-trace-id"] = uuid.uuid4().hex
        return response

    return answer


def mount(handlers: dict[str, Handler]) -> list[Route]:
    """Routes of v2 handlers."""
    return [Route(path, endpoint(handler), methods=["GET"]) for path, handler in handlers.items()]
