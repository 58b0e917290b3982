"""A server of rows the test decides to the byte: activity and positions by cursor, with headers and gaps of its choice."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

WALLET = "0x" + "a1" * 20
CONDITION = "0x" + "c" * 64
TOKEN = "7" * 77
FIRST = 1_780_000_000
FILL: dict[str, Any] = {
    "proxy_wallet": WALLET,
    "timestamp": FIRST,
    "type": "TRADE",
    "size": 10,
    "usdc_size": 4,
    "price": 0.4,
    "side": "BUY",
    "transaction_hash": "0x" + "f" * 64,
    "token_id": TOKEN,
    "condition_id": CONDITION,
    "title": "Will it?",
    "slug": "will-it",
    "icon": "",
    "event_slug": "it",
    "outcome": "Yes",
    "outcome_index": 0,
    "name": "",
    "pseudonym": "",
    "bio": "",
    "profile_image": "",
    "profile_image_optimized": "",
}
POSITION: dict[str, Any] = {
    "proxy_wallet": WALLET,
    "token_id": TOKEN,
    "condition_id": CONDITION,
    "current_size": 10,
    "avg_price": 0.4,
    "entry_cost_usdc": 4,
    "entry_fees_usdc": 0,
    "total_cost_usdc": 4,
    "current_price": 0.5,
    "current_value": 5,
    "total_size": 10,
    "realized_pnl": 0,
    "unrealized_pnl": 1,
    "total_pnl": 1,
    "percent_pnl": 25,
    "percent_realized_pnl": 0,
    "status": "OPEN",
    "redeemable": False,
    "mergeable": False,
    "negative_risk": False,
    "archived": False,
    "title": "Will it?",
    "slug": "will-it",
    "icon": "",
    "event_id": "1",
    "event_slug": "it",
    "outcome": "Yes",
    "outcome_index": 0,
    "opposite_outcome": "No",
    "opposite_token_id": "8" * 77,
    "end_date": "2026-12-31",
    "last_event_at": FIRST,
    "first_entry_at": FIRST,
}
Texts = list[tuple[int, str, str]]


@dataclass
class Feed:
    """What is served now.

    Attributes:
        url: address of the server.
        activity, positions: rows as (second, wallet, JSON text), served in order of second.
        hidden: rows of which this is true are not there yet.
        headers: sent with every answer; without `x-trace-id` each answer gets one of its own.
        asked: parameters of every request to a list, in order.
        rewrite: the last word on the body.
        refuse_after: lists answer 500 once so many of them were asked for.
    """

    url: str = ""
    activity: Texts = field(default_factory=list)
    positions: Texts = field(default_factory=list)
    hidden: Callable[[int], bool] = lambda second: False
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    rewrite: Callable[[str], str] = lambda body: body
    refuse_after: int | None = None

    def fill(self, **changes: Any) -> None:
        """Add a fill, unlike the usual one in these fields."""
        row = FILL | changes
        self.activity.append((row["timestamp"], row["proxy_wallet"], json.dumps(row)))

    def raw(self, field_: str, text: str, base: dict[str, Any] = FILL, **changes: Any) -> None:
        """Add a row whose `field_` is this JSON text, to the letter."""
        row = base | changes
        told = json.dumps(row | {field_: "@raw@"}).replace('"@raw@"', text)
        rows, second = (
            (self.positions, "last_event_at") if base is POSITION else (self.activity, "timestamp")
        )
        rows.append((row[second], row["proxy_wallet"], told))

    def answer(self, path: str, params: dict[str, str]) -> tuple[int, str]:
        """Status and body for one request."""
        lists = {"/data/v2/activity": self.activity, "/data/v2/positions": self.positions}
        if path not in lists:
            return (
                (200, '{"data": {}}')
                if path == "/data/v2/user-stats"
                else (404, '{"error": "not here"}')
            )
        self.asked.append(params)
        if "user" not in params:
            return (
                400,
                '{"error": "required query param \'user\' not provided", "retryable": false}',
            )
        if self.refuse_after is not None and len(self.asked) > self.refuse_after:
            return 500, '{"error": "down", "retryable": false}'
        rows = sorted(self._wanted(lists[path], params), key=lambda row: row[0])
        place, limit = int(params.get("cursor", "0")), int(params["limit"])
        following = str(place + limit) if len(rows) > place + limit else None
        chosen = ",".join(text for _, _, text in rows[place : place + limit])
        pagination = {
            "limit": limit,
            "offset": place,
            "has_more": following is not None,
            "next_cursor": following,
        }
        return 200, self.rewrite(f'{{"data":[{chosen}],"pagination":{json.dumps(pagination)}}}')

    def _wanted(self, rows: Texts, params: dict[str, str]) -> Texts:
        start, end = int(params.get("start", "0")), int(params.get("end", str(2**40)))
        closed = params.get("status") == "CLOSED"
        return [
            row
            for row in rows
            if row[1] == params["user"]
            and start <= row[0] <= end
            and not self.hidden(row[0])
            and not closed
        ]


@contextmanager
def feed() -> Iterator[Feed]:
    """A feed on a free port of this machine."""
    made = Feed()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            target = urlsplit(self.path)
            status, text = made.answer(
                target.path, dict(parse_qsl(target.query, keep_blank_values=True))
            )
            body = text.encode("utf-8", "surrogatepass")
            self.send_response(status)
            for name, value in {"x-trace-id": uuid.uuid4().hex, **made.headers}.items():
                self.send_header(name, value)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    made.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    ).start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
