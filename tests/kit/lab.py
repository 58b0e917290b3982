"""A small Polymarket that serves the rows it is given, and the product run on them: client, ingestion, ledger, scores."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from smartmoney import jobs
from smartmoney.settings import Settings, load
from smartmoney.store.db import Store

PAGE, LISTED = 1_000, 100
Row = dict[str, Any]
NOWHERE = {
    "title": "",
    "slug": "",
    "event_slug": "",
    "outcome": "",
    "icon": "",
    "name": "",
    "pseudonym": "",
    "bio": "",
    "profile_image": "",
    "profile_image_optimized": "",
}


def digest(*words: object, digits: int = 64) -> str:
    """A made-up hexadecimal id."""
    return "0x" + hashlib.sha256(repr(words).encode()).hexdigest()[:digits]


@dataclass
class Venue:
    """What the API knows: rows in the names of its second version."""

    activity: dict[str, list[Row]] = field(default_factory=dict)
    positions: dict[tuple[str, str], list[Row]] = field(default_factory=dict)
    markets: list[Row] = field(default_factory=list)
    resolutions: list[Row] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)

    def answer(self, path: str, query: Mapping[str, list[str]]) -> Any:
        """The body of an answer; None where there is nothing at that path."""
        user = query.get("user", [""])[0]
        if path == "/clob/time":
            return 1_790_000_000
        if path == "/data/v2/activity":
            start, end = (int(query.get(name, [text])[0]) for name, text in _SPAN)
            rows = sorted(self.activity.get(user, []), key=lambda row: int(row["timestamp"]))
            return self._page([row for row in rows if start <= row["timestamp"] <= end], query)
        if path == "/data/v2/positions":
            return self._page(self.positions.get((user, query["status"][0]), []), query)
        if path == "/data/v2/user-stats":
            return {"data": None if user in self.unknown else {"proxy_wallet": user, "trades": 1}}
        if path == "/data/v2/resolutions":
            asked = set(query.get("condition", [""])[0].split(","))
            return {"data": [row for row in self.resolutions if row["condition_id"] in asked]}
        if path == "/gamma/markets/keyset":
            return self._listed(query)
        return self._page([], query) if path.startswith("/data/v2/") else None

    def _page(self, rows: list[Row], query: Mapping[str, list[str]]) -> Row:
        at = int(query.get("cursor", ["0"])[0] or 0)
        more = at + PAGE < len(rows)
        pagination = {"limit": PAGE, "offset": at, "has_more": more}
        return {
            "data": rows[at : at + PAGE],
            "pagination": pagination | {"next_cursor": str(at + PAGE) if more else None},
        }

    def _listed(self, query: Mapping[str, list[str]]) -> Row:
        closed = query.get("closed", ["false"])[0] == "true"
        asked = query.get("condition_ids")
        rows = [
            row
            for row in self.markets
            if row["closed"] == closed and (not asked or row["conditionId"] in asked)
        ]
        at = int(query.get("after_cursor", ["0"])[0])
        more = {"next_cursor": str(at + LISTED)} if at + LISTED < len(rows) else {}
        return {"markets": rows[at : at + LISTED], **more}


_SPAN = (("start", "0"), ("end", "9000000000"))


@contextmanager
def served(venue: Venue) -> Iterator[str]:
    """The venue on a local port; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None: ...

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            found = venue.answer(parts.path, parse_qs(parts.query, keep_blank_values=True))
            body = json.dumps({"error": "not found"} if found is None else found).encode()
            self.send_response(404 if found is None else 200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Lab:
    """The product on a venue and a database of its own."""

    store: Store
    venue: Venue
    settings: Settings

    def run(self, *wallets: str, steps: Sequence[str] = ("trades", "markets", "score")) -> None:
        """Run jobs one after the other: trades, positions, markets, score."""
        own: dict[str, Any] = {"store": self.store, "settings": self.settings}
        addresses = list(wallets or self.venue.activity)
        for step in steps:
            if step == "trades":
                jobs.sync_trader_trades(addresses=addresses, **own)
            elif step == "positions":
                jobs.sync_trader_positions(addresses=addresses, **own)
            elif step == "markets":
                jobs.sync_markets(**own)
            else:
                jobs.calculate_rarity_scores(backfill_weeks=0, **own)

    def wallet(self, address: str) -> Row:
        """The wallet's row of table trader, numbers as floats."""
        names = (
            "realized_pnl",
            "unrealized_pnl",
            "total_pnl",
            "win_rate",
            "decided_events",
            "trade_count",
            "flags",
            "coverage",
            "coverage_reason",
        )
        with self.store.raw() as connection:
            row = connection.execute(
                f"select {', '.join(names)} from trader where address = %s", [address]
            ).fetchone()
        assert row is not None
        numbers = (float(value) if hasattr(value, "as_tuple") else value for value in row)
        return dict(zip(names, numbers, strict=True))


@contextmanager
def lab(store: Store, home: Any, venue: Venue) -> Iterator[Lab]:
    """A lab on a database that is empty but for its tables."""
    with served(venue) as url:
        settings = load(
            smartmoney_home=home,
            database_url=store.url,
            smartmoney_source="simulator",
            polymarket_api_base_url=url,
            rate_limit_requests=15_000,
            rate_limit_interval_ms=100,
            worker_concurrency=2,
            request_deadline_s=5.0,
        )
        yield Lab(store, venue, settings)


class Market:
    """A made-up market: its row of gamma, and the rows of wallets in it."""

    def __init__(
        self,
        question: str,
        *,
        event: Row | None = None,
        prices: tuple[str, str] = ("0.5", "0.5"),
        **fields: Any,
    ) -> None:
        self.question = question
        self.condition = fields.pop("condition", None) or digest("condition", question)
        self.tokens = [str(int(digest(self.condition, n), 16)) for n in (0, 1)]
        self.event = event or {
            "id": digest(question, digits=6),
            "slug": question,
            "title": question,
        }
        self.row = {
            "id": digest("gamma", question, digits=10),
            "question": question,
            "conditionId": self.condition,
            "slug": f"slug-{question}",
            "outcomes": '["Yes", "No"]',
            "outcomePrices": json.dumps(prices),
            "clobTokenIds": json.dumps(self.tokens),
            "active": True,
            "closed": False,
            "negRisk": "negRiskMarketID" in fields,
            "events": [self.event],
            "tags": [],
            "startDate": "2026-01-01T00:00:00Z",
            "endDate": "2026-12-01T00:00:00Z",
            **fields,
        }

    def fill(self, wallet: str, side: str, outcome: int, size: float, cash: float, ts: int) -> Row:
        """A TRADE."""
        return self._row(wallet, "TRADE", size, cash, ts, outcome) | {
            "side": side,
            "price": round(cash / size, 6),
        }

    def other(self, wallet: str, kind: str, size: float, cash: float, ts: int) -> Row:
        """A SPLIT, MERGE, REDEEM of all outcomes, or a conversion that names this market as its leg."""
        return self._row(wallet, kind, size, cash, ts, None)

    def _row(
        self, wallet: str, kind: str, size: float, cash: float, ts: int, outcome: int | None
    ) -> Row:
        named = outcome is not None
        return {
            "proxy_wallet": wallet,
            "timestamp": ts,
            "condition_id": self.condition,
            "type": kind,
            "size": size,
            "usdc_size": cash,
            "transaction_hash": digest(wallet, ts, kind, size, cash, outcome, self.condition),
            "price": 0,
            "side": "",
            **NOWHERE,
            "token_id": self.tokens[outcome] if outcome is not None else "",
            "outcome_index": outcome if outcome is not None else 999,
            "outcome": ("Yes", "No")[outcome] if outcome is not None and named else "",
            "title": self.question,
            "slug": self.row["slug"],
            "event_slug": self.event["slug"],
        }

    def position(self, wallet: str, outcome: int, size: float, average: float | None) -> Row:
        """An open position as the API shows it; without an average it was never bought."""
        return {
            "proxy_wallet": wallet,
            "token_id": self.tokens[outcome],
            "condition_id": self.condition,
            "current_size": size,
            "avg_price": average or 0,
            "current_price": 0.5,
            "current_value": size / 2,
            "total_size": size if average else 0,
            "realized_pnl": 0,
            "unrealized_pnl": 0,
            "status": "OPEN",
            "redeemable": False,
            "mergeable": False,
            "negative_risk": False,
            "title": self.question,
            "slug": self.row["slug"],
            "event_id": "1",
            "event_slug": "e",
            "outcome": ("Yes", "No")[outcome],
            "outcome_index": outcome,
            "opposite_outcome": ("No", "Yes")[outcome],
            "opposite_token_id": self.tokens[1 - outcome],
            "end_date": "2026-12-01",
            "last_event_at": 1_770_000_010,
            "first_entry_at": 1_770_000_000,
        }

    def resolved(self, winner: int, at: int = 1_775_000_000) -> Row:
        """Its resolution; the market is closed from now on."""
        self.row["closed"] = True
        return {
            "question_id": digest("question", self.question),
            "condition_id": self.condition,
            "status": "resolved",
            "payouts": [1_000_000 * (winner == n) for n in (0, 1)],
            "resolved_at": at,
            "last_update_timestamp": at,
            "reporter": "UMA_OO",
            "market_type": "x",
            "resolution_source": "reported",
        }


def conversion(wallet: str, group: str, size: float, ts: int) -> Row:
    """A CONVERSION as the venue writes it: it names its negative-risk group, and no leg."""
    return {
        "proxy_wallet": wallet,
        "timestamp": ts,
        "condition_id": group,
        "type": "CONVERSION",
        "size": size,
        "usdc_size": size,
        "transaction_hash": digest(wallet, ts, group, size),
        "price": 0,
        "side": "",
        **NOWHERE,
        "token_id": "",
        "outcome_index": 999,
    }


def address(name: str) -> str:
    """A made-up wallet."""
    return digest("wallet", name, digits=40)
