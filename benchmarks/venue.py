"""sync_markets at the venue's true size: what somebody is in comes within one run, the whole list within three hours.

`python -m benchmarks.venue [--open 250000] [--listed 2000000] [--held 5000] [--closing 500]`. The venue is served from another process at
the speed of `benchmarks.big_venue`, the client keeps half of the published limits, as it does live.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import time
import urllib.request
from dataclasses import dataclass

from benchmarks.big_venue import condition, serve, token
from benchmarks.servers import fresh_store
from smartmoney.ingest import sync_markets
from smartmoney.polymarket.client import Client
from smartmoney.settings import Settings, load
from smartmoney.store.db import Store
from smartmoney.store.streams.budget import PostgresBudget

SCHEDULE_S, MAX_SECONDS = 600.0, 300.0
TURN_BAR_S = 3 * 3_600
MEMORY_BAR = 1.25
SEED = """
insert into trader (address) values ('0x' || repeat('1', 40));
insert into market (condition_id) select * from unnest(%(conditions)s::text[]);
insert into outcome (market_id, token_id, outcome_index)
select m.id, x.token, 0 from unnest(%(conditions)s::text[], %(tokens)s::text[]) as x(condition, token)
join market m on m.condition_id = x.condition;
insert into position (trader_id, outcome_id, market_id, status, shares_micro, fetched_at)
select 1, o.id, o.market_id, 'OPEN', 1000000, now() from outcome o"""


@dataclass
class Bars:
    """What was measured against a bar, and whether all were met."""

    met: bool = True

    def hold(self, words: str, value: float, bar: float, unit: str = "") -> None:
        """Print one line; over the bar is a failure."""
        good = value <= bar
        self.met = self.met and good
        print(
            f"  {'ok  ' if good else 'OVER'} {words}: {value:,.2f}{unit} (bar {bar:,.2f}{unit})",
            flush=True,
        )


def seed(store: Store, held: int) -> None:
    """Somebody is in the first `held` markets, which only trades named so far."""
    with store.raw() as connection:
        conditions, tokens = (
            [name(n) for n in range(held)] for name in (condition, lambda n: token(n, 0))
        )
        for statement in SEED.split(";\n"):
            connection.execute(statement, {"conditions": conditions, "tokens": tokens})


def count(store: Store, query: str) -> int:
    """One number."""
    with store.raw() as connection:
        row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def peak_mb() -> float:
    """Peak memory of this process, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(store: Store, settings: Settings) -> float:
    """One run of the job; seconds."""
    with Client(settings, PostgresBudget(store)) as client:
        began = time.perf_counter()
        outcome = sync_markets(store, client, settings, max_seconds=MAX_SECONDS)
        took = time.perf_counter() - began
    print(
        f"run: {took:.0f} s, {outcome.read['markets']:,} markets read, {client.counts['requests']:,} requests",
        flush=True,
    )
    for note in outcome.notes:
        print(f"     {note}", flush=True)
    return took


def measure(store: Store, settings: Settings, url: str, held: int, closing: int) -> bool:
    """All of it; True when every bar is met."""
    bars = Bars()
    seed(store, held)
    runs = [run(store, settings)]
    bars.hold(
        "held markets not complete after the first run",
        count(store, "select count(*) from market where priced_at is null and gamma_id is null"),
        0,
    )
    first_peak = peak_mb()
    while (
        count(
            store,
            "select count(*) from ingestion_state where key = 'open' and watermark is not null",
        )
        == 0
    ):
        runs.append(run(store, settings))
        if len(runs) * SCHEDULE_S > TURN_BAR_S:
            break
    bars.hold(
        "the open list turned, at a run every 10 min",
        (len(runs) - 1) * SCHEDULE_S + runs[-1],
        TURN_BAR_S,
        " s",
    )
    urllib.request.urlopen(f"{url}/close?to={closing}").close()
    began = count(store, "select extract(epoch from clock_timestamp())::bigint")
    runs.append(run(store, settings))
    bars.hold(
        "due resolutions left after one run",
        count(
            store,
            f"select count(*) from market where id <= {min(closing, held)} and status <> 'RESOLVED'",
        ),
        0,
    )
    stale = (
        f"select count(*) from market m where status = 'OPEN' and priced_at < to_timestamp({began}) "
        "and exists (select from position p where p.market_id = m.id)"
    )
    bars.hold("held prices left after one run", count(store, stale), 0)
    bars.hold("longest run against its schedule", max(runs) / SCHEDULE_S, 1.0)
    bars.hold("peak memory of all runs against the first", peak_mb() / first_peak, MEMORY_BAR)
    stored, size = (
        count(store, query)
        for query in (
            "select count(*) from market",
            "select pg_database_size(current_database())",
        )
    )
    print(f"{stored:,} markets stored, database {size / 1e6:,.0f} MB, peak {peak_mb():,.0f} MB")
    return bars.met


def main() -> int:
    """Serve, measure, and tell by the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, value in (
        ("open", 250_000),
        ("listed", 2_000_000),
        ("held", 5_000),
        ("closing", 500),
    ):
        parser.add_argument(f"--{name}", type=int, default=value)
    asked = parser.parse_args()
    found: multiprocessing.Queue[str] = multiprocessing.Queue()
    server = multiprocessing.Process(
        target=serve, args=(asked.open, asked.listed, found), daemon=True
    )
    server.start()
    url = found.get()
    try:
        with fresh_store() as store:
            settings = load(
                smartmoney_source="simulator",
                polymarket_data_url=f"{url}/data",
                polymarket_gamma_url=f"{url}/gamma",
                polymarket_clob_url=f"{url}/clob",
            )
            print(
                f"{asked.open:,} open of {asked.listed:,} listed markets, {asked.held:,} held, {asked.closing:,} of them close"
            )
            return 0 if measure(store, settings, url, asked.held, asked.closing) else 1
    finally:
        server.kill()


if __name__ == "__main__":
    sys.exit(main())
