"""Fault C19 and C23: a process killed -9 at any point of a page, and two workers on one stream."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest

from polymarket_sim.server import Simulator
from polymarket_sim.world import World
from smartmoney.ingest import sync_trader_trades
from smartmoney.polymarket.client import Client
from smartmoney.settings import Settings
from smartmoney.store import streams
from smartmoney.store.db import Store
from tests.kit.truth import assert_complete, busiest, everything

VICTIM = """
import os, signal, sys
from smartmoney.ingest import pages, sync_trader_trades, trades
from smartmoney.polymarket.client import Client
from smartmoney.settings import load
from smartmoney.store import streams
from smartmoney.store.db import Store
database, simulator, address, point, number = sys.argv[1:]
left = int(number)

def die_after(module, name):
    real = getattr(module, name)
    def wrapped(*args, **kwargs):
        global left
        result = real(*args, **kwargs)
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    setattr(module, name, wrapped)

die_after(*{"fetched": (Client, "get"), "rows written": (trades, "save_fills"), "kept": (pages, "keep"),
            "cursor written": (streams, "advance"), "completed": (streams, "complete")}[point])
settings = load(smartmoney_source="simulator", polymarket_api_base_url=simulator, rate_limit_requests=15000,
                rate_limit_interval_ms=100, worker_concurrency=1)
sync_trader_trades(Store(database), Client(settings, page_rows=25), settings, [address])
"""


@pytest.mark.parametrize(
    ("point", "number"),
    [
        ("fetched", 3),
        ("rows written", 1),
        ("rows written", 4),
        ("kept", 2),
        ("cursor written", 1),
        ("cursor written", 3),
        ("completed", 1),
    ],
)
def test_killed_at_any_point_the_next_run_ends_the_same_as_a_clean_one(
    store: Store,
    client: Client,
    asking: Settings,
    world: World,
    simulator: Simulator,
    point: str,
    number: int,
) -> None:
    (address,) = busiest(world, 1)
    arguments = [
        sys.executable,
        "-c",
        VICTIM,
        store.url,
        simulator.url,
        address,
        point,
        str(number),
    ]
    died = subprocess.run(
        arguments, check=False, capture_output=True, timeout=60, env={**os.environ}
    )
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    with store.raw() as connection:
        state = streams.get(connection, "trades", address)
        (rows,) = connection.execute("select count(*) from trade").fetchone()
    assert (rows == 0) == (state.last_timestamp is None), "rows and cursor commit together"
    sync_trader_trades(store, client, asking, [address])
    assert_complete(store, world, [address])
    disturbed = everything(store)
    with store.raw() as connection:
        for table in ("trade", "activity", "ingestion_state"):
            connection.execute(f"delete from {table}")
    sync_trader_trades(store, client, asking, [address])
    assert everything(store) == disturbed


def test_two_workers_never_read_one_wallet_at_once(
    store: Store, client: Client, asking: Settings, world: World
) -> None:
    (address,) = busiest(world, 1)
    with store.session() as other:
        assert streams.try_lock(other, f"trades {address}")
        outcome = sync_trader_trades(store, client, asking, [address])
        assert outcome.notes == [f"{address} is being read by another worker already."]
    outcome = sync_trader_trades(store, client, asking, [address])
    assert outcome.read["fills"] > 0, "free at once when the holder is gone"


def test_several_runs_share_the_queue_and_fetch_none_twice(
    store: Store, client: Client, asking: Settings, world: World, simulator: Simulator
) -> None:
    addresses = [trader.address for trader in world.traders]
    with store.raw() as connection:
        streams.enroll(connection, "trades", addresses)
    runs = [
        threading.Thread(target=sync_trader_trades, args=(store, client, asking)) for _ in range(3)
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    begun = [
        request.params["user"]
        for request in simulator.requests
        if request.path.endswith("/v2/activity") and "cursor" not in request.params
    ]
    assert sorted(begun) == sorted(addresses)
    assert_complete(store, world, addresses)
