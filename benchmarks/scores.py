"""From Postgres to written scores: a full recompute, increments after it, Dask workers, and what they are measured against.

    python -m benchmarks.scores [trades] [traders] [markets] [measurements]

Measurements: any of full, increment, pandas, dask; all by default. The trades are put straight into the tables, in time
order; every measurement runs in a process of its own, so that its peak memory is its own. Yardsticks of the same run:
fetching the columns by ADBC and nothing else, and the same numbers in vectorised pandas (both on one core, in processor
time, from rows in memory).
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pandas as pd
import psutil
import pyarrow as pa

from benchmarks import bench_ledger as world
from benchmarks.pandas_scores import pandas_measures, trades_frame
from benchmarks.servers import fresh_store
from smartmoney.books.catalog import load_catalog
from smartmoney.books.history import load_activity
from smartmoney.jobs.engines import local_cluster, on_worker
from smartmoney.ledger import Activity, Kind, Markets
from smartmoney.ledger.columns import IntArray
from smartmoney.metrics import Measures
from smartmoney.scoring.partitions import compute_partition, split_activity
from smartmoney.scoring.score import combine
from smartmoney.settings import load
from smartmoney.store.arrow import BATCH_BYTES
from smartmoney.store.bulk import Bulk, writing
from smartmoney.store.db import Store
from smartmoney.store.scores import ledger_rows
from smartmoney.store.wallets.fills import arrow_fills, copy_fills

TRADES = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
TRADERS = int(sys.argv[2]) if len(sys.argv) > 2 else world.TRADERS
MARKETS = int(sys.argv[3]) if len(sys.argv) > 3 else world.MARKETS
WANTED = sys.argv[4:] or ["full", "increment", "pandas", "dask"]
INCREMENT, ACTIVE, WINDOWS, TURNS = 10_000, 1_000, 12, 5
DAY = 86_400
INDEXES = ("trade_key", "trade_trader", "trade_market")


def catalogue(store: Store) -> None:
    """Traders, events, markets and outcomes, numbered from one."""
    known = world.markets()
    market = np.arange(1, MARKETS + 1, dtype=np.int32)
    paid = known.payout_micro.astype(np.int32)
    status = np.where(known.resolved_at >= 0, "RESOLVED", "OPEN")
    trader = np.arange(1, TRADERS + 1, dtype=np.int32)
    event = np.arange(1, int(known.event.max()) + 2, dtype=np.int32)
    with writing(store) as bulk:
        bulk.append("trader", pa.table({"id": trader, "address": [f"0x{n:040x}" for n in trader]}))
        bulk.append(
            "event",
            pa.table(
                {
                    "id": event,
                    "gamma_id": [str(n) for n in event],
                    "slug": [f"e{n}" for n in event],
                    "title": [f"Event {n}" for n in event],
                }
            ),
        )
        bulk.append(
            "market",
            pa.table(
                {
                    "id": market,
                    "condition_id": [f"0x{n:064x}" for n in market],
                    "event_id": known.event + np.int32(1),
                    "status": status,
                    "category": [("politics", "sports", "crypto")[n % 3] for n in market],
                    "resolved_at": pa.array(
                        known.resolved_at * 10**6, mask=known.resolved_at < 0
                    ).cast(pa.timestamp("us", "UTC")),
                }
            ),
        )
        outcome = np.arange(1, 2 * MARKETS + 1, dtype=np.int32)
        bulk.append(
            "outcome",
            pa.table(
                {
                    "id": outcome,
                    "market_id": (outcome + 1) // 2,
                    "outcome_index": ((outcome + 1) % 2).astype(np.int16),
                    "token_id": [str(n) for n in outcome],
                    "payout_micro": pa.array(paid, mask=paid < 0),
                }
            ),
        )


def rows(activity: Activity, seed: int) -> dict[str, np.ndarray]:
    """Columns of table trade, in time order."""
    activity = activity.take(np.argsort(activity.ts, kind="stable"))
    n, rng = len(activity), np.random.default_rng(seed)
    return {
        "ts": activity.ts,
        "key": rng.integers(-(2**63), 2**63 - 1, n),
        "size_micro": activity.size_micro,
        "price_pico": activity.cash_micro * 10**6 // activity.size_micro * 10**6,
        "cash_micro": activity.cash_micro,
        "trader_id": activity.trader + 1,
        "outcome_id": activity.outcome + 1,
        "market_id": activity.market + 1,
        "side": np.where(activity.kind == Kind.BUY, 1, -1),
        "occurrence": np.ones(n, "i2"),
        "flags": np.ones(n, "i2"),
        "tx_hash": np.frombuffer(rng.bytes(32 * n), "V32"),
    }


def fill(url: str) -> str:
    """The whole history, without indexes first; nothing of it is news."""
    store = Store(url, "sm_owner")
    catalogue(store)
    span = world.DAYS // 2 * DAY // WINDOWS
    with store.raw() as connection:
        made = {
            name: connection.execute("select pg_get_indexdef(%s::regclass)", [name]).fetchone()
            for name in INDEXES
        }
        connection.execute(
            "select ensure_trade_partitions(to_timestamp(%s), to_timestamp(%s))",
            [world.START, world.START + world.DAYS * DAY],
        )
        connection.execute(f"drop index {', '.join(INDEXES)}")
        for part in range(WINDOWS):
            begin = world.START + part * span
            batch = rows(world.trades(TRADES // WINDOWS, 100 + part, begin, span // DAY), part)
            Bulk(connection).append("trade", arrow_fills(batch))
        for definition in made.values():
            connection.execute(definition[0])  # type: ignore[index]
    with store.session() as connection:
        connection.execute("vacuum analyze")
    return "0"


def fetch_only(url: str) -> str:
    """The columns of all trades by ADBC, batch by batch, thrown away."""
    import adbc_driver_postgresql.dbapi

    begin = time.perf_counter()
    with adbc_driver_postgresql.dbapi.connect(url) as connection, connection.cursor() as cursor:
        cursor.adbc_statement.set_options(
            **{"adbc.postgresql.batch_size_hint_bytes": str(BATCH_BYTES)}
        )
        cursor.execute(ledger_rows.SQL.text("fills", {"everybody": True}))
        count = sum(len(batch) for batch in cursor.fetch_record_batch())
    assert count >= TRADES // WINDOWS * WINDOWS
    return f"{time.perf_counter() - begin:.2f}"


def score(url: str, **options: Any) -> float:
    """Seconds of one run of the job."""
    from smartmoney.jobs.scores import calculate_rarity_scores

    begin = time.perf_counter()
    calculate_rarity_scores(store=Store(url), settings=load(**options), backfill_weeks=0)
    return time.perf_counter() - begin


def full(url: str) -> str:
    """The first run of the job on this database: everything is read, computed and written."""
    return f"{score(url):.2f}"


def increment(url: str) -> str:
    """10,000 new trades of a tenth of the wallets, and then of anybody: seconds of the whole job, and processor seconds."""
    store, found = Store(url), []
    begin = world.START + world.DAYS // 2 * DAY
    score(url)  # the first run of a process loads compiled code
    for turn, wallets in enumerate((ACTIVE, ACTIVE, ACTIVE, TRADERS)):
        activity = world.trades(INCREMENT * TRADERS // wallets, 900 + turn, begin + turn * DAY, 1)
        with store.raw() as connection:
            copy_fills(connection, rows(activity.take(activity.trader < wallets), turn))
        before = processor(url)
        found.append((score(url), processor(url) - before))
    (active, work), (anybody, more) = np.median(found[:-1], axis=0), found[-1]
    return f"{active:.2f} {work:.2f} {anybody:.2f} {more:.2f}"


def workers(url: str) -> str:
    """The per-trader part on rows in memory, medians of turns: seconds of one process and of two Dask workers; how many times
    faster those are, and two processes that know nothing of each other: more than that the machine does not give."""
    activity, known = _everything(url)
    groups = split_activity(activity, 20)
    alone, beside = np.transpose(
        [[plain(groups, known, count) for count in (1, 2)] for _ in range(TURNS)]
    )
    with local_cluster(2) as client:
        names = list(client.scheduler_info()["workers"])
        held = [
            client.scatter(group, workers=[names[i % 2]], hash=False)
            for i, group in enumerate(groups)
        ]
        everywhere = client.scatter(known, broadcast=True, hash=False)
        in_cluster(client, held, everywhere)  # loads compiled code
        two = [in_cluster(client, held, everywhere) for _ in range(TURNS)]
    one = np.median(alone)
    return (
        f"{one:.3f} {np.median(two):.3f} {one / np.median(two):.2f} {one / np.median(beside):.2f}"
    )


def in_cluster(client: Any, held: list[Any], known: Any) -> float:
    """Seconds until workers that hold the rows have measured all groups."""
    begin = time.perf_counter()
    client.gather([client.submit(on_worker, measured, group, known, pure=False) for group in held])
    return time.perf_counter() - begin


def plain(groups: list[Activity], known: Markets, count: int) -> float:
    """Seconds until forked processes that share the groups out have measured them; nothing is sent back."""
    context = multiprocessing.get_context("fork")
    begin = time.perf_counter()
    processes = [
        context.Process(target=_measure_all, args=(groups[k::count], known)) for k in range(count)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return time.perf_counter() - begin


def _measure_all(groups: list[Activity], known: Markets) -> None:
    for group in groups:
        measured(group, known)


def measured(activity: Activity, known: Markets, marks: IntArray | None = None) -> Measures:
    """What a worker does with a group of traders."""
    return compute_partition(activity, known, marks_micro=marks, keep_book=False).measures


def in_memory(url: str) -> str:
    """The per-trader part and the global step alone, on rows in memory: what pandas is compared with."""
    activity, known = _everything(url)
    activity = activity.take(np.argsort(activity.ts, kind="stable"))
    for rows in (activity.take(slice(0, 1_000)), activity):  # the first loads compiled code
        begin = time.process_time()
        combine(
            [measured(group, known, _marks(known)) for group in split_activity(rows, 20)],
            _wallets(),
        )
    return f"{time.process_time() - begin:.2f}"


def pandas_alone(url: str) -> str:
    """The same numbers in vectorised pandas, on rows in memory: seconds, numbers, and how many of them are not ours."""
    activity, known = _everything(url)
    frame = trades_frame(activity)
    begin = time.process_time()
    theirs = pandas_measures(frame, known, _marks(known))
    combine([theirs], _wallets())
    seconds, ours = time.process_time() - begin, measured(activity, known, _marks(known))
    other = sum(
        int((~_close(name, column, getattr(theirs, name))).sum())
        for name, column in ours.arrays().items()
    )
    return f"{seconds:.2f} {len(ours) * len(ours.arrays())} {other}"


def _close(name: str, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Equal but for the errors of floating point: 50 micro-dollars, or a millionth."""
    least = 50 if name.endswith("_micro") else 1e-9
    return np.isclose(a.astype(np.float64), b.astype(np.float64), 1e-6, least, equal_nan=True)


def _wallets() -> pd.DataFrame:
    return pd.DataFrame(
        {"trader": np.arange(1, TRADERS + 1), "address": [f"0x{t:040x}" for t in range(TRADERS)]}
    )


def _marks(known: Markets) -> IntArray:
    return np.full(len(known.outcome_market), 500_000)


def _everything(url: str) -> tuple[Activity, Markets]:
    store = Store(url)
    catalog = load_catalog(store)
    return load_activity(store, catalog), catalog.markets


def apart(work: Callable[[str], str], url: str) -> tuple[list[float], float, float]:
    """Run in a fresh process: (the numbers it gave, its peak memory in MB, processor seconds of it and the database)."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        text, peak, work_done = pool.submit(_measured, work.__name__, url).result()
    return [float(number) for number in text.split()], peak, work_done


def _measured(name: str, url: str) -> tuple[str, float, float]:
    work: Any = globals()[name]
    before = processor(url)
    text = work(url)
    return text, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024, processor(url) - before


def processor(url: str) -> float:
    """Processor seconds so far of this process and of the database server, connections that ended included."""
    folder = parse_qs(urlsplit(url).query)["host"][0]  # the socket is in the data folder
    server = psutil.Process(int(Path(folder, "postmaster.pid").read_text().split()[0]))
    ended = server.cpu_times()
    return (
        time.process_time()
        + ended.children_user
        + ended.children_system
        + sum(map(_used, server.children()))
    )


def _used(process: psutil.Process) -> float:
    try:
        return sum(process.cpu_times()[:2])
    except psutil.NoSuchProcess:  # its seconds are in the server's own count from now on
        return 0.0


def told(words: str, seconds: float, peak: float, more: str = "") -> None:
    """One line of the table."""
    print(f"{words:58} {seconds:8.2f} s {peak:7,.0f} MB  {more}", flush=True)


def main() -> None:
    """Print every measurement with its ratio to the yardstick."""
    with fresh_store() as store:
        url = store.url
        apart(fill, url)
        apart(fetch_only, url)
        (fetch,), peak, work = apart(fetch_only, url)
        told(
            f"fetching the columns of {TRADES:,} trades by ADBC",
            fetch,
            peak,
            f"processor {work:.1f} s",
        )
        (seconds,), peak, more = apart(full, url)
        told(
            "full recompute, from Postgres to written scores",
            seconds,
            peak,
            f"processor {more:.1f} s  {seconds / fetch:.2f} x fetching ({more / work:.2f} by processor)",
        )
        if "pandas" in WANTED:
            (ours,), peak, _ = apart(in_memory, url)
            told("ledger, metrics, score and tiers, rows in memory", ours, peak)
            (theirs, numbers, other), peak, _ = apart(pandas_alone, url)
            told(
                "the same numbers in vectorised pandas, rows in memory",
                theirs,
                peak,
                f"{theirs / ours:.2f} x ours; {other:,.0f} of {numbers:,.0f} numbers differ",
            )
        if "dask" in WANTED:
            (one, two, faster, possible), peak, _ = apart(workers, url)
            told("per-trader part, one process", one, peak)
            told(
                "per-trader part, two Dask workers",
                two,
                peak,
                f"{faster:.2f} x one; two processes without Dask: {possible:.2f} x",
            )
        if "increment" in WANTED:
            (active, work, anybody, more), peak, _ = apart(increment, url)
            told(
                "10,000 new trades of 1,000 wallets, the whole job",
                active,
                peak,
                f"processor {work:.1f} s",
            )
            told(
                "10,000 new trades of anybody, the whole job",
                anybody,
                peak,
                f"processor {more:.1f} s",
            )


if __name__ == "__main__":
    main()
