"""The ledger on 10M trades: the kernel against vectorised pandas, the whole per-trader part, and an increment.

    python -m benchmarks.bench_ledger [rows] [pandas rows]

Each measurement runs in a process of its own, so that its peak memory is its own. Everything runs on one core, and its
time is processor time, so that a busy machine changes little.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.pandas_scores import pandas_ledger, trades_frame
from smartmoney.ledger import Activity, Kind, Markets, replay, run
from smartmoney.ledger.layout import Book
from smartmoney.ledger.ordering import canonical_order
from smartmoney.ledger.passes import replay_rows
from smartmoney.ledger.replaying import _book, _ranges, _rows, _world
from smartmoney.ledger.state import LedgerState
from smartmoney.scoring.partitions import compute_partition, split_activity
from smartmoney.scoring.score import combine

EVENTS = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
PANDAS = int(sys.argv[2]) if len(sys.argv) > 2 else EVENTS
TRADERS, MARKETS, FAVOURITES = 10_000, 20_000, 60
START, DAYS = 1_760_000_000, 360


def markets() -> Markets:
    """Half of the markets in pairs; nine tenths resolved."""
    rng = np.random.default_rng(1)
    won = rng.random(MARKETS) < 0.5
    resolved_at = np.where(
        rng.random(MARKETS) < 0.9, START + rng.integers(DAYS // 2, DAYS, MARKETS) * 86_400, -1
    )
    payout = np.where(
        np.repeat(resolved_at < 0, 2), -1, np.column_stack([won, ~won]).ravel() * 1_000_000
    )
    return Markets.of(event=np.arange(MARKETS) // 2, payout_micro=payout, resolved_at=resolved_at)


def trades(rows: int, seed: int = 2, begin: int = START, days: int = DAYS // 2) -> Activity:
    """Trades sorted by trader and time; every trader has his favourite markets, three in five rows buy."""
    rng = np.random.default_rng(seed)
    trader = np.sort(rng.integers(0, TRADERS, rows).astype(np.int32))
    ts = begin + rng.integers(0, days * 86_400, rows)
    ts = ts[np.argsort((trader.astype(np.int64) << 35) | ts, kind="stable")]
    favourites = (
        np.random.default_rng(3).integers(0, MARKETS, (TRADERS, FAVOURITES)).astype(np.int32)
    )
    market = favourites[trader, rng.integers(0, FAVOURITES, rows)]
    buys = rng.random(rows) < 0.6
    size = rng.integers(1, 5_000, rows) * np.where(buys, 1_000_000, 300_000)
    cash = size * rng.integers(5, 95, rows) // 100
    outcome = 2 * market + rng.integers(0, 2, rows).astype(np.int32)
    kind = np.where(buys, Kind.BUY, Kind.SELL).astype(np.int8)
    return Activity.of(
        trader=trader,
        ts=ts,
        kind=kind,
        market=market,
        outcome=outcome,
        size_micro=size,
        cash_micro=cash,
    )


def kernel_alone() -> str:
    """The compiled pass only, on rows already in order."""
    activity, known = trades(EVENTS), markets()
    rows, world = _rows(activity, canonical_order(activity, known)), _world(known)
    starts = np.flatnonzero(np.diff(activity.trader, prepend=-1))
    traders, bounds = activity.trader[starts], np.append(starts, len(activity)).astype(np.int64)
    empty = LedgerState.empty()
    ranges = _ranges(empty.positions, traders)

    def once() -> float:
        book: Book = _book(empty, traders, EVENTS, EVENTS, 2 * MARKETS)
        used = np.zeros((len(traders), 2), np.int64)
        begin = time.process_time()
        replay_rows(
            rows, world, book, bounds, empty.positions.key, empty.positions.records, ranges, used
        )
        return EVENTS / (time.process_time() - begin)

    once()
    return f"{np.median([once() for _ in range(3)]):.0f}"


def whole_ledger() -> str:
    """From unsorted columns in memory to the closed book."""
    activity, known = trades(EVENTS), markets()
    run(activity.take(slice(0, 1_000)), known)
    begin = time.process_time()
    run(activity, known)
    return f"{EVENTS / (time.process_time() - begin):.0f}"


def whole_score() -> str:
    """Ledger, metrics, score and tiers, in 20 groups of traders one after the other."""
    activity, known = trades(EVENTS), markets()
    compute_partition(activity.take(slice(0, 1_000)), known)
    wallets = pd.DataFrame(
        {"trader": np.arange(TRADERS), "address": [f"0x{t:040x}" for t in range(TRADERS)]}
    )
    begin = time.process_time()
    parts = [
        compute_partition(group, known, keep_book=False).measures
        for group in split_activity(activity, 20)
    ]
    combine(parts, wallets)
    return f"{EVENTS / (time.process_time() - begin):.0f}"


def increment() -> str:
    """10,000 new trades of 1,000 traders on top of a kept state, at a tenth of the history and at all of it: seconds each.

    What grows with the history is what a trader holds: his positions and days, not his trades.
    """
    known = markets()
    new = trades(100_000, seed=9, begin=START + DAYS // 2 * 86_400, days=5)
    new = new.take(new.trader < TRADERS // 10)
    seconds = []
    for rows in (EVENTS // 10, EVENTS):
        state = replay(trades(rows), known).of_traders(np.unique(new.trader))
        replay(new, known, state=state)
        begin = time.process_time()
        run(new, known, state=state)
        seconds.append(time.process_time() - begin)
    return f"{seconds[0]:.3f} {seconds[1]:.3f}"


def vectorised_pandas() -> str:
    """The same ledger without a loop over rows, in floating point."""
    activity, known = trades(PANDAS), markets()
    frame = trades_frame(activity)
    begin = time.process_time()
    pandas_ledger(frame, known, np.full(2 * MARKETS, 500_000))
    return f"{PANDAS / (time.process_time() - begin):.0f}"


def apart(work: Callable[[], str]) -> tuple[list[float], float]:
    """Run in a fresh process: (the numbers it gave, its peak memory in MB)."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        text, peak = pool.apply(_measured, (work.__name__,))
    return [float(number) for number in text.split()], peak


def _measured(name: str) -> tuple[str, float]:
    work: Any = globals()[name]
    return work(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024


def main() -> None:
    """Print every measurement with its ratio to vectorised pandas."""
    (yardstick,), peak = apart(vectorised_pandas)
    print(
        f"{'vectorised pandas, the same ledger in floating point':58} {yardstick:12,.0f} events/s {peak:7,.0f} MB"
    )
    for work, words in (
        (kernel_alone, "kernel alone"),
        (whole_ledger, "whole ledger: order, replay, settle, add up"),
        (whole_score, "ledger, metrics, score, tiers in 20 groups"),
    ):
        (rate,), peak = apart(work)
        print(
            f"{words:58} {rate:12,.0f} events/s {peak:7,.0f} MB  {rate / yardstick:5.1f} x pandas",
            flush=True,
        )
    (short, long), peak = apart(increment)
    print(
        f"increment of 10,000 trades: {short:.3f} s after {EVENTS // 10:,}, {long:.3f} s after {EVENTS:,} events "
        f"({long / short:.2f} x) {peak:,.0f} MB"
    )


if __name__ == "__main__":
    main()
