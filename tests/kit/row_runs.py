"""Syncs of rows that a test wrote, served as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from polymarket_sim.recorded.row_server import Rows, serving
from smartmoney.ingest.outcome import SyncOutcome
from smartmoney.polymarket.client import Client
from smartmoney.settings import Settings, load
from smartmoney.store.db import Store
from tests.kit.clock import FrozenClock

NOW = 1_780_000_000
Sync = Callable[..., SyncOutcome]
SETTLED = "select status, resolution_source, extract(epoch from resolved_at)::bigint from market"
PAID = "select outcome_index, payout_micro from outcome order by 1"


@contextmanager
def asking(rows: Rows) -> Iterator[tuple[Client, Settings]]:
    """A client of a server that gives out the rows."""
    rows.now = rows.now or NOW
    with serving(rows) as url:
        settings = load(
            smartmoney_source="simulator",
            polymarket_api_base_url=url,
            rate_limit_requests=15_000,
            rate_limit_interval_ms=100,
            worker_concurrency=1,
        )
        with Client(settings, clock=FrozenClock(float(NOW))) as client:
            yield client, settings


def run(store: Store, rows: Rows, sync: Sync, *args: Any) -> SyncOutcome:
    """One sync of the rows."""
    with asking(rows) as (client, settings):
        return sync(store, client, settings, *args)


def rows_of(store: Store, query: str) -> list[Any]:
    with store.raw() as connection:
        return connection.execute(query).fetchall()
