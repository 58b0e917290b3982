"""The platform's own lag: asked, stored, shown; and nothing else waits for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from polymarket_sim.server import Simulator
from smartmoney.ingest import note_lag
from smartmoney.polymarket.client import Client
from smartmoney.settings import Settings
from smartmoney.store import reads
from smartmoney.store.db import Store
from smartmoney.widgets.screens.health.model import HealthModel


def test_it_is_stored_and_told(
    store: Store, client: Client, simulator: Simulator, settings: Settings
) -> None:
    simulator.served.limits = replace(simulator.served.limits, lag_seconds=1_234)
    found = note_lag(store, client)
    assert found is not None and (found.seconds, found.worst) == (1_234, "activity_feed")
    row = reads.platform(store)
    assert (row["lag_s"], row["worst"]) == (1_234, "activity_feed")
    [stream] = [
        each
        for each in reads.health(store, {}, datetime.now(UTC))["streams"]
        if each["source"] == "platform"
    ]
    assert datetime.now(UTC) - stream["newest_watermark"] > timedelta(seconds=1_233)
    model = HealthModel(store=store, settings=settings)
    model.refresh()
    assert any(
        "is 21 min behind, activity_feed the most" in line[0]["t"] for line in model.sentences()
    )


def test_where_it_is_not_told_nothing_else_waits(
    store: Store, client: Client, simulator: Simulator
) -> None:
    simulator.served.limits = replace(simulator.served.limits, lag_seconds="soon")  # type: ignore[arg-type]
    assert note_lag(store, client) is None and reads.platform(store) == {}
