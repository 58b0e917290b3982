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

from polymarket_sim.accounts import portfolio
from polymarket_sim.accounts.feeds import ActivityFilter, TradeFilter, activity, trades
from polymarket_sim.accounts.portfolio import View
from polymarket_sim.accounts.served import Served
from polymarket_sim.api.rows import RowWriter
from polymarket_sim.ids import digest
from polymarket_sim.model import Kind, Side
from polymarket_sim.protocol.query import CONTRACTS, SHORTER, Query, Refused
from polymarket_sim.protocol.wire import Num, Raw, cut, dumps, micro_point, reply
from smartmoney.ids import is_combo
from smartmoney.units import MICRO

LEG_BITS = 6
STATUSES = ("OPEN", "REDEEMABLE", "REDEEMABLE_LOST", "MERGEABLE", "CLOSED")
SORTS = (
    "CURRENT_VALUE",
    "PRICE",
    "TOKENS",
    "UNREALIZED_PNL",
    "REALIZED_PNL",
    "TOTAL_PNL",
    "TIMESTAMP",
)
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
            "/v2/positions": self.positions,
            "/v2/holders": self.holders,
            "/v2/value": self.value,
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
        wanted = TradeFilter(markets=markets, taker_only=query.flag("taker_only", True))
        cash = query.choice("filter_type", ("CASH", "TOKENS"), "TOKENS") == "CASH"
        least = math.ceil(query.number("filter_amount", 0.01) * MICRO)
        wanted.least_cash, wanted.least_size = (least, 0) if cash else (0, least)
        wanted.side = (
            Side[query.choice("side", ("BUY", "SELL"), "BUY")] if query.has("side") else None
        )
        if user is not None:
            wanted.start, wanted.end = self._times(query)
        elif markets is None:
            wanted.start = _previous_month(self.served.world.now)
        wanted.user = self.served.trader(user)
        if user is not None and wanted.user is None:
            return page([], limit, 0, None)
        below = place.get("row")
        found = (
            trades(self.served, wanted, limit + 1)
            if below is None
            else self._older(wanted, below, limit + 1)
        )
        bare = user is None and markets is None
        text = self.rows.trades(found[:limit], bare)
        more = len(found) > limit
        cursor = (
            self._next("trades", query, limit, place, row=int(found[limit - 1])) if more else None
        )
        return page(text, limit, place["n"], cursor)

    def _older(self, wanted: TradeFilter, below: int, need: int) -> Any:
        """Matching rows older than ledger row `below`."""
        step = need
        while True:
            found = trades(self.served, wanted, step)
            older = found[found < below]
            if len(older) >= need or len(found) < step:
                return older[:need]
            step *= 4

    def _next(
        self, route: str, query: Query, limit: int, place: dict[str, Any], **more: Any
    ) -> str:
        return self.served.cursors.make(
            route, query.items(), limit=limit * query.shorter, n=place["n"] + limit, **more
        )

    def _times(self, query: Query) -> tuple[int, int | None]:
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
        wanted = ActivityFilter(
            trader,
            markets,
            {kind for kind in Kind if kind.word in kinds} if kinds else None,
        )
        wanted.ascending = query.choice("sort_direction", ("ASC", "DESC"), "DESC") == "ASC"
        wanted.transfers = not query.flag("exclude_deposits_withdrawals", True)
        wanted.side = (
            Side[query.choice("side", ("BUY", "SELL"), "BUY")] if query.has("side") else None
        )
        wanted.start, wanted.end = self._times(query)
        rows, legs = activity(self.served, wanted)
        key = (rows << LEG_BITS) + legs
        if "row" in place:
            keep = key > place["row"] if wanted.ascending else key < place["row"]
            rows, legs, key = rows[keep], legs[keep], key[keep]
        more = len(rows) > limit
        cursor = (
            self._next("activity", query, limit, place, row=int(key[limit - 1])) if more else None
        )
        return page(self.rows.activity(rows[:limit], legs[:limit]), limit, place["n"], cursor)

    def positions(self, query: Query) -> Response:
        """A wallet's positions, or everybody's in one market."""
        user, markets = query.user(required=False), selection(self.served, query)
        if user is None and len(query.many("condition")) != 1:
            raise Refused("required query param 'user' or 'condition' not provided")
        status = query.choice("status", STATUSES, "OPEN")
        if status in ("REDEEMABLE_LOST", "MERGEABLE") and user is None:
            raise Refused(f"status {status} requires 'user'", parameter="status")
        if status == "CLOSED" and query.flag("include_archived", False):
            raise Refused(
                "'include_archived' is invalid with status CLOSED", parameter="include_archived"
            )
        limit, place = self.start(query, "positions")
        found = self._candidates(query, user, markets, status)
        key = portfolio.sort_keys(self.served)[
            query.choice("sort_by", SORTS, "TIMESTAMP" if status == "CLOSED" else "CURRENT_VALUE")
        ]
        found = portfolio.ordered(
            found, key, query.choice("sort_direction", ("ASC", "DESC"), "DESC") == "DESC"
        )
        return self.walk("positions", query, found, limit, place, self._position)

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
        cursor = self._next(route, query, limit, place) if len(found) > offset + limit else None
        return page([row(item) for item in chosen], limit, offset, cursor)

    def _candidates(
        self, query: Query, user: str | None, markets: list[int] | None, status: str
    ) -> list[View]:
        if user is not None:
            found = portfolio.of_trader(self.served, self.served.trader(user), markets)
        else:
            found = [
                view
                for market in markets or []
                for view in portfolio.of_market(self.served, market)
            ]
        start, end = self._times(query)
        found = [v for v in found if v.last_ts >= start and (end is None or v.last_ts <= end)]
        least = (
            query.number(
                "filter_amount",
                0.1 if query.choice("filter_type", ("CASH", "TOKENS"), "TOKENS") == "TOKENS" else 0,
            )
            * MICRO
        )
        cash = query.text("filter_type", "TOKENS").upper() == "CASH"
        tests: dict[str, Callable[[View], bool]] = {
            "CLOSED": lambda v: v.shares == 0,
            "OPEN": lambda v: v.shares > 0,
            "MERGEABLE": lambda v: v.mergeable,
            "REDEEMABLE": lambda v: v.shares > 0 and v.resolved and v.price > 0,
            "REDEEMABLE_LOST": lambda v: v.shares > 0 and v.resolved and v.price == 0,
        }
        found = [
            v
            for v in found
            if tests[status](v) and (status == "CLOSED" or (v.value if cash else v.shares) >= least)
        ]
        return portfolio.titled(self.served, found, query.text("title")[:200])

    def _position(self, view: View) -> dict[str, Any]:
        market, event, who = portfolio.about(self.served, view)
        return {
            "proxy_wallet": who.address,
            "token_id": market.token_ids[view.outcome],
            "condition_id": market.condition_id,
            "current_size": micro_point(view.shares),
            "avg_price": self._average(view),
            "entry_cost_usdc": cut(view.cost, True),
            "entry_fees_usdc": cut(view.fees, True),
            "total_cost_usdc": cut(view.cost + view.fees, True),
            "current_price": cut(view.price, True),
            "current_value": cut(view.value, True),
            "total_size": micro_point(view.bought),
            "realized_pnl": cut(view.realized, True),
            "unrealized_pnl": cut(view.unrealized, True),
            "total_pnl": cut(view.total, True),
            "percent_pnl": cut(view.percent, True),
            "percent_realized_pnl": cut(view.percent_realized, True),
            "status": view.status,
            "redeemable": view.resolved and view.shares > 0,
            "mergeable": view.mergeable,
            "negative_risk": event.neg_risk,
            "archived": False,
            "title": market.question,
            "slug": market.slug,
            "icon": market.icon,
            "event_id": event.gamma_id,
            "event_slug": event.slug,
            "outcome": market.outcomes[view.outcome],
            "outcome_index": view.outcome,
            "opposite_outcome": market.outcomes[1 - view.outcome],
            "opposite_token_id": market.token_ids[1 - view.outcome],
            "end_date": portfolio.day(market.end_at),
            "last_event_at": view.last_ts,
            "first_entry_at": view.first_ts,
            "name": who.name,
            "profile_image": who.profile_image,
            "verified": who.verified,
        }

    def _average(self, view: View) -> Num | None:
        """Average cost; not available in a few rows, which is not the same as 0."""
        share = self.served.world.venue.null_averages
        if share and int(digest("average", view.slot, size=4), 16) < share * 2**32:
            return None
        return cut(view.average // MICRO, True)

    def holders(self, query: Query) -> Response:
        """Holders of each outcome token of the given conditions: net over both outcomes, or gross with
        their PnL."""
        if not query.has("condition"):
            raise Refused("required query param 'condition' not provided", parameter="condition")
        if any(is_combo(each.lower()) for each in query.many("condition")):
            raise Refused("invalid condition id", parameter="condition")
        pnl = query.flag("include_pnl", False)
        if pnl and len(set(query.many("condition"))) != 1:
            raise Refused("'include_pnl' requires exactly one condition", parameter="include_pnl")
        limit, place = self.start(query, "holders", 100 if pnl else 1_000)
        least, offset, groups, longest = query.number("min_balance", 0) * MICRO, place["n"], [], 0
        for market in selection(self.served, query) or []:
            for outcome, token in enumerate(self.served.world.markets[market].token_ids):
                found = self._holdings(market, outcome, gross=pnl, least=least)
                longest = max(longest, len(found))
                rows = [
                    self._holder(view, amount, pnl)
                    for view, amount in found[offset : offset + limit]
                ]
                groups.append({"token_id": token, "holders": rows})
        cursor = self._next("holders", query, limit, place) if longest > offset + limit else None
        return page(groups, limit, offset, cursor)

    def _holdings(
        self, market: int, outcome: int, gross: bool, least: float
    ) -> list[tuple[View, int]]:
        held = [view for view in portfolio.of_market(self.served, market) if view.shares]
        other = {view.trader: view.shares for view in held if view.outcome != outcome}
        pairs = [
            (v, v.shares if gross else v.shares - other.get(v.trader, 0))
            for v in held
            if v.outcome == outcome
        ]
        return sorted(((v, a) for v, a in pairs if a > 0 and a >= least), key=lambda pair: -pair[1])

    def _holder(self, view: View, amount: int, pnl: bool) -> dict[str, Any]:
        market, _, who = portfolio.about(self.served, view)
        row = {
            "proxy_wallet": who.address,
            "bio": who.bio,
            "token_id": market.token_ids[view.outcome],
            "pseudonym": who.pseudonym,
            "amount": micro_point(amount),
            "display_username_public": bool(who.name),
            "outcome_index": view.outcome,
            "name": who.name,
            "profile_image": who.profile_image,
            "profile_image_optimized": "",
            "verified": who.verified,
        }
        return (
            row
            if not pnl
            else row
            | {
                "avg_price": cut(view.average // MICRO, True),
                "entry_cost_usdc": cut(view.cost, True),
                "current_price": cut(view.price, True),
                "current_value": cut(view.value, True),
                "realized_pnl": cut(view.realized, True),
                "unrealized_pnl": cut(view.unrealized, True),
                "total_pnl": cut(view.total, True),
            }
        )

    def value(self, query: Query) -> Response:
        """Marked value of what a wallet holds."""
        user, markets = query.user(), selection(self.served, query)
        total = sum(
            view.value
            for view in portfolio.of_trader(self.served, self.served.trader(user), markets)
        )
        return envelope({"proxy_wallet": user, "value": micro_point(total)})


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
