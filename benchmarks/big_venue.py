"""A venue of millions of markets in constant memory: every market is made from its number when it is asked for.

Its rows are the simulator's, with ids, prices and closing of their own; the first `opened` of `listed` are open, of the closed ones all
have resolved. Prices of one market in ten move from look to look.
"""

from __future__ import annotations

import json
import socketserver
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from polymarket_sim.accounts.served import Served
from polymarket_sim.api import gamma_objects
from polymarket_sim.generate import generate
from polymarket_sim.protocol.wire import dumps

PAGE = 100


def condition(number: int) -> str:
    """The condition id of a market."""
    return f"0x{number + 1:064x}"


def token(number: int, side: int) -> str:
    """The id of one side's token."""
    return str(10**60 + 2 * number + side)


class BigVenue:
    """What it lists and says.

    Attributes:
        opened, listed: how many are open, and how many there are.
        closing: numbers below this have closed since the beginning, and resolved.
    """

    def __init__(self, opened: int, listed: int) -> None:
        self.opened, self.listed, self.closing = opened, listed, 0
        world = generate(11, traders=2, markets=40, trades=0, days=30, now=1_795_000_000)
        served = Served(world, None)
        rows = [gamma_objects.market(served, number, True) for number in range(len(world.markets))]
        self.row = next(row for row in rows if not row["closed"] and not row["negRisk"])

    def is_closed(self, number: int) -> bool:
        """Has it closed?"""
        return number >= self.opened or number < self.closing

    def market(self, number: int) -> dict[str, Any]:
        """One row of gamma."""
        closed = self.is_closed(number)
        beat = int(time.time() / 60) if number % 10 == 0 else 0
        price = (number * 7 + beat) % 97 / 100 + 0.01
        name = f"market-{number}"
        event = {
            **self.row["events"][0],
            "id": str(10**7 + number // 3),
            "slug": f"event-{number // 3}",
        }
        changed = {
            "id": str(10**7 + number),
            "conditionId": condition(number),
            "questionID": f"0x{number + 2**40:064x}",
            "slug": name,
            "question": f"Will {name} happen?",
            "clobTokenIds": json.dumps([token(number, 0), token(number, 1)]),
            "outcomePrices": json.dumps(
                ["1", "0"] if closed else [f"{price:.2f}", f"{1 - price:.2f}"]
            ),
            "closed": closed,
            "volume24hr": self.listed - number,
            "events": [event],
        }
        if closed:
            changed["closedTime"] = "2026-11-20 12:00:00+00"
        return {**self.row, **changed}

    def answer(self, path: str, query: dict[str, list[str]]) -> Any:
        """The body for a route, or None where there is none."""
        asked = [
            number for each in query.get("condition", []) for number in _numbers(each.split(","))
        ]
        if path == "/gamma/markets/keyset":
            return self._list(query)
        if path == "/data/v2/resolutions":
            return {"data": [_resolution(n) for n in asked if self.is_closed(n)]}
        if path == "/data/v2/oi":
            return {"data": [{"condition_id": condition(n), "value": 1_000.0} for n in asked]}
        if path == "/close":
            self.closing = int(query["to"][0])
            return {}
        if path == "/clob/time":
            return int(time.time())
        if path == "/data/v2/prices-history":
            return {"data": []}
        return None

    def _list(self, query: dict[str, list[str]]) -> dict[str, Any]:
        closed = query["closed"][0] == "true"
        if "condition_ids" in query:
            named = [n for each in query["condition_ids"] for n in _numbers(each.split(","))]
            return {
                "markets": [
                    self.market(n) for n in named if self.is_closed(n) is closed and n < self.listed
                ]
            }
        start = int(query["after_cursor"][0]) if "after_cursor" in query else self.closing
        end = min(start + PAGE, self.opened)
        body: dict[str, Any] = {"markets": [self.market(n) for n in range(start, end)]}
        return body if end >= self.opened else {**body, "next_cursor": str(end)}


def _numbers(conditions: list[str]) -> list[int]:
    """Of either spelling of a condition, those of ours."""
    return [number - 1 for number in (int(each, 16) for each in conditions) if 0 < number < 2**32]


def _resolution(number: int) -> dict[str, Any]:
    return {
        "question_id": f"0x{number + 2**40:064x}",
        "condition_id": condition(number),
        "status": "resolved",
        "payouts": [1_000_000, 0],
        "resolved_at": 1_794_500_000,
        "last_update_timestamp": 1_794_500_000,
    }


class _Server(ThreadingHTTPServer):
    """Many connections, one venue."""

    venue: BigVenue
    daemon_threads = True


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer from the venue."""
        parts = urlsplit(self.path)
        body = self.server.venue.answer(parts.path, parse_qs(parts.query))
        content = dumps({} if body is None else body).encode()
        self.send_response(404 if body is None else 200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def serve(opened: int, listed: int, found: Any) -> None:
    """Serve until killed; `found` is a queue that gets the address."""
    socketserver.TCPServer.request_queue_size = 64
    server = _Server(("127.0.0.1", 0), _Handler)
    server.venue = BigVenue(opened, listed)
    found.put(f"http://127.0.0.1:{server.server_address[1]}")
    server.serve_forever()
