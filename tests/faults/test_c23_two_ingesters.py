"""C23: two ingesters for one stream. The second has nothing to do; when the first is killed the stream is free at once."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from polymarket_sim.server import Simulator
from smartmoney.jobs import sync_markets
from smartmoney.settings import Settings
from smartmoney.store.db import Store
from tests.kit.same import Picture, assert_same, picture
from tests.kit.syncing import Run, here

HOLDER = """
import json, sys
from smartmoney.settings import load
from smartmoney.store.db import Store
job, database, settings, wallets = json.loads(sys.argv[1])
settings, store = load(**settings), Store(database)
from smartmoney import ingest, jobs
from smartmoney.polymarket.client import Client
if job == "sync_markets":
    jobs.sync_markets(store=store, settings=settings)
else:
    ingest.sync_trader_trades(store, Client(settings), settings, wallets)
"""
STUCK_S = 60


def asking(api: Simulator) -> Settings:
    return here(api.url, request_deadline_s=120.0)


@pytest.fixture
def holder(
    store: Store, api: Simulator, wallets: list[str], request: pytest.FixtureRequest
) -> Iterator[subprocess.Popen]:
    """A process in the middle of a job, with an answer of the API that does not come."""
    route = "/gamma/markets/keyset" if request.param == "sync_markets" else "/data/v2/activity"
    rule = api.misbehaviour.add(route, "slow", next=1, seconds=STUCK_S)
    told = json.dumps(
        [
            request.param,
            store.url,
            {
                "smartmoney_source": "simulator",
                "polymarket_api_base_url": api.url,
                "rate_limit_requests": 15_000,
                "rate_limit_interval_ms": 100,
                "request_deadline_s": 120.0,
                "worker_concurrency": 1,
            },
            wallets[:1],
        ]
    )
    process = subprocess.Popen([sys.executable, "-c", HOLDER, told])
    until = time.monotonic() + 60
    while not rule.fired:
        assert process.poll() is None and time.monotonic() < until
        time.sleep(0.02)
    yield process
    process.kill()
    process.wait()


@pytest.mark.parametrize("holder", ["sync_markets"], indirect=True)
def test_a_job_that_runs_already(holder: subprocess.Popen, store: Store, api: Simulator) -> None:
    second = sync_markets(store=store, settings=asking(api))
    assert second.status == "already running" and second.run_id is None
    assert "sync_markets is already running" in second.sentences[0]
    holder.kill()
    holder.wait()
    began = time.monotonic()
    third = sync_markets(store=store, settings=asking(api))
    assert third.status == "done" and time.monotonic() - began < STUCK_S / 2
    with store.raw() as connection:
        ends = connection.execute("select status from ingestion_run order by id").fetchall()
    assert ends == [("crashed",), ("done",)], "the run that was killed is told as such"


@pytest.mark.parametrize("holder", ["sync_trader_trades"], indirect=True)
def test_a_wallet_that_is_being_read(
    holder: subprocess.Popen, store: Store, run: Run, wallets: list[str], clean: Picture
) -> None:
    outcome = run(kinds=("trades",))["trades"]
    assert any(wallets[0] in note and "another worker" in note for note in outcome.notes), (
        "left to whoever reads it"
    )
    assert [row[1] for row in picture(store)["stream"] if not row[4]] == [wallets[0]]
    holder.kill()
    holder.wait()
    run()
    assert_same(picture(store), clean)
