"""First contact: every route we use, asked once as we ask it, and what differs from what we take for granted.

The requests, the reading of rows, and the checks of order and filters are those of the jobs themselves, so that what
holds here holds there. What is taken for granted is docs/polymarket-api.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from smartmoney.errors import ShapeChanged, SmartmoneyError
from smartmoney.ids import is_combo
from smartmoney.polymarket import combos, endpoints, market_endpoints
from smartmoney.polymarket.call import Param, Response
from smartmoney.polymarket.client import Client
from smartmoney.polymarket.contact_report import Asked, Contact
from smartmoney.polymarket.pages import FeedPage
from smartmoney.polymarket.shapes import MISSING

FEW_ROWS = 50
"""Rows asked for at once: enough to see a field that none has, little enough to take seconds."""
CLOCK_SECONDS = 60
NOBODY = "0x" + "0" * 36 + "dead"
CACHED_S: Mapping[str, float] = {
    "/v2/trades": 308,
    "/v2/oi": 300,
    "/v2/holders": 120,
    "/v2/activity": 15,
    "/v2/positions": 5,
    "/v2/leaderboard": 0,
}
"""How old an answer of each route may be, docs/polymarket-api.md, section 2."""


class Listener(Client):
    """A client that keeps its last answer, and asks for few rows."""

    last: Response | None = None

    def get(
        self,
        host: str,
        route: str,
        params: Mapping[str, Param] | None = None,
        path: Mapping[str, str] | None = None,
    ) -> Response:
        """See `Client.get`."""
        self.last = super().get(host, route, params, path)
        return self.last


def meet(client: Listener, progress: Callable[[str], None] = lambda _: None) -> Contact:
    """Ask every route once.

    Args:
        client: with `page_rows=FEW_ROWS`.
        progress: told each route before it is asked.

    Returns:
        What was asked, what differs, and what could not be asked. Nothing raises but a broken program.
    """
    return _Meeting(client, progress).run()


@dataclass
class _Meeting:
    """One pass over the routes; what one route tells, the next ones are asked about."""

    client: Listener
    progress: Callable[[str], None]
    contact: Contact = field(default_factory=Contact)
    wallet: str = ""
    conditions: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    token: str = ""
    event: str = ""

    def run(self) -> Contact:
        self._object("/time", self._clock)
        self._object("/v2/status", self._status)
        self._boards()
        self._markets()
        self._wallet_routes()
        self._market_routes()
        return self.contact

    def _pages(
        self, route: str, walk: Callable[[], Iterable[FeedPage[Any]]], most: int = 1
    ) -> list[FeedPage[Any]]:
        """The first pages of a walk, with what differs in them noted."""
        self.progress(route)
        found: list[FeedPage[Any]] = []
        try:
            for page in islice(walk(), most):
                found.append(page)
                self._page(route, page)
        except SmartmoneyError as error:
            self.contact.differ(route, f"{type(error).__name__}: {error}")
        return found

    def _page(self, route: str, page: FeedPage[Any]) -> None:
        contact, rows = self.contact, len(page.rows) + len(page.bad)
        contact.asked.append(Asked(route, rows, page.age_s))
        for bad in page.bad[:1]:
            contact.differ(route, f"{len(page.bad)} of {rows} rows cannot be read: {bad.reason}")
        strange = sorted(page.fields - page.expected)
        absent = [name for name, kind in strange if kind == MISSING]
        new = [f"{name} ({kind})" for name, kind in strange if kind != MISSING]
        if absent:
            contact.differ(route, f"no row has {', '.join(absent)}")
        if new:
            contact.differ(
                route,
                f"rows have what they had not: {', '.join(new)}",
                "nothing is lost; it is not read, and may say more than we know",
            )
        self._size(route, page, rows)
        if page.age_s > CACHED_S.get(route, float("inf")):
            contact.differ(
                route,
                f"the answer was {page.age_s:.0f} s old; we count with {CACHED_S[route]:.0f} s",
                "the newest rows come later than we say",
            )

    def _size(self, route: str, page: FeedPage[Any], rows: int) -> None:
        limit = page.params.get("limit")
        if not isinstance(limit, int):
            return
        if rows > limit:
            self.contact.differ(route, f"{rows} rows came where {limit} were asked for")
        elif page.next_cursor is not None and rows < limit:
            self.contact.differ(
                route,
                f"{rows} rows and a cursor came where {limit} were asked for",
                "walks take more requests than planned; nothing is lost",
            )

    def _object(self, route: str, ask: Callable[[], None]) -> None:
        """One answer that is no list of rows."""
        self.progress(route)
        try:
            ask()
        except SmartmoneyError as error:
            self.contact.differ(route, f"{type(error).__name__}: {error}")
            return
        age = self.client.last.age_s if self.client.last else 0.0
        self.contact.asked.append(Asked(route, None, age))

    def _clock(self) -> None:
        server = endpoints.server_time(self.client)
        ahead = None if server is None else server - self.client.clock.time()
        if ahead is None:
            self.contact.differ("/time", "it is no whole number of seconds")
        elif abs(ahead) > CLOCK_SECONDS:
            self.contact.differ("/time", f"it is {ahead:+,.0f} s from this machine's clock")

    def _status(self) -> None:
        try:
            found = endpoints.platform_lag(self.client)
        except ShapeChanged as error:
            self.contact.differ("/v2/status", str(error))
            return
        lag, worst = found.seconds, found.worst
        self.contact.facts.append(f"The platform says it is {lag:,} s behind, {worst} the most.")
        if lag > endpoints.LATE_S:
            self.contact.differ("/v2/status", f"{worst} is {lag:,} s behind", "news comes as late")

    def _boards(self) -> None:
        pages = self._pages(
            "/v2/leaderboard", lambda: endpoints.leaderboard(self.client, depth=FEW_ROWS)
        )
        rows = [row for page in pages for row in page.rows]
        gains = [row.pnl_micro for row in rows if row.pnl_micro is not None]
        if gains != sorted(gains, reverse=True):
            self.contact.differ("/v2/leaderboard", "wallets do not come by their PnL")
        self.wallet = rows[0].trader.address if rows else ""

    def _markets(self) -> None:
        route = "/markets/keyset"
        pages = self._pages(
            route, lambda: market_endpoints.markets(self.client, closed=False), most=2
        )
        rows = [row for page in pages for row in page.rows]
        self.conditions = [row.condition_id for row in rows]
        if any(row.status != "OPEN" for row in rows):
            self.contact.differ(route, "closed markets came where open ones were asked for")
        if len(set(self.conditions)) < len(self.conditions):
            self.contact.differ(
                route,
                "the second page repeats markets of the first",
                "a list of all markets would not be complete",
            )
        first = next((row for row in rows if row.event and row.outcomes), None)
        if first is not None:
            self.token, self.event = first.outcomes[0].token_id, first.event.gamma_id
        gone = self._pages(route, lambda: market_endpoints.markets(self.client, closed=True))
        self.closed = [
            row.condition_id
            for page in gone
            for row in page.rows
            if row.status != "OPEN" and not is_combo(row.condition_id)
        ][:10]
        asked = self.conditions[:2]
        if asked:
            self._only(
                route, asked, lambda: market_endpoints.markets(self.client, False, asked), all_=True
            )

    def _only(
        self,
        route: str,
        asked: list[str],
        walk: Callable[[], Iterable[FeedPage[Any]]],
        all_: bool = False,
    ) -> None:
        """Ask for some markets only: others may not come, and with `all_` none may be left out."""
        found = {row.condition_id for page in self._pages(route, walk) for row in page.rows}
        if others := found - set(asked) - {""}:
            self.contact.differ(
                route,
                f"{len(others)} markets came that were not asked for",
                "a filter that has no effect makes every question a walk over everything",
            )
        if all_ and (left := set(asked) - found):
            self.contact.differ(
                route, f"{len(left)} of {len(asked)} markets asked for did not come"
            )

    def _wallet_routes(self) -> None:
        routes = (
            "/v2/activity",
            "/v2/positions",
            "/v2/activity/combos",
            "/v2/positions/combos",
            "/public-profile",
            "/v2/user-stats",
        )
        if not self.wallet:
            self._skip(routes, "no board named a wallet")
            return
        client, wallet = self.client, self.wallet
        rows = [
            row
            for page in self._pages(
                "/v2/activity", lambda: endpoints.activity(client, wallet), most=2
            )
            for row in page.rows
        ]
        if rows:
            later = rows[len(rows) // 2].ts
            self._pages("/v2/activity", lambda: endpoints.activity(client, wallet, later, later))
        for status in ("OPEN", "CLOSED"):
            self._positions(status)
        self._pages("/v2/activity/combos", lambda: combos.combo_activity(client, wallet))
        self._pages("/v2/positions/combos", lambda: combos.combo_positions(client, wallet))
        self._object("/public-profile", lambda: self._profile(wallet))
        self._object("/v2/user-stats", lambda: self._known(wallet))

    def _positions(self, status: str) -> None:
        route = "/v2/positions"
        pages = self._pages(
            route, lambda: endpoints.positions(self.client, self.wallet, status=status)
        )
        rows = [row for page in pages for row in page.rows]
        if any(row.address != self.wallet for row in rows):
            self.contact.differ(route, "positions of another wallet came")
        if any((row.status == "CLOSED") != (status == "CLOSED") for row in rows):
            self.contact.differ(route, f"asked for {status} positions, others came")
        times = [row.last_event_ts for row in rows if row.last_event_ts is not None]
        if times != sorted(times):
            self.contact.differ(
                route,
                f"{status} positions do not come by their last event",
                "a position that changes during a walk could be skipped",
            )

    def _profile(self, wallet: str) -> None:
        if (other := endpoints.trading_wallet(self.client, wallet)) is not None:
            self.contact.differ(
                "/public-profile", f"the trading wallet {wallet} is said to trade as {other}"
            )

    def _known(self, wallet: str) -> None:
        if not endpoints.is_known(self.client, wallet):
            self.contact.differ("/v2/user-stats", "a wallet of the boards is unknown")
        if endpoints.is_known(self.client, NOBODY):
            self.contact.differ("/v2/user-stats", f"{NOBODY}, which is nobody's, is known")

    def _market_routes(self) -> None:
        client, some = self.client, [each for each in self.conditions if not is_combo(each)][:5]
        if not some:
            self._skip(("/v2/trades", "/v2/holders", "/v2/oi"), "no open market was listed")
            return
        self._pages("/v2/trades", lambda: market_endpoints.tape(client, some[0], FEW_ROWS))
        self._of_market("/v2/trades", some[0])
        self._pages("/v2/holders", lambda: market_endpoints.holders(client, some[0], FEW_ROWS))
        self._of_market("/v2/holders", some[0])
        self._only("/v2/oi", some, lambda: market_endpoints.open_interest(client, some))
        if self.token:
            self._prices()
        if self.event:
            self._object("/events/{id}", self._event)
        if not self.closed:
            self._skip(
                ("/v2/resolutions", "/v2/tokens", "/markets/{condition}"),
                "no closed market was listed",
            )
            return
        closed = self.closed
        self._only("/v2/resolutions", closed, lambda: market_endpoints.resolutions(client, closed))
        self._only("/v2/tokens", closed, lambda: market_endpoints.tokens(client, closed))
        self._object(
            "/markets/{condition}", lambda: _nothing(market_endpoints.winners(client, closed[0]))
        )

    def _of_market(self, route: str, condition: str) -> None:
        """Whether the rows of the last answer are of the market asked for; the records do not keep it."""
        answer = self.client.last.json if self.client.last else None
        rows = answer.get("data") if isinstance(answer, dict) else None
        named = {
            row["condition_id"]
            for row in (rows if isinstance(rows, list) else [])
            if isinstance(row, dict) and isinstance(row.get("condition_id"), str)
        }
        if named - {condition}:
            self.contact.differ(route, "rows of other markets came")

    def _prices(self) -> None:
        route = "/v2/prices-history"
        pages = self._pages(route, lambda: market_endpoints.prices_history(self.client, self.token))
        times = [row.ts for page in pages for row in page.rows]
        if times != sorted(times):
            self.contact.differ(route, "prices do not come by time")

    def _event(self) -> None:
        if not market_endpoints.event_markets(self.client, self.event):
            self.contact.differ("/events/{id}", f"event {self.event} of an open market has none")

    def _skip(self, routes: Iterable[str], why: str) -> None:
        self.contact.skipped |= dict.fromkeys(routes, why)


def _nothing(_: object) -> None:
    """An answer that only had to be readable."""
