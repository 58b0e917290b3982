"""One run of the syncs over a served world, with a client of its own."""

from __future__ import annotations

from collections.abc import Callable

from smartmoney import ingest
from smartmoney.ingest.outcome import SyncOutcome
from smartmoney.polymarket.budget import Budget, LocalBudget
from smartmoney.polymarket.client import Client
from smartmoney.polymarket.clock import Clock
from smartmoney.settings import Settings, load
from smartmoney.store.db import Store
from tests.kit.clock import FrozenClock

NOW = 1_790_000_000
PAGE_ROWS = 20
SYNCS = {"trades": ingest.sync_trader_trades, "positions": ingest.sync_trader_positions}
Run = Callable[..., dict[str, SyncOutcome]]


def here(url: str, **more: object) -> Settings:
    """Settings that point at a server on this machine and ask as fast as they can."""
    return load(
        **{
            "smartmoney_source": "simulator",
            "polymarket_api_base_url": url,
            "rate_limit_requests": 15_000,
            "rate_limit_interval_ms": 100,
            "request_deadline_s": 5.0,
            **more,
        }
    )


def sync(
    store: Store,
    url: str,
    wallets: list[str],
    kinds: tuple[str, ...] = ("trades", "positions"),
    clock: Clock | None = None,
    budget: Budget | None = None,
    page_rows: int = PAGE_ROWS,
    **more: object,
) -> dict[str, SyncOutcome]:
    """One run of each sync over all the wallets, with a client of its own."""
    clock, settings = clock or FrozenClock(), here(url, **more)
    with Client(settings, budget or LocalBudget(clock), clock, page_rows=page_rows) as client:
        return {kind: SYNCS[kind](store, client, settings, wallets) for kind in kinds}
