"""The first version of the data API, as far as recordings of it are in use: trades, activity, positions, the board."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from polymarket_sim.accounts import boards, portfolio
from polymarket_sim.accounts.feeds import ActivityFilter, TradeFilter, activity, trades
from polymarket_sim.accounts.portfolio import View
from polymarket_sim.accounts.served import Served
from polymarket_sim.api.rows import RowWriter
from polymarket_sim.model import Kind, Side
from polymarket_sim.protocol.query import Query, Refused
from polymarket_sim.protocol.wire import cut, micro, reply
from smartmoney.units import MICRO

CATEGORIES = (
    "OVERALL",
    "POLITICS",
    "SPORTS",
    "ESPORTS",
    "CRYPTO",
    "CULTURE",
    "MENTIONS",
    "WEATHER",
    "ECONOMICS",
    "TECH",
    "FINANCE",
)
PERIODS = ("DAY", "WEEK", "MONTH", "ALL")
POSITION_SORTS = (
    "CURRENT",
    "INITIAL",
    "TOKENS",
    "CASHPNL",
    "PERCENTPNL",
    "TITLE",
    "RESOLVING",
    "PRICE",
    "AVGPRICE",
)
CLOSED_SORTS = ("REALIZEDPNL", "TITLE", "PRICE", "AVGPRICE", "TIMESTAMP")
Handler = Callable[[Query], Response]


def scope(served: Served, query: Query) -> list[int] | None:
    """Markets meant by `market` or `eventId` (exclusive); None when neither is given."""
    if query.has("market") and query.has("eventId"):
        raise Refused("query params 'market' and 'eventId' are mutually exclusive")
    if query.has("market"):
        return served.conditions(query.many("market"))
    return served.of_events(query.many("eventId")) if query.has("eventId") else None


class DataV1:
    """Handlers of the v1 routes over one world."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.rows = RowWriter(served, snake=False)

    def routes(self) -> list[Route]:
        """All v1 routes below the data host."""
        table: dict[str, Handler] = {
            "/": lambda query: reply({"data": "OK"}),
            "/v1/leaderboard": self.leaderboard,
            "/positions": self.positions,
            "/closed-positions": self.closed_positions,
            "/trades": self.trades,
            "/activity": self.activity,
        }
        return [Route(path, endpoint(handler), methods=["GET"]) for path, handler in table.items()]

    def leaderboard(self, query: Query) -> Response:
        """Wallets by PnL or volume in a window."""
        category = query.choice("category", CATEGORIES, "OVERALL")
        period = query.choice("timePeriod", PERIODS, "DAY")
        by_volume = query.choice("orderBy", ("PNL", "VOL"), "PNL") == "VOL"
        limit, offset = query.integer("limit", 25, 1, 50), query.integer("offset", 0)
        if offset > self.served.limits.board_offset:
            raise Refused(f"max offset of {self.served.limits.board_offset} exceeded")
        board = boards.board(self.served, period.lower(), category.lower())
        order = board.by_shares if by_volume else board.by_pnl
        if query.has("user") or query.has("userName"):
            chosen = [(n + 1, t) for n, t in enumerate(order.tolist()) if self._is(t, query)]
        else:
            chosen = [
                (offset + n + 1, t) for n, t in enumerate(order[offset : offset + limit].tolist())
            ]
        return reply([self._board_row(board, rank, trader) for rank, trader in chosen])

    def _is(self, trader: int, query: Query) -> bool:
        who = self.served.world.traders[trader]
        return (
            who.address == query.text("user").lower()
            or bool(who.name)
            and who.name == query.text("userName")
        )

    def _board_row(self, board: boards.Board, rank: int, trader: int) -> dict[str, Any]:
        who = self.served.world.traders[trader]
        return {
            "rank": str(rank),
            "proxyWallet": who.address,
            "userName": who.name,
            "xUsername": who.x_username,
            "verifiedBadge": who.verified,
            "vol": micro(int(board.shares[trader])),
            "pnl": micro(int(board.pnl[trader])),
            "profileImage": who.profile_image,
        }

    def trades(self, query: Query) -> Response:
        """Fills, newest first."""
        user, markets = query.user(required=False), scope(self.served, query)
        limit = query.integer("limit", 100, 0, self.served.limits.trades_page)
        offset = query.integer("offset", 0)
        self._cap(offset, self.served.limits.trades_offset)
        filters = TradeFilter(markets=markets, taker_only=query.flag("takerOnly", True))
        if query.has("filterType") != query.has("filterAmount"):
            raise Refused("query params 'filterType' and 'filterAmount' must be provided together")
        least = math.ceil(query.number("filterAmount", 0) * MICRO)
        if query.has("filterType"):
            cash = query.choice("filterType", ("CASH", "TOKENS"), "CASH") == "CASH"
            filters.least_cash, filters.least_size = (least, 0) if cash else (0, least)
        if query.has("side"):
            filters.side = Side[query.choice("side", ("BUY", "SELL"), "BUY")]
        filters.start, filters.end = self._times(query)
        filters.user = self.served.trader(user)
        if user is not None and filters.user is None:
            return reply([])
        found = trades(self.served, filters, offset + limit)[offset:]
        return reply(self.rows.trades(found, bare=user is None and markets is None))

    def _times(self, query: Query) -> tuple[int, int | None]:
        return query.integer("start", 0), query.integer("end", 0) if query.has("end") else None

    def _cap(self, offset: int, cap: int) -> None:
        if offset > cap:
            raise Refused(f"max historical activity offset of {cap} exceeded")

    def activity(self, query: Query) -> Response:
        """All activity of a wallet."""
        user, markets = query.user(), scope(self.served, query)
        limit = query.integer("limit", 100, 0, self.served.limits.activity_page)
        offset = query.integer("offset", 0)
        self._cap(offset, self.served.limits.activity_offset)
        trader = self.served.trader(user)
        if trader is None:
            return reply([])
        filters = ActivityFilter(
            trader,
            markets,
            sort_by=query.choice("sortBy", ("TIMESTAMP", "TOKENS", "CASH"), "TIMESTAMP"),
        )
        filters.ascending = query.choice("sortDirection", ("ASC", "DESC"), "DESC") == "ASC"
        filters.transfers = not query.flag("excludeDepositsWithdrawals", True)
        filters.combo_redemptions = True
        words = {word.upper() for word in query.many("type")}
        filters.kinds = {kind for kind in Kind if kind.word in words} or None
        if query.has("side"):
            filters.side = Side[query.choice("side", ("BUY", "SELL"), "BUY")]
        filters.start, filters.end = self._times(query)
        rows = activity(self.served, filters)
        return reply(self.rows.activity(rows[offset : offset + limit]))

    def positions(self, query: Query) -> Response:
        """What a wallet holds, losers it never redeemed included."""
        user, markets = query.user(), scope(self.served, query)
        limit, offset = query.integer("limit", 100, 0, 500), query.integer("offset", 0, 0)
        if offset > 10_000:
            raise Refused("offset must be between 0 and 10000")
        least = query.number("sizeThreshold", 1) * MICRO
        found = [
            v
            for v in portfolio.of_trader(self.served, self.served.trader(user), markets)
            if v.shares and v.shares >= least
        ]
        if query.flag("redeemable", False):
            found = [view for view in found if view.resolved]
        if query.flag("mergeable", False):
            found = [view for view in found if view.mergeable]
        found = self._sorted(query, found, POSITION_SORTS, "TOKENS")
        return reply([self._position(view) for view in found[offset : offset + limit]])

    def closed_positions(self, query: Query) -> Response:
        """What a wallet no longer holds, biggest winners first."""
        user, markets = query.user(), scope(self.served, query)
        limit, offset = query.integer("limit", 10, 0, 50), query.integer("offset", 0, 0)
        if offset > 100_000:
            raise Refused("offset must be between 0 and 100000")
        found = [
            v
            for v in portfolio.of_trader(self.served, self.served.trader(user), markets)
            if not v.shares
        ]
        found = self._sorted(query, found, CLOSED_SORTS, "REALIZEDPNL")
        return reply([self._closed(view) for view in found[offset : offset + limit]])

    def _sorted(
        self, query: Query, found: list[View], sorts: tuple[str, ...], default: str
    ) -> list[View]:
        found = portfolio.titled(self.served, found, query.text("title")[:100])
        key = portfolio.sort_keys(self.served)[query.choice("sortBy", sorts, default)]
        return portfolio.ordered(
            found, key, query.choice("sortDirection", ("ASC", "DESC"), "DESC") == "DESC"
        )

    def _token(self, view: View, date: str) -> dict[str, Any]:
        market, event, _ = portfolio.about(self.served, view)
        return {
            "title": market.question,
            "slug": market.slug,
            "icon": market.icon,
            "eventSlug": event.slug,
            "outcome": market.outcomes[view.outcome],
            "outcomeIndex": view.outcome,
            "oppositeOutcome": market.outcomes[1 - view.outcome],
            "oppositeAsset": market.token_ids[1 - view.outcome],
            "endDate": date,
        }

    def _position(self, view: View) -> dict[str, Any]:
        market, event, who = portfolio.about(self.served, view)
        return {
            "proxyWallet": who.address,
            "asset": market.token_ids[view.outcome],
            "conditionId": market.condition_id,
            "size": cut(view.shares),
            "avgPrice": cut(view.average // MICRO),
            "initialValue": cut(view.cost),
            "grossInitialValue": micro(view.cost + view.fees),
            "entryFeesUsdc": micro(view.fees),
            "currentValue": cut(view.value),
            "cashPnl": cut(view.unrealized),
            "percentPnl": cut(view.percent),
            "totalBought": cut(view.bought),
            "realizedPnl": cut(view.realized),
            "percentRealizedPnl": cut(view.percent_realized),
            "curPrice": cut(view.price),
            "redeemable": view.resolved,
            "mergeable": view.mergeable,
            **self._token(view, portfolio.day(market.end_at)),
            "eventId": event.gamma_id,
            "negativeRisk": event.neg_risk,
        }

    def _closed(self, view: View) -> dict[str, Any]:
        market, _, who = portfolio.about(self.served, view)
        return {
            "proxyWallet": who.address,
            "asset": market.token_ids[view.outcome],
            "conditionId": market.condition_id,
            "avgPrice": cut(view.average // MICRO),
            "totalBought": cut(view.bought),
            "realizedPnl": cut(view.realized),
            "curPrice": cut(view.price),
            "timestamp": view.last_ts,
            **self._token(view, portfolio.day(market.end_at)),
        }


def endpoint(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """A starlette endpoint that hands the query to a handler and turns a refusal into a v1 error body."""

    async def answer(request: Request) -> Response:
        try:
            return handler(Query(request.query_params))
        except Refused as refused:
            return reply({"error": refused.text}, refused.status)

    return answer
