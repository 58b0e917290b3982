"""One small world for every notebook: made up from a seed, ended at a fixed moment, taken in and scored once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from polymarket_sim.generate import generate
from polymarket_sim.server import running
from smartmoney import jobs
from smartmoney.settings import load
from smartmoney.store.db import Store
from smartmoney.store.server.embedded import EmbeddedPostgres
from tests.kit.databases import fresh_database
from tests.kit.installed import Installed

# Sized so that each analysis has an answer: enough decided events for ten wallets, scores before and after a cut.
NOW = 1_782_864_000  # 2026-07-01 00:00 UTC
WORLD = {
    "seed": 11,
    "traders": 60,
    "markets": 80,
    "trades": 5_000,
    "days": 150,
    "skilled_share": 0.1,
    "now": NOW,
}
SYNCS = (
    "sync_leaderboard",
    "sync_markets",
    "sync_trader_trades",
    "sync_trader_positions",
    "sync_markets",
)
SCORED = ("2026-03-31", "2026-05-01", "2026-06-30")


@pytest.fixture(scope="session")
def installed(
    postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installed]:
    """The world taken in by the real jobs over HTTP; only read from by the tests."""
    world = generate(**WORLD)
    with fresh_database(postgres) as database, running(world) as simulator:
        settings = load(
            smartmoney_home=tmp_path_factory.mktemp("notebooks"),
            database_url=postgres.url("sm_owner", database),
            database_read_url=postgres.url("sm_read", database),
            smartmoney_source="simulator",
            polymarket_data_url=simulator.data_url,
            polymarket_gamma_url=simulator.gamma_url,
            polymarket_clob_url=simulator.clob_url,
            rate_limit_requests=15_000,
            smart_tiers=("S", "A", "B", "C"),
        )
        for name in SYNCS:
            getattr(jobs, name)(settings=settings)
        for day in SCORED:
            jobs.calculate_rarity_scores(as_of=day, settings=settings)
        jobs.calculate_rarity_scores(backfill_weeks=0, settings=settings)
        jobs.calculate_smart_markets(settings=settings)
        reader = Store(postgres.url("sm_read", database), "sm_read")
        yield Installed(settings, world, reader)
        reader.dispose()
