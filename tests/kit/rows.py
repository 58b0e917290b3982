"""Rows of wallets, markets and fills as the jobs write them, and what a receiver of alerts was sent."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from smartmoney.store.db import Store

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


@dataclass
class Rows:
    """Writes rows as the sync and scoring jobs do, by the ids it hands out."""

    store: Store
    fills: int = 0

    def run(self, sql: str, *values: Any) -> Any:
        with self.store.raw() as connection:
            cursor = connection.execute(sql, list(values))
            return cursor.fetchone()[0] if cursor.description else None

    def trader(
        self, name: str = "ada", tier: str | None = "S", scored_at: datetime | None = None
    ) -> int:
        number = self.run("select count(*) from trader") + 1
        trader = self.run(
            "insert into trader (address, name, tier) values (%s, %s, %s) returning id",
            f"0x{number:040x}",
            name,
            tier,
        )
        if tier:
            self.score(trader, tier, scored_at or ago(days=30))
        return int(trader)

    def score(self, trader: int, tier: str, at: datetime, flags: tuple[str, ...] = ()) -> None:
        run = self.run(
            "insert into score_run (as_of, score_version, population, scored) values (%s, '1', 1, 1) "
            "returning id",
            at,
        )
        self.run(
            "insert into trader_score (trader_id, as_of, run_id, score_version, tier, flags) "
            "values (%s, %s, %s, '1', %s, %s)",
            trader,
            at,
            run,
            tier,
            list(flags),
        )

    def market(self, question: str = "Will it?", event: int | None = None) -> tuple[int, int, int]:
        """Id of the market and of its two outcomes."""
        number = self.run("select count(*) from market") + 1
        market = self.run(
            "insert into market (condition_id, question, event_id) values (%s, %s, %s) returning id",
            f"0x{number:064x}",
            question,
            event,
        )
        yes, no = (
            self.run(
                "insert into outcome (market_id, outcome_index, token_id, name) values (%s, %s, %s, %s) "
                "returning id",
                market,
                place,
                f"{number}{place}",
                name,
            )
            for place, name in enumerate(("Yes", "No"))
        )
        return int(market), int(yes), int(no)

    def event(self) -> int:
        number = self.run("select count(*) from event") + 1
        return int(
            self.run(
                "insert into event (gamma_id, slug, title) values (%s, 'e', 'E') returning id",
                str(number),
            )
        )

    def fill(
        self,
        trader: int,
        market: int,
        outcome: int,
        at: datetime,
        usd: float,
        price: float = 0.4,
        side: int = 1,
    ) -> None:
        """A fill worth `usd` at `price`."""
        self.fills += 1
        self.run("select ensure_trade_partitions(%s, %s)", at, at)
        self.run(
            "insert into trade (ts, key, size_micro, price_pico, cash_micro, trader_id, outcome_id, "
            "market_id, side, occurrence, tx_hash) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, 1, %s)",
            at,
            self.fills,
            round(usd / price * 1e6),
            round(price * 1e12),
            round(usd * 1e6),
            trader,
            outcome,
            market,
            side,
            self.fills.to_bytes(32, "big"),
        )

    def activity(self, trader: int, market: int, kind: str, at: datetime, shares: float) -> None:
        """A split, merge or redemption of so many shares of each outcome."""
        self.fills += 1
        self.run(
            "insert into activity (ts, key, kind, raw_kind, size_micro, cash_micro, trader_id, "
            "market_id, occurrence, tx_hash) values (%s, %s, %s, %s, %s, %s, %s, %s, 1, %s)",
            at,
            self.fills,
            kind,
            kind,
            round(shares * 1e6),
            round(shares * 1e6),
            trader,
            market,
            self.fills.to_bytes(32, "big"),
        )

    def smart(self, market: int, at: datetime, **values: Any) -> None:
        row = {
            "smart_count": 3,
            "smart_weighted": 1.0,
            "smart_weighted_yes": 1.0,
            "smart_weighted_no": 0.0,
            "lean_label": "YES",
            "smart_lean": 0.5,
            "smart_score": 1.0,
            "smart_score_classic": 1.0,
            "price": 0.4,
            **values,
        }
        self.run(
            f"insert into market_smart_stats (market_id, computed_at, score_version, {', '.join(row)}) "
            f"values (%s, %s, '1', {', '.join(['%s'] * len(row))})",
            market,
            at,
            *row.values(),
        )

    def price(self, market: int, at: datetime, price: float) -> None:
        self.run(
            "insert into market_price (market_id, ts, price, source, seen_until) values (%s, %s, %s, 'gamma', %s)",
            market,
            at,
            price,
            at,
        )

    def resolve(self, market: int, at: datetime, yes: int) -> None:
        self.run(
            "update market set status = 'RESOLVED', resolved_at = %s where id = %s", at, market
        )
        self.run(
            "update outcome set payout_micro = case outcome_index when 0 then %s else 1000000 - %s end "
            "where market_id = %s",
            yes,
            yes,
            market,
        )

    def ran(self, job: str, at: datetime, status: str = "done") -> None:
        self.run(
            "insert into ingestion_run (job, started_at, ended_at, status) values (%s, %s, %s, %s)",
            job,
            at,
            at,
            status,
        )

    def rule(
        self, kind: str, name: str = "a rule", made_at: datetime | None = None, **parameters: Any
    ) -> int:
        at = made_at or ago(days=30)
        return int(
            self.run(
                "insert into alert_rule (name, kind, parameters, created_at, updated_at) "
                "values (%s, %s, %s, %s, %s) returning id",
                name,
                kind,
                json.dumps(parameters),
                at,
                at,
            )
        )

    def told(self, column: str = "sentence") -> list[Any]:
        with self.store.raw() as connection:
            return [row[0] for row in connection.execute(f"select {column} from alert order by id")]


@dataclass
class Received:
    """What a receiver was sent, and how it is to answer next."""

    port: int = 0
    messages: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    location: str = ""
    hold: threading.Event | None = None
    arrived: threading.Event = field(default_factory=threading.Event)
