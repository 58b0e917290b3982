"""`python -m polymarket_sim`: serve a made-up or a recorded Polymarket on loopback until
interrupted."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import NoReturn

from polymarket_sim.generate import generate
from polymarket_sim.recorded import is_known_set, load_recording
from polymarket_sim.recorded.dump import load_dump
from polymarket_sim.recorded.row_server import serving
from polymarket_sim.server import Simulator, listen, uvicorn_server
from polymarket_sim.venue import VENUES
from polymarket_sim.world import World
from smartmoney.errors import UserError

PAUSE_SECONDS = 3_600


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m polymarket_sim", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--seed", type=int, default=7, help="everything random follows from it")
    parser.add_argument("--traders", type=int, default=400)
    parser.add_argument("--markets", type=int, default=300)
    parser.add_argument("--trades", type=int, default=40_000, help="about how many fills")
    parser.add_argument("--days", type=int, default=180, help="length of the history, up to now")
    parser.add_argument(
        "--skilled-share",
        type=float,
        default=0.03,
        help="part of the wallets that know more than the price",
    )
    parser.add_argument(
        "--now",
        type=int,
        default=None,
        help="end of the history in Unix seconds; the wall clock if left out",
    )
    parser.add_argument(
        "--live",
        action="store_true",
        help="let new trades arrive and markets resolve while serving",
    )
    parser.add_argument(
        "--trades-per-minute", type=float, default=20.0, help="fills per minute while live"
    )
    parser.add_argument(
        "--venue",
        choices=sorted(VENUES),
        default="live",
        help="how often a made-up world shows what is rare: as measured, or often enough to see it",
    )
    parser.add_argument(
        "--plain-texts",
        action="store_true",
        help="no hostile names and titles, which a made-up world has a few of",
    )
    parser.add_argument(
        "--recording",
        type=Path,
        help="serve this recording, a known set or any dump of rows, in place of a made-up world",
    )
    options = parser.parse_args()
    if options.recording and options.live:
        parser.error("a recording stands still: leave out --live or --recording")
    return options


def world_of(options: argparse.Namespace) -> World:
    """The recorded world that was asked for, else a made-up one."""
    if options.recording:
        return load_recording(options.recording)
    now = options.now or int(time.time())
    return generate(
        options.seed,
        options.traders,
        options.markets,
        options.trades,
        options.days,
        options.skilled_share,
        now,
        VENUES[options.venue],
        hostile=not options.plain_texts,
    )


def serve_dump(path: Path, port: int) -> NoReturn:
    """Serve the rows of somebody's dump as they are, until interrupted."""
    with serving(load_dump(path), port) as url:
        print(f"simulator ready on {url}", flush=True)
        while True:
            time.sleep(PAUSE_SECONDS)


def main() -> None:
    """Make the world, serve it, print one line when ready."""
    options = arguments()
    try:
        if options.recording and not is_known_set(options.recording):
            serve_dump(options.recording, options.port)
        world = world_of(options)
    except UserError as error:
        raise SystemExit(str(error)) from None
    simulator = Simulator(world, live=options.live, trades_per_minute=options.trades_per_minute)
    if options.live:
        simulator.catch_up(int(time.time()))
    simulator.prepare()
    bound = listen(options.port)
    simulator.url = f"http://127.0.0.1:{bound.getsockname()[1]}"
    print(f"simulator ready on {simulator.url}", flush=True)
    uvicorn_server(simulator.app).run(sockets=[bound])


if __name__ == "__main__":
    main()
