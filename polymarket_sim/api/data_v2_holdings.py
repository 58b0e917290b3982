"""Holdings in v2: a wallet's positions, a market's holders, a portfolio's value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from polymarket_sim.accounts import portfolio
from polymarket_sim.accounts.portfolio import View
from polymarket_sim.api.data_v2 import DataV2, Handler, envelope, page, selection
from polymarket_sim.ids import digest
from polymarket_sim.protocol.query import Query, Refused
from polymarket_sim.protocol.wire import Num, cut, micro_point
from smartmoney.ids import is_combo
from smartmoney.units import MICRO

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


class DataV2Holdings:
    """Handlers of holdings; `feeds` lends its paging."""

    def __init__(self, feeds: DataV2) -> None:
        self.served, self.feeds = feeds.served, feeds

    def routes(self) -> dict[str, Handler]:
        """Paths and handlers of this part."""
        return {
            "/v2/positions": self.positions,
            "/v2/holders": self.holders,
            "/v2/value": self.value,
        }

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
        limit, place = self.feeds.start(query, "positions")
        found = self._candidates(query, user, markets, status)
        key = portfolio.sort_keys(self.served)[
            query.choice("sort_by", SORTS, "TIMESTAMP" if status == "CLOSED" else "CURRENT_VALUE")
        ]
        found = portfolio.ordered(
            found, key, query.choice("sort_direction", ("ASC", "DESC"), "DESC") == "DESC"
        )
        return self.feeds.walk("positions", query, found, limit, place, self._position)

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
        start, end = self.feeds.times(query)
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
        limit, place = self.feeds.start(query, "holders", 100 if pnl else 1_000)
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
        cursor = (
            self.feeds.next_cursor("holders", query, limit, place)
            if longest > offset + limit
            else None
        )
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
