"""Hours of ordinary trouble: a world that goes on, ingestion every ten seconds through faults, people coming and going.

.venv/bin/python -m benchmarks.soak               two hours
.venv/bin/python -m benchmarks.soak 3             minutes

At the end it prints whether memory, descriptors, sessions and connections stayed flat after warming up, and whether
the store holds what a clean walk over the same world stores.
"""

from __future__ import annotations

import json
import os
import random
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psutil
from websockets.sync.client import connect

from benchmarks.servers import fresh_store
from polymarket_sim.faulty.misbehave import Misbehaviour
from polymarket_sim.generate import generate
from polymarket_sim.server import Simulator, running
from smartmoney.polymarket.clock import Clock
from smartmoney.store.db import Store
from smartmoney.store.streams.budget import PostgresBudget
from tests.kit.dashboards import Served, serve
from tests.kit.page_sockets import SPOKEN
from tests.kit.same import assert_same, picture
from tests.kit.syncing import sync

EVERY_S, SAMPLE_S, SESSIONS, STAY_S = 10.0, 2.0, 10, (10.0, 30.0)
FAULTS = (
    "500",
    "503",
    "429",
    "cut",
    "bad-gzip",
    "wrong-length",
    "short",
    "repeat",
    "slow",
    "new-field",
)
FAULT_RATE = 0.05
PAGES = ("overview", "traders", "markets", "smart_markets", "health", "alerts")
MOST_GROWTH = 1.15
SLACK = {
    "ingest MB": 15,
    "ingest files": 4,
    "pages MB": 30,
    "pages files": 60,
    "sessions": 6,
    "connections": 12,
}


@dataclass
class Soak:
    """What was seen meanwhile.

    Attributes:
        samples: series of figures by name, one value a sample.
        runs, failed: ingestion runs, and those that a fault ended.
        visits, refused: pages opened, and opened in vain.
    """

    samples: dict[str, list[float]] = field(default_factory=dict)
    runs: int = 0
    failed: int = 0
    visits: int = 0
    refused: list[str] = field(default_factory=list)

    def grown(self) -> list[str]:
        """Figures whose last third lies above the middle one by more than noise."""
        told = []
        for name, values in self.samples.items():
            third = len(values) // 3
            middle, last = (
                statistics.median(values[third : 2 * third]),
                statistics.median(values[2 * third :]),
            )
            if last > middle * MOST_GROWTH + SLACK[name]:
                told.append(f"{name} grew from {middle:.0f} to {last:.0f}")
        return told

    def lines(self) -> Iterator[str]:
        """The table."""
        yield f"{self.runs} runs of ingestion, {self.failed} ended by faults; {self.visits} visits, {len(self.refused)} in vain"
        for name, values in self.samples.items():
            third = max(len(values) // 3, 1)
            parts = [
                statistics.median(values[at * third : (at + 1) * third] or values)
                for at in range(3)
            ]
            yield f"{name:14} first third {parts[0]:7.0f}   second {parts[1]:7.0f}   last {parts[2]:7.0f}"


def misbehave(rules: Misbehaviour) -> None:
    """One request in twenty goes wrong, in one way or another."""
    for fault in FAULTS:
        rules.add("/data/*", fault, probability=FAULT_RATE / len(FAULTS))


def ingest(told: dict[str, Any]) -> None:
    """The ingesting process: a run every ten seconds until it is told to end; a line of JSON after each."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    store = Store(told["database"], "sm_ingest")
    while not stop.is_set():
        began = time.monotonic()
        error = ""
        try:
            sync(
                store,
                told["url"],
                told["wallets"],
                clock=Clock(),
                budget=PostgresBudget(store),
                worker_concurrency=2,
            )
        except Exception as failure:  # noqa: BLE001
            error = f"{type(failure).__name__}: {failure}"
        print(json.dumps({"error": error}), flush=True)
        stop.wait(max(EVERY_S - (time.monotonic() - began), 0))
    store.dispose()


@contextmanager
def ingesting(soak: Soak, told: dict[str, Any]) -> Iterator[psutil.Process]:
    """The ingesting process, its runs counted."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.soak", "ingest", json.dumps(told)],
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )

    def count() -> None:
        assert process.stdout
        for line in process.stdout:
            soak.runs += 1
            soak.failed += bool(json.loads(line)["error"])

    reader = threading.Thread(target=count, daemon=True)
    reader.start()
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(120)
        reader.join(5)
        assert process.stdout
        process.stdout.close()


def visit(soak: Soak, served: Served, stop: threading.Event, chance: random.Random) -> None:
    """One person: opens a page, looks at it for a while, goes, comes back."""
    while not stop.is_set():
        status, text = served.get(f"/voila/render/{chance.choice(PAGES)}.ipynb")
        soak.visits += 1
        if status != 200 or '"kernelId"' not in text:
            soak.refused.append(f"{status} {text[:300]}")
        else:
            config = json.loads(
                text.split('id="jupyter-config-data" type="application/json">')[1].split(
                    "</script>"
                )[0]
            )
            channel = (
                f"{served.url.replace('http', 'ws')}/api/kernels/{config['kernelId']}/channels"
            )
            with connect(channel, max_size=None, open_timeout=60, subprotocols=[SPOKEN]):  # type: ignore[list-item]
                stop.wait(chance.uniform(*STAY_S))
        stop.wait(chance.uniform(0, 5))


def look(soak: Soak, ingester: psutil.Process, pages: psutil.Process, store: Store) -> None:
    """Take one sample."""
    sessions = [child for child in pages.children() if child.is_running()]
    with store.raw() as connection:
        clients = "select count(*) from pg_stat_activity where datname = current_database()"
        connections = connection.execute(clients).fetchone()[0]  # type: ignore[index]
    found = {
        "ingest MB": ingester.memory_info().rss / 2**20,
        "ingest files": ingester.num_fds(),
        "pages MB": pages.memory_info().rss / 2**20,
        "pages files": pages.num_fds(),
        "sessions": len(sessions),
        "connections": connections,
    }
    for name, value in found.items():
        soak.samples.setdefault(name, []).append(value)


def run(store: Store, simulator: Simulator, minutes: float, sessions: int = SESSIONS) -> Soak:
    """Soak for so long; the store then holds what faults let through.

    Args:
        store: an empty, migrated database, as a role that may ingest.
        simulator: a living world, served.
        minutes: how long.
        sessions: people on the pages at once.
    """
    soak, stop, chance = Soak(), threading.Event(), random.Random(7)
    wallets = [trader.address for trader in simulator.world.traders]
    misbehave(simulator.misbehaviour)
    told = {"database": store.url, "url": simulator.url, "wallets": wallets}
    with (
        serve(store.url, SMARTMONEY_TEST_PAGE_IDLE_S="30") as served,
        ingesting(soak, told) as ingester,
    ):
        people = [
            threading.Thread(
                target=visit, args=(soak, served, stop, random.Random(chance.random())), daemon=True
            )
            for _ in range(sessions)
        ]
        for each in people:
            each.start()
        until, pages = time.monotonic() + minutes * 60, psutil.Process(served.pid)
        while time.monotonic() < until:
            look(soak, ingester, pages, store)
            time.sleep(SAMPLE_S)
        stop.set()
        for each in people:
            each.join(30)
    simulator.misbehaviour.clear()
    return soak


def same_as_clean(store: Store, clean: Store, simulator: Simulator) -> None:
    """Let the world stand still, walk it once more into the soaked store and once into a clean one, and compare.

    Raises:
        AssertionError: rows were lost or stored twice.
    """
    simulator.live = False
    time.sleep(simulator.tick_seconds + 1)
    wallets = [trader.address for trader in simulator.world.traders]
    for each in (store, clean):
        sync(each, simulator.url, wallets, clock=Clock())
    found, expected = picture(store), picture(clean)
    for table in (
        "stream",
        "trader",
    ):  # when what was read last differs by the path, not by the end
        found.pop(table), expected.pop(table)
    assert_same(found, expected)


def world_of(traders: int = 40, trades: int = 4_000) -> Any:
    """A small world that goes on from now."""
    return generate(11, traders=traders, markets=30, trades=trades, days=30, now=int(time.time()))


def main(minutes: float = 120.0) -> None:
    """Soak, compare, print."""
    with (
        fresh_store() as store,
        fresh_store() as clean,
        running(world_of(), live=True, trades_per_minute=120) as simulator,
    ):
        soak = run(store, simulator, minutes)
        for line in soak.lines():
            print(line)
        same_as_clean(store, clean, simulator)
        print("The store holds what a clean walk stores.")
        told: Sequence[str] = soak.grown()
        print("Everything stayed flat." if not told else "Not flat: " + "; ".join(told))
    if told:
        raise SystemExit(1)


if __name__ == "__main__":
    if sys.argv[1:2] == ["ingest"]:
        ingest(json.loads(sys.argv[2]))
    else:
        main(*(float(given) for given in sys.argv[1:]))
