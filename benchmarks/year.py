"""A year of schedules in compressed time: how fast the database grows besides trades, per table.

`python -m benchmarks.year [--wallets 1000] [--markets 25000] [--days 365] [--runs 4]`. What the jobs write is written through the functions they
write with, at the moments of their schedules, and what maintenance prunes is pruned at the end of each day. `--runs` is how many
runs of a day are really made of those jobs whose rows depend on what changed (48 scorings, 144 looks at prices a day): more of them add
rows that are thinned two days later. Growth is measured once in the first month and once at the end, scaled to 10,000 wallets and
250,000 markets, and held against 100 and 30 MB a day.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
from psycopg.types.json import Jsonb

from benchmarks.servers import fresh_store
from smartmoney.store.db import Store
from smartmoney.store.markets import prices, smart
from smartmoney.store.scores import history
from smartmoney.store.server import growing, growth, retention

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
KEPT: dict[growing.Kept, int] = {"runs": 90, "snapshots": 365, "alerts": 365}
FIRST_BAR, LAST_BAR = 100.0, 30.0
WALLETS, MARKETS = 10_000, 250_000
BOARD_PLACES = 17_600  # 11 categories, 4 periods, 2 orders, 200 deep
JOB_RUNS_A_DAY = (
    2_500  # all jobs at their default schedules, alerts once after each that feeds them
)
HELD, SMART_HELD, MOVED = 0.06, 0.02, 0.25
"""Of the markets: somebody is in, smart money is in; of those somebody is in, so many have another price at a look."""
CHANGED = 3.0
"""Positions of a wallet that change a day."""
SEED = """
insert into trader (address, tier) select '0x' || lpad(to_hex(n), 40, '0'), 'C' from generate_series(1, %(wallets)s) n;
insert into market (condition_id) select '0x' || lpad(to_hex(n), 64, '0') from generate_series(1, %(markets)s) n;
insert into outcome (market_id, token_id, outcome_index) select id, id::text, 0 from market"""


class Year:
    """One installation, and its clock."""

    def __init__(self, store: Store, wallets: int, markets: int, runs: int) -> None:
        self.store, self.wallets, self.markets, self.runs = store, wallets, markets, runs
        self.random = np.random.default_rng(7)
        self.held = max(int(markets * HELD), 1)
        self.price = self.random.integers(1, 99, self.held) / 100
        self.pnl = self.random.normal(0, 5_000, wallets).round(2)
        self.looked: dict[int, prices.Look] = {}
        with store.raw() as connection:
            for statement in SEED.split(";\n"):
                connection.execute(statement, {"wallets": wallets, "markets": markets})

    def day(self, number: int) -> None:
        """All that one day writes."""
        start = BEGIN + timedelta(days=number)
        for run in range(self.runs):
            at = start + timedelta(days=1) * (run + 0.5) / self.runs
            self._scores(at, run)
            self._prices(at)
        for hour in range(24):
            self._smart(start + timedelta(hours=hour))
        self._snapshots(start)
        self._boards(start)
        self._job_runs(start)
        retention.prune(self.store, KEPT, start + timedelta(days=1))
        retention.vacuum(self.store)

    def _scores(self, at: datetime, run: int) -> None:
        """Marks move every PnL; one wallet in two hundred gets another tier in a day."""
        moved = self.random.random(self.wallets) < 0.005 / self.runs
        self.pnl = self.pnl + self.random.normal(0, 50, self.wallets).round(2)
        frame = pd.DataFrame({name: [None] * self.wallets for name in history.CURRENT})
        frame["trader_id"] = np.arange(1, self.wallets + 1)
        frame["tier"] = np.where(moved, "B", "C")
        frame["total_pnl"] = frame["unrealized_pnl"] = self.pnl
        for name in (
            "rarity_score",
            "rarity_classic",
            "decided_events",
            "trade_count",
            "event_count",
        ):
            frame[name] = self.random.integers(0, 9_999, self.wallets)
        for name in (
            "win_rate",
            "profit_factor",
            "max_drawdown",
            "skill_prob",
            "skill_edge",
            "skill_lo",
            "skill_hi",
            "q_value",
        ):
            frame[name] = self.random.random(self.wallets)
        frame["flags"], frame["reasons"] = (
            [[]] * self.wallets,
            [["a reason in a sentence of some words"]] * self.wallets,
        )
        frame["coverage"] = "complete"
        shared = history.ScoreRun(at, "2", self.wallets, self.wallets, 0.0, 0.1, {})
        with self.store.raw() as connection:
            history.save_scores(connection, frame, shared)

    def _prices(self, at: datetime) -> None:
        """A look at every market somebody is in; what moved is a row."""
        moved = self.random.random(self.held) < MOVED
        self.price = np.where(moved, self.random.integers(1, 99, self.held) / 100, self.price)
        looks = [(n + 1, Decimal(str(round(float(self.price[n]), 2)))) for n in range(self.held)]
        with self.store.raw() as connection:
            prices.note_looks(connection, looks, self.looked, at)
        for market, price in looks:
            before = self.looked.get(market)
            same = before is not None and before.price == price
            since = before.at if same and before is not None else at
            self.looked[market] = prices.Look(since, price, True, at, True)

    def _smart(self, at: datetime) -> None:
        count = max(int(self.markets * SMART_HELD), 1)
        rows = pd.DataFrame(
            {"market_id": np.arange(1, count + 1), "smart_count": 3, "lean_label": "YES"}
        )
        for name in (
            "smart_weighted",
            "smart_weighted_yes",
            "smart_weighted_no",
            "smart_share",
            "coverage",
            "smart_lean",
            "lean_lo",
            "lean_hi",
            "smart_score",
            "smart_score_classic",
            "smart_divergence",
        ):
            rows[name] = self.random.random(count)
        rows["price"], rows["liquidity"] = Decimal("0.5"), Decimal("1000")
        rows["top_smart_traders"] = [
            Jsonb([{"trader_id": n, "tier": "A", "shares": 1234.5} for n in range(3)]).obj
        ] * count
        with self.store.raw() as connection:
            smart.save_stats(connection, rows, at, "2")

    def _snapshots(self, start: datetime) -> None:
        count = int(self.wallets * CHANGED)
        places = self.random.integers(1, self.markets + 1, count)
        rows = [
            (start + timedelta(seconds=int(n)), int(n % self.wallets) + 1, int(place))
            for n, place in enumerate(places)
        ]
        ts, wallets, markets = ([row[part] for row in rows] for part in range(3))
        with self.store.raw() as connection:
            connection.execute(
                "insert into position_snapshot select t, w, m, m, 1000000, 0.5, 1 from unnest(%s::timestamptz[], %s::int[], %s::int[]) "
                "as x(t, w, m) on conflict do nothing",
                [ts, wallets, markets],
            )

    def _boards(self, start: datetime) -> None:
        places = int(BOARD_PLACES * self.wallets / WALLETS)
        with self.store.raw() as connection:
            connection.execute(
                "insert into leaderboard_entry select %s, 'board/' || n %% 88, 1 + n %% %s, n, 1234.56, 7890.12 "
                "from generate_series(1, %s) n on conflict do nothing",
                [start, self.wallets, places],
            )

    def _job_runs(self, start: datetime) -> None:
        with self.store.raw() as connection:
            connection.execute(
                "insert into ingestion_run (job, started_at, ended_at, status, asked, came, changed) "
                "select 'job_' || n %% 9, %s + n * interval '30 s', %s + n * interval '31 s', "
                "case when n %% 3 = 0 then 'nothing to do' else 'done' end, '{\"limit\": 1000, \"max_seconds\": 240.0}', "
                '\'{"traders": 120, "api requests": 300}\', \'{"fills new": 10}\' from generate_series(1, %s) n',
                [start, start, JOB_RUNS_A_DAY],
            )


def sizes(store: Store) -> dict[str, int]:
    """Bytes by table."""
    return {row["table_name"]: row["bytes"] for row in growth.tables(store, BEGIN)}


def measured(year: Year, days: int) -> Iterator[tuple[int, dict[str, int]]]:
    """Sizes at the beginning, after a month, 30 days before the end and at the end."""
    marks = sorted({0, min(30, days), max(days - 30, 0), days})
    for number in range(days + 1):
        if number in marks:
            yield number, sizes(year.store)
        if number < days:
            year.day(number)


def main() -> int:
    """Live through a year; 1 where it grows too fast."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in (("wallets", 1_000), ("markets", 25_000), ("days", 365), ("runs", 4)):
        parser.add_argument(f"--{name}", type=int, default=value)
    asked = parser.parse_args()
    wallets = WALLETS / asked.wallets
    scale = dict.fromkeys(("market_price", "market_smart_stats"), MARKETS / asked.markets)
    scale |= dict.fromkeys(("ingestion_run", "upkeep", "score_run"), 1.0)
    with fresh_store() as store:
        looks = dict(measured(Year(store, asked.wallets, asked.markets, asked.runs), asked.days))
    month, before = min(30, asked.days), max(asked.days - 30, 0)
    print(
        f"{asked.wallets:,} wallets, {asked.markets:,} markets, {asked.days} days, {asked.runs} runs a day; scaled to {WALLETS:,} and {MARKETS:,}"
    )
    print(
        f"{'table':22} {'at the end, MB':>15} {'first month, MB/day':>20} {'last 30 days, MB/day':>21}"
    )
    totals = [0.0, 0.0, 0.0]
    for table in sorted(looks[asked.days], key=lambda name: -looks[asked.days][name]):
        unit = scale.get(table, wallets)
        at = {day: looks[day].get(table, 0) * unit / 1e6 for day in looks}
        end = asked.days
        if looks[end][table] == looks[0][table]:
            continue
        figures = [
            at[end],
            (at[month] - at[0]) / max(month, 1),
            (at[end] - at[before]) / max(end - before, 1),
        ]
        totals = [total + each for total, each in zip(totals, figures, strict=True)]
        if figures[0] >= 0.5:
            print(f"{table:22} {figures[0]:15,.1f} {figures[1]:20,.2f} {figures[2]:21,.2f}")
    print(f"{'all':22} {totals[0]:15,.1f} {totals[1]:20,.2f} {totals[2]:21,.2f}")
    print(
        f"growth against its bar: first month {totals[1] / FIRST_BAR:.2f}, after a year {totals[2] / LAST_BAR:.2f} (bar 1)"
    )
    return 0 if totals[1] <= FIRST_BAR and totals[2] <= LAST_BAR else 1


if __name__ == "__main__":
    sys.exit(main())
