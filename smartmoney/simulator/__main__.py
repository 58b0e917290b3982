"""`python -m smartmoney.simulator`: serve a made-up Polymarket on loopback until interrupted."""

from __future__ import annotations

import argparse
import time

from smartmoney.simulator.generate import generate
from smartmoney.simulator.server import Simulator, listen, uvicorn_server


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m smartmoney.simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--seed", type=int, default=7, help="everything random follows from it")
    parser.add_argument("--traders", type=int, default=400)
    parser.add_argument("--markets", type=int, default=300)
    parser.add_argument("--trades", type=int, default=40_000, help="about how many fills")
    parser.add_argument("--days", type=int, default=180, help="length of the history, up to now")
    parser.add_argument("--skilled-share", type=float, default=0.03, help="part of the wallets that know more than the price")
    parser.add_argument("--now", type=int, default=None, help="end of the history in Unix seconds; the wall clock if left out")
    parser.add_argument("--live", action="store_true", help="let new trades arrive and markets resolve while serving")
    parser.add_argument("--trades-per-minute", type=float, default=60.0, help="fills per minute while live")
    return parser.parse_args()


def main() -> None:
    """Make the world, serve it, print one line when ready."""
    asked = arguments()
    world = generate(asked.seed, asked.traders, asked.markets, asked.trades, asked.days, asked.skilled_share, asked.now or int(time.time()))
    simulator = Simulator(world, live=asked.live, trades_per_minute=asked.trades_per_minute)
    bound = listen(asked.port)
    simulator.url = f"http://127.0.0.1:{bound.getsockname()[1]}"
    print(f"simulator ready on {simulator.url}", flush=True)
    uvicorn_server(simulator.app).run(sockets=[bound])


if __name__ == "__main__":
    main()
