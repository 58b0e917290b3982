"""The largest simulated world: how long it takes to make, what it weighs, and how fast it answers while it lives on.

.venv/bin/python -m benchmarks.world                 10,000 traders, 10 million trades
.venv/bin/python -m benchmarks.world 1000000         so many trades
"""

from __future__ import annotations

import resource
import statistics
import sys
import time

import httpx

from polymarket_sim.generate import generate
from polymarket_sim.server import running

TRADES = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
TRADERS, MARKETS, DAYS, ASKED, NOW = 10_000, 20_000, 300, 20, 1_795_000_000


def megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    begin = time.perf_counter()
    world = generate(5, traders=TRADERS, markets=MARKETS, trades=TRADES, days=DAYS, now=NOW)
    made = time.perf_counter() - begin
    rows = len(world.entries)
    print(
        f"{TRADERS:,} traders, {len(world.markets):,} markets, {TRADES:,} trades, {rows:,} rows of the ledger"
    )
    print(f"made in {made:.0f} s ({rows / made:,.0f} rows/s), {megabytes():,} MB", flush=True)
    by_work = sorted(range(TRADERS), key=lambda number: len(world.by_trader.rows(number)))
    wallets = [world.traders[number].address for number in by_work[:: -(TRADERS // ASKED)]]
    condition = next(market.condition_id for market in world.markets if market.closed_at is None)
    begin = time.perf_counter()
    with (
        running(world, trades_per_minute=600.0) as simulator,
        httpx.Client(timeout=600, trust_env=False) as client,
    ):
        simulator.prepare()
        print(
            f"ready to serve after {time.perf_counter() - begin:.0f} s more, {megabytes():,} MB",
            flush=True,
        )
        asked: list[tuple[str, dict[str, str | int]]] = [
            ("/data/v2/activity", {"user": "", "limit": 500, "start": 1}),
            ("/data/v2/positions", {"user": ""}),
            ("/data/v2/user-pnl", {"user": "", "interval": "max", "fidelity": "1d"}),
            ("/data/v2/leaderboard", {"limit": 1000}),
            ("/data/v2/holders", {"condition": condition}),
            ("/gamma/markets/keyset", {"limit": 100}),
        ]
        for path, params in asked:
            took = []
            for wallet in wallets:
                start = time.perf_counter()
                query = params | {"user": wallet} if "user" in params else params
                client.get(simulator.url + path, params=query).raise_for_status()
                took.append((time.perf_counter() - start) * 1_000)
            print(
                f"{path:28} {statistics.median(took):8.1f} ms, slowest {max(took):8.1f} ms",
                flush=True,
            )
        start = time.perf_counter()
        client.post(f"{simulator.url}/_sim/tick?n=10").raise_for_status()
        print(
            f"ten steps of its life {(time.perf_counter() - start) * 1_000:,.0f} ms, {megabytes():,} MB"
        )


if __name__ == "__main__":
    main()
