"""Rows served under the API's routes exactly as they were written down: nothing is derived, nothing is made up.

A recording of somebody's dumps is no world: counterparties, boards and books are missing. So its rows are given out as they
are, in the envelopes and the order of the second version of the data API.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from smartmoney.ids import spellings

Row = dict[str, Any]
Query = dict[str, list[str]]
MARKETS_PER_PAGE = 100
MOST_ROWS = 1_000


@dataclass
class Rows:
    """What is served.

    Attributes:
        activity, combo_activity, combo_positions: rows by wallet.
        positions: rows by wallet, of every status.
        markets: as gamma lists them.
        resolutions, tokens: as the data API has them.
        exchange: markets of the exchange by condition.
        profiles: by address.
        board: rows of the leaderboard.
        unknown: wallets nobody has seen.
        partial_events: markets of an event may be missing, so that no event is answered as if it were whole.
        notes: sentences about the rows, for whoever serves them.
        now: the server's clock, Unix seconds.
        asked: paths and queries of every request, in order.
    """

    activity: dict[str, list[Row]] = field(default_factory=dict)
    positions: dict[str, list[Row]] = field(default_factory=dict)
    combo_activity: dict[str, list[Row]] = field(default_factory=dict)
    combo_positions: dict[str, list[Row]] = field(default_factory=dict)
    markets: list[Row] = field(default_factory=list)
    resolutions: list[Row] = field(default_factory=list)
    tokens: list[Row] = field(default_factory=list)
    exchange: dict[str, Row] = field(default_factory=dict)
    profiles: dict[str, Row] = field(default_factory=dict)
    board: list[Row] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
    partial_events: bool = False
    notes: list[str] = field(default_factory=list)
    now: int = 0
    asked: list[tuple[str, Query]] = field(default_factory=list)

    def answer(self, path: str, query: Query) -> tuple[int, Any]:
        """Status and value for one request."""
        self.asked.append((path, query))
        if path.startswith("/data/v2/"):
            return self._data(path.removeprefix("/data/v2/"), query)
        if path == "/gamma/markets/keyset":
            return 200, self._listed(query)
        if path == "/gamma/public-profile":
            found = self.profiles.get(_one(query, "address"))
            return (200, found) if found else _nothing()
        if path.startswith("/gamma/events/"):
            return self._event(path.removeprefix("/gamma/events/"))
        if path == "/notes":
            return 200, {"notes": self.notes, "shown": list(self.positions)}
        if path == "/clob/time":
            return 200, self.now
        market = self.exchange.get(path.removeprefix("/clob/markets/"))
        return (200, market) if market else _nothing()

    def _data(self, route: str, query: Query) -> tuple[int, Any]:
        user = _one(query, "user")
        by_wallet = {
            "activity/combos": self.combo_activity,
            "positions/combos": self.combo_positions,
        }
        if route == "activity":
            return 200, _page(self._history(user, query), query)
        if route == "positions":
            return 200, _page(self._held(user, _one(query, "status")), query)
        if route in by_wallet:
            return 200, _page(by_wallet[route].get(user, []), query)
        if route == "leaderboard":
            return 200, _page(self.board, query)
        if route in {"resolutions", "tokens"}:
            return 200, {"data": self._of_conditions(getattr(self, route), query)}
        if route == "user-stats":
            known = None if user in self.unknown else {"proxy_wallet": user}
            return 200, {"data": known}
        return 200, _page([], query)

    def _history(self, user: str, query: Query) -> list[Row]:
        first, last = int(_one(query, "start") or 0), int(_one(query, "end") or 2**40)
        rows = [row for row in self.activity.get(user, []) if _second(row) is not None]
        kept = [row for row in rows if first <= (_second(row) or 0) <= last]
        return sorted(kept, key=lambda row: _second(row) or 0)

    def _held(self, user: str, status: str) -> list[Row]:
        closed = status == "CLOSED"
        rows = self.positions.get(user, [])
        return [row for row in rows if (row.get("status") == "CLOSED") == closed]

    def _of_conditions(self, rows: list[Row], query: Query) -> list[Row]:
        wanted = set(_one(query, "condition").split(","))
        return [
            row
            for row in rows
            if row.get("condition_id") in wanted or row.get("structural_condition_id") in wanted
        ]

    def _listed(self, query: Query) -> Row:
        closed = _one(query, "closed") == "true"
        wanted = {other for each in query.get("condition_ids", []) for other in spellings(each)}
        questions = set(query.get("question_ids", []))
        rows = [
            row
            for row in self.markets
            if bool(row.get("closed")) == closed
            and (not wanted or row.get("conditionId") in wanted)
            and (not questions or row.get("questionID") in questions)
        ]
        start = int(_one(query, "after_cursor") or 0)
        following = start + MARKETS_PER_PAGE
        more = {"next_cursor": str(following)} if following < len(rows) else {}
        return {"markets": rows[start:following], **more}

    def _event(self, gamma_id: str) -> tuple[int, Any]:
        events = [(row, event) for row in self.markets for event in row.get("events") or []]
        found = [(row, event) for row, event in events if str(event.get("id")) == gamma_id]
        if not found or self.partial_events:
            return _nothing()
        markets = [
            {name: value for name, value in row.items() if name != "events"} for row, _ in found
        ]
        return 200, {**found[0][1], "markets": markets}


def _one(query: Query, name: str) -> str:
    return query.get(name, [""])[0]


def _nothing() -> tuple[int, Any]:
    return 404, {"type": "not found error", "error": "not found"}


def _second(row: Row) -> int | None:
    found = row.get("timestamp")
    return int(found) if isinstance(found, (int, float)) and not isinstance(found, bool) else None


def _page(rows: list[Row], query: Query) -> Row:
    start, limit = int(_one(query, "cursor") or 0), int(_one(query, "limit") or 0) or MOST_ROWS
    following = str(start + limit) if start + limit < len(rows) else None
    return {
        "data": rows[start : start + limit],
        "pagination": {
            "limit": limit,
            "offset": start,
            "has_more": following is not None,
            "next_cursor": following,
        },
    }


@contextmanager
def serving(rows: Rows, port: int = 0) -> Iterator[str]:
    """The rows at an address of this machine while the block runs; yields the address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            target = urlsplit(self.path)
            status, value = rows.answer(target.path, parse_qs(target.query, keep_blank_values=True))
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
