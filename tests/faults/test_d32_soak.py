"""D32: three minutes of ordinary trouble. `python -m benchmarks.soak` is the same for two hours."""

from __future__ import annotations

import pytest

from benchmarks import soak
from polymarket_sim.server import running
from smartmoney.store.server.embedded import EmbeddedPostgres
from tests.kit.databases import fresh_store

MINUTES, PEOPLE = 3, 4


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_nothing_is_lost_and_nothing_grows(postgres: EmbeddedPostgres) -> None:
    with (
        fresh_store(postgres) as store,
        fresh_store(postgres) as clean,
        running(
            soak.world_of(traders=20, trades=1_500), live=True, trades_per_minute=120
        ) as simulator,
    ):
        seen = soak.run(store, simulator, MINUTES, PEOPLE)
        assert seen.runs >= 5 and seen.visits >= PEOPLE and seen.refused == []
        assert sum(request.status >= 429 for request in simulator.requests) > 3, "faults came"
        assert seen.grown() == []
        soak.same_as_clean(store, clean, simulator)
