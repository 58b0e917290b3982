"""The public part of the central limit order book's REST API."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from polymarket_sim.accounts import pnl, quotes
from polymarket_sim.accounts.quotes import Book
from polymarket_sim.accounts.served import Served
from polymarket_sim.api import gamma_objects
from polymarket_sim.api.gamma_parts import iso
from polymarket_sim.ids import digest
from polymarket_sim.protocol.query import Query, Refused
from polymarket_sim.protocol.wire import Num, micro, pico, reply
from smartmoney.units import DAY_SECONDS

NO_BOOK = "No orderbook exists for the requested token id"
END = "LTE="
INTERVALS = {
    "max": None,
    "all": None,
    "1m": 30 * DAY_SECONDS,
    "1w": 7 * DAY_SECONDS,
    "1d": DAY_SECONDS,
    "6h": DAY_SECONDS // 4,
    "1h": 3_600,
}
MIN_FIDELITY = {"max": 10, "all": 10, "1m": 10, "1w": 5, "1d": 1, "6h": 1, "1h": 1}
MOST_POINTS = 20_000


class Clob:
    """Handlers of the clob routes over one world."""

    def __init__(self, served: Served) -> None:
        self.served = served

    def routes(self) -> list[Route]:
        """All routes below the clob host."""
        get: dict[str, Callable[..., Response]] = {
            "/ok": lambda query: reply("OK"),
            "/time": lambda query: reply(self.served.world.now),
            "/book": self.book,
            "/midpoint": self.midpoint,
            "/price": self.price,
            "/spread": self.spread,
            "/last-trade-price": self.last_trade,
            "/markets": self.markets,
            "/markets/{condition:str}": self.market,
            "/markets-by-token/{token:str}": self.by_token,
            "/prices-history": self.prices_history,
        }
        post: dict[str, Callable[[list[dict[str, str]]], Response]] = {
            "/books": self.books,
            "/midpoints": self.midpoints,
            "/prices": self.prices,
            "/spreads": self.spreads,
            "/last-trades-prices": self.last_trades,
        }
        routes = [Route(path, endpoint(handler), methods=["GET"]) for path, handler in get.items()]
        return routes + [
            Route(path, batch_endpoint(handler), methods=["POST"]) for path, handler in post.items()
        ]

    def _token(self, token: str) -> tuple[int, int]:
        found = self.served.world.token_index.get(token)
        if found is None:
            raise Refused(NO_BOOK, 404)
        return found

    def _book(self, token: str) -> Book:
        found = quotes.book(self.served, *self._token(token))
        if found is None:
            raise Refused(NO_BOOK, 404)
        return found

    def _token_id(self, query: Query) -> str:
        if not query.has("token_id"):
            raise Refused("Invalid token id")
        return query.text("token_id")

    # Books and prices

    def book(self, query: Query) -> Response:
        """The book of one token; on both sides the best price comes last."""
        return reply(
            book_object(self.served, self._token_id(query), self._book(self._token_id(query)))
        )

    def books(self, batch: list[dict[str, str]]) -> Response:
        """Books of several tokens; those without one are left out."""
        return reply(
            [book_object(self.served, token, found) for token, found in self._several(batch)]
        )

    def _several(self, batch: list[dict[str, str]]) -> list[tuple[str, Book]]:
        found = []
        for token in dict.fromkeys(item.get("token_id", "") for item in batch):
            try:
                found.append((token, self._book(token)))
            except Refused:
                continue
        return found

    def midpoint(self, query: Query) -> Response:
        """Half-way between best bid and best ask."""
        return reply({"mid": str(micro(self._book(self._token_id(query)).mid))})

    def midpoints(self, batch: list[dict[str, str]]) -> Response:
        """Midpoints of several tokens."""
        return reply({token: str(micro(found.mid)) for token, found in self._several(batch)})

    def price(self, query: Query) -> Response:
        """Best resting price of a side: BUY is the best bid, SELL the best ask."""
        if query.text("side") not in ("BUY", "SELL"):
            raise Refused("Invalid side")
        found = self._book(self._token_id(query))
        return reply(
            {"price": str(micro((found.bids if query.text("side") == "BUY" else found.asks)[0][0]))}
        )

    def prices(self, batch: list[dict[str, str]]) -> Response:
        """Best prices of several tokens and sides."""
        sides: dict[str, dict[str, str]] = {}
        for token, found in self._several(batch):
            for side in [item.get("side") for item in batch if item.get("token_id") == token]:
                level = (found.bids if side == "BUY" else found.asks)[0][0]
                sides.setdefault(token, {})[str(side)] = str(micro(level))
        return reply(sides)

    def spread(self, query: Query) -> Response:
        """Best ask minus best bid."""
        return reply({"spread": str(micro(self._book(self._token_id(query)).spread))})

    def spreads(self, batch: list[dict[str, str]]) -> Response:
        """Spreads of several tokens."""
        return reply({token: str(micro(found.spread)) for token, found in self._several(batch)})

    def last_trade(self, query: Query) -> Response:
        """Price and side of the last trade."""
        price, side = quotes.last_trade(self.served, *self._token(self._token_id(query)))
        return reply({"price": str(pico(price)), "side": side})

    def last_trades(self, batch: list[dict[str, str]]) -> Response:
        """Last trades of several tokens; those never traded are left out."""
        tokens = [
            item.get("token_id", "")
            for item in batch
            if item.get("token_id", "") in self.served.world.token_index
        ]
        found = [
            (token, *quotes.last_trade(self.served, *self._token(token)))
            for token in dict.fromkeys(tokens)
        ]
        return reply(
            [
                {"token_id": token, "price": str(pico(price)), "side": side}
                for token, price, side in found
                if side
            ]
        )

    # Markets

    def market(self, query: Query, condition: str) -> Response:
        """One market record."""
        number = self.served.world.market_index.get(condition.lower())
        if number is None:
            raise Refused("market not found", 404)
        return reply(self._record(number))

    def by_token(self, query: Query, token: str) -> Response:
        """The market of a token."""
        market = self.served.world.markets[self._token(token)[0]]
        first, second = market.token_ids
        return reply(
            {
                "condition_id": market.long_condition_id,
                "primary_token_id": first,
                "secondary_token_id": second,
            }
        )

    def markets(self, query: Query) -> Response:
        """All market records, by page."""
        return self._page(query, list(range(len(self.served.world.markets))), self._record)

    def _page(self, query: Query, numbers: list[int], row: Callable[[int], Any]) -> Response:
        cursor, size = query.text("next_cursor", "MA==") or "MA==", self.served.limits.clob_page
        try:
            offset = int(base64.b64decode(cursor))
        except ValueError:
            raise Refused("invalid next_cursor") from None
        if offset < 0:
            raise Refused("next item should be greater than or equal to 0")
        chosen, after = numbers[offset : offset + size], offset + size
        following = base64.b64encode(str(after).encode()).decode() if after < len(numbers) else END
        return reply(
            {
                "data": [row(n) for n in chosen],
                "next_cursor": following,
                "limit": size,
                "count": len(chosen),
            }
        )

    def _tokens(self, number: int) -> list[dict[str, Any]]:
        market, marks = self.served.world.markets[number], self.served.marks
        rows = zip(range(2), market.token_ids, market.outcomes, strict=False)
        return [
            {
                "token_id": token,
                "outcome": label,
                "price": micro(int(marks[2 * number + outcome])),
                "winner": bool(market.payouts and market.payouts[outcome] == 1_000_000),
            }
            for outcome, token, label in rows
        ]

    def _record(self, number: int) -> dict[str, Any]:
        market = self.served.world.markets[number]
        event, closed = self.served.world.events[market.event], market.closed_at is not None
        fee = 1_000 if market.has_fee else 0
        return {
            "enable_order_book": not closed,
            "active": True,
            "closed": closed,
            "archived": False,
            "accepting_orders": not closed or number % 11 == 0,
            "accepting_order_timestamp": iso(market.open_at - 60),
            "minimum_order_size": 5,
            "minimum_tick_size": micro(quotes.tick_of(self.served, number)),
            "condition_id": market.long_condition_id,
            "question_id": market.question_id,
            "question": market.question,
            "description": market.description,
            "market_slug": market.slug,
            "end_date_iso": iso(market.end_at)[:10] + "T00:00:00Z",
            "game_start_time": iso(market.end_at - 7_200) if event.category == "sports" else None,
            "seconds_delay": 0,
            "fpmm": "",
            "maker_base_fee": fee,
            "taker_base_fee": fee,
            "notifications_enabled": True,
            "neg_risk": event.neg_risk,
            "neg_risk_market_id": event.neg_risk_market_id,
            "neg_risk_request_id": market.question_id if event.neg_risk else "",
            "icon": market.icon,
            "image": market.icon,
            "rewards": {"rates": self._rates(number), "min_size": 50, "max_spread": Num("4.5")},
            "is_50_50_outcome": market.payouts == (500_000, 500_000),
            "tokens": self._tokens(number),
            "tags": [tag.label for tag in event.tags],
            "version": market.version,
        }

    def _rates(self, number: int) -> list[dict[str, Any]] | None:
        rewards = gamma_objects.rewards(self.served.world.markets[number], number).get(
            "clobRewards"
        )
        return rewards and [
            {"asset_address": each["assetAddress"], "rewards_daily_rate": each["rewardsDailyRate"]}
            for each in rewards
        ]

    def prices_history(self, query: Query) -> Response:
        """Prices of a token (the parameter is called `market`); empty for a resolved token below 12-hour
        fidelity."""
        if not query.has("market"):
            raise Refused("market is required")
        found = self.served.world.token_index.get(query.text("market"))
        fidelity = query.integer("fidelity", 0)
        start, end, least = self._span(query)
        if fidelity and fidelity < least:
            raise Refused(f"invalid filters: minimum fidelity for this range is {least}")
        if found is None:
            return reply({"history": []})
        market, outcome = found
        info, step = self.served.world.markets[market], (fidelity or least) * 60
        if info.payouts is not None and step < DAY_SECONDS // 2:
            return reply({"history": []})
        start = max(start, info.open_at, end - MOST_POINTS * step)
        ts = np.arange(start // step * step + step, min(end, info.closed_at or end) + 1, step)
        prices = pnl.marks_at(self.served, market, outcome, ts)
        return reply(
            {
                "history": [
                    {"t": t, "p": micro(p)}
                    for t, p in zip(ts.tolist(), prices.tolist(), strict=False)
                ]
            }
        )

    def _span(self, query: Query) -> tuple[int, int, int]:
        now = self.served.world.now
        if query.has("startTs") or query.has("endTs"):
            start, end = query.integer("startTs", 0), query.integer("endTs", now)
            if end - start > 15 * DAY_SECONDS:
                raise Refused("invalid filters: 'startTs' and 'endTs' interval is too long")
            return start, min(end, now), 1
        interval = query.choice("interval", INTERVALS, "1d")
        return (
            now - (INTERVALS[interval] or now - self.served.world.start_at),
            now,
            MIN_FIDELITY[interval],
        )


def book_object(served: Served, token: str, found: Book) -> dict[str, Any]:
    """A book as `/book` and the websocket show it."""
    market, outcome = served.world.token_index[token]
    info = served.world.markets[market]
    levels = {
        "bids": [
            {"price": str(micro(price)), "size": str(micro(size))}
            for price, size in reversed(found.bids)
        ],
        "asks": [
            {"price": str(micro(price)), "size": str(micro(size))}
            for price, size in reversed(found.asks)
        ],
    }
    return {
        "market": info.long_condition_id,
        "asset_id": token,
        "timestamp": str(served.world.now * 1_000),
        "hash": digest("book", token, served.world.now, size=20)[2:],
        **levels,
        "min_order_size": "5",
        "tick_size": str(micro(found.tick)),
        "neg_risk": served.world.events[info.event].neg_risk,
        "last_trade_price": str(pico(quotes.last_trade(served, market, outcome)[0])),
    }


def endpoint(handler: Callable[..., Response]) -> Callable[[Request], Awaitable[Response]]:
    """A starlette endpoint with the clob's error bodies."""

    async def answer(request: Request) -> Response:
        try:
            return handler(Query(request.query_params), **request.path_params)
        except Refused as refused:
            return reply({"error": refused.text}, refused.status)

    return answer


def batch_endpoint(
    handler: Callable[[list[dict[str, str]]], Response],
) -> Callable[[Request], Awaitable[Response]]:
    """A starlette endpoint for a JSON array in the body."""

    async def answer(request: Request) -> Response:
        try:
            batch = await request.json()
        except ValueError:
            batch = None
        if not isinstance(batch, list) or not all(isinstance(item, dict) for item in batch):
            return reply({"error": "Invalid payload"}, 400)
        return handler(batch)

    return answer
