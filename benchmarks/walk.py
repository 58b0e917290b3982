"""Walking 1,000 traders on the simulator: how much of the rate budget is used while it binds, and our own CPU."""

from __future__ import annotations

import multiprocessing
import sys
import time
from multiprocessing.queues import Queue

from benchmarks.servers import fresh_store
from polymarket_sim.generate import generate
from polymarket_sim.server import running
from smartmoney.ingest import sync_trader_trades
from smartmoney.polymarket.client import Client
from smartmoney.settings import load
from smartmoney.store.streams.budget import PostgresBudget

TRADERS, TRADES = 1_000, 60_000
RATE = int(sys.argv[1]) if len(sys.argv) > 1 else 20


def serve(found: Queue[tuple[str, list[str]]]) -> None:
    """The simulator in a process of its own, so that its CPU is not ours."""
    world = generate(11, traders=TRADERS, markets=300, trades=TRADES, days=150, now=1_795_000_000)
    with running(world) as simulator:
        found.put((simulator.url, [trader.address for trader in world.traders]))
        time.sleep(3_600)


def main() -> None:
    found: Queue[tuple[str, list[str]]] = multiprocessing.Queue()
    server = multiprocessing.Process(target=serve, args=(found,), daemon=True)
    server.start()
    url, addresses = found.get()
    with fresh_store() as store:
        settings = load(
            smartmoney_source="simulator",
            polymarket_api_base_url=url,
            rate_limit_requests=RATE,
            rate_limit_interval_ms=1_000,
        )
        client = Client(settings, PostgresBudget(store))
        began, cpu = time.perf_counter(), time.process_time()
        outcome = sync_trader_trades(
            store, client, settings, addresses, limit=TRADERS, max_seconds=900
        )
        wall, ours = time.perf_counter() - began, time.process_time() - cpu
    server.kill()
    activity = (
        client.counts["requests"] / 2
    )  # every wallet is also looked up on a route with a budget of its own
    print(
        f"{TRADERS} traders, {outcome.read['fills']:,} fills in {wall:.0f} s: {activity / wall:.1f} requests/s of "
        f"{RATE} allowed ({activity / wall / RATE:.0%}, bar 90 %), {ours / wall:.2f} cores (bar 1)"
    )


if __name__ == "__main__":
    main()
