"""Smart markets: one aggregation from Postgres to written rows, and page reads of the ranking against a plain SELECT.

.venv/bin/python -m benchmarks.smart                        1,000,000 positions, 20,000 markets, 10,000 traders
.venv/bin/python -m benchmarks.smart 50000 1000 500         positions, markets, traders
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.servers import fresh_store
from smartmoney.jobs.smart import calculate_smart_markets
from smartmoney.settings import load
from smartmoney.store import reads
from smartmoney.store.db import Store
from smartmoney.store.markets import smart

PAGE = 50
READS = 300
# What a page shows of each row, without its event, its total count, or the order of a negative-risk event.
PLAIN = """
select market.id, market.question, market.slug, market.category, market.status, market.price, market.liquidity,
       market.volume_24h, market.end_date, market.neg_risk, market.group_item_title, smart.*
from market_smart_current as smart join market on market.id = smart.market_id
order by smart.smart_score desc nulls last, smart.market_id limit 50"""
WORLD = """
insert into event (gamma_id, slug, title) select e::text, 'e' || e, 'Event ' || e from generate_series(1, %(markets)s / 5) e;
insert into market (condition_id, question, event_id, neg_risk, price, liquidity, volume, open_interest)
select '0x' || lpad(to_hex(m), 64, '0'), 'Will question ' || m || ' come true?', 1 + m %% (%(markets)s / 5), m %% 5 < 2,
       0.02 + 0.96 * ((m * 7919::bigint) %% 1000) / 1000.0, 1000 + (m * 104729::bigint) %% 500000, 5000 + (m * 1299709::bigint) %% 900000, 20000
from generate_series(1, %(markets)s) m;
insert into outcome (market_id, outcome_index, token_id, name)
select m, k, m::text || k, case k when 0 then 'Yes' else 'No' end from generate_series(1, %(markets)s) m, generate_series(0, 1) k;
insert into trader (address, name, tier, rarity_score, skill_prob)
select '0x' || lpad(to_hex(t), 40, '0'), 'wallet ' || t,
       case when t <= ceil(%(traders)s * 0.001) then 'S' when t <= ceil(%(traders)s * 0.01) then 'A'
            when t <= ceil(%(traders)s * 0.05) then 'B' when t <= ceil(%(traders)s * 0.2) then 'C' else 'E' end,
       99999 - t * 99999::bigint / %(traders)s, 0.99 - 0.9 * t / %(traders)s
from generate_series(1, %(traders)s) t;
insert into score_run (as_of, score_version, population, scored) values (now() - interval '30 days', '1', 1, 1);
insert into trader_score (trader_id, as_of, run_id, score_version, tier) select id, now() - interval '30 days', 1, '1', tier from trader;
insert into position (trader_id, outcome_id, market_id, status, shares_micro, avg_price, fetched_at)
select trader, outcome, 1 + (outcome - 1) / 2, 'OPEN', 1000000 * (100 + (i * 31::bigint) %% 9000)::bigint, 0.4, now()
from (select i, 1 + i %% %(traders)s as trader,
             1 + (i %% %(traders)s * 7919::bigint + i / %(traders)s * 14729) %% (2 * %(markets)s) as outcome
      from generate_series(0, %(positions)s - 1) i) as held
on conflict do nothing;
select ensure_trade_partitions(now() - interval '2 days', now());
insert into trade (ts, key, size_micro, price_pico, cash_micro, trader_id, outcome_id, market_id, side, occurrence, tx_hash)
select now() - make_interval(secs => (i * 7) %% 86000), i, 500000000, 400000000000, 200000000, 1 + i %% %(traders)s,
       1 + (i * 7919::bigint) %% (2 * %(markets)s), 1 + ((i * 7919::bigint) %% (2 * %(markets)s)) / 2, 1, 1, ''
from generate_series(1, %(positions)s / 4) i;
"""


def main(positions: int = 1_000_000, markets: int = 20_000, traders: int = 10_000) -> None:
    """Make the world, aggregate it, read it, print the figures."""
    with fresh_store() as store:
        seconds = timed(lambda: make(store, positions, markets, traders))
        held = count(store, "position")
        print(
            f"{held:,} positions, {markets:,} markets, {traders:,} traders, {count(store, 'trade'):,} trades made in {seconds:.0f} s"
        )
        settings = load(smart_tiers=("S", "A", "B", "C"))
        fetched = timed(lambda: smart.SQL.arrow(store, "holdings"))
        first = timed(lambda: calculate_smart_markets(store=store, settings=settings))
        again = timed(lambda: calculate_smart_markets(store=store, settings=settings))
        rows = count(store, "market_smart_current")
        print(
            f"one aggregation: {again:.2f} s for {rows:,} markets with smart money (the first {first:.2f} s; goal 10 s)"
        )
        print(f"ratio to reading the holdings alone: {again / fetched:.1f} ({fetched:.2f} s)")
        read(store)


def make(store: Store, positions: int, markets: int, traders: int) -> None:
    """The world, by statements on whole sets."""
    with store.raw() as connection:
        for statement in filter(str.strip, WORLD.split(";\n")):
            connection.execute(
                statement, {"positions": positions, "markets": markets, "traders": traders}
            )
    with store.session() as connection:
        connection.execute("analyze")


def read(store: Store) -> None:
    """Page reads of the ranking, against a plain SELECT of the same rows."""
    with store.session() as connection:
        connection.execute(
            "vacuum (analyze) market_smart_current, market_smart_stats"
        )  # as autovacuum does within a minute
    plain = quantiles(lambda: store_rows(store))
    for name, wanted in (
        ("ranking", reads.SmartFilter(limit=PAGE)),
        ("ranking, one row per event", reads.SmartFilter(limit=PAGE, grouped=True)),
        ("ranking, filtered", reads.SmartFilter(limit=PAGE, leans=("YES",), min_count=3)),
    ):
        found = quantiles(lambda wanted=wanted: reads.smart_markets(store, wanted))
        print(
            f"{name}: p50 {found[0]:.1f} ms, p95 {found[1]:.1f} ms (goal 20), ratio to a plain SELECT {found[0] / plain[0]:.1f}"
        )
    print(f"plain SELECT of {PAGE} rows: p50 {plain[0]:.1f} ms, p95 {plain[1]:.1f} ms")


def store_rows(store: Store) -> list[Any]:
    """The same rows, by a plain SELECT on the same pool."""
    with store.raw() as connection:
        return connection.execute(PLAIN).fetchall()


def quantiles(work: Callable[[], object]) -> tuple[float, float]:
    """Median and 95th percentile of many calls, milliseconds; a few before are not counted."""
    for _ in range(10):
        work()
    taken = [1_000 * timed(work) for _ in range(READS)]
    return float(np.quantile(taken, 0.5)), float(np.quantile(taken, 0.95))


def timed(work: Callable[[], object]) -> float:
    """Seconds the call took."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def count(store: Store, table: str) -> int:
    """Rows of a table."""
    with store.raw() as connection:
        row = connection.execute(f"select count(*) from {table}").fetchone()  # noqa: S608
    return int(row[0]) if row else 0


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
