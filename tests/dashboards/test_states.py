"""The seven states of every page: loading, empty, too little, partial, stale, error, away.

A list withholds and marks per row what a page of one thing withholds and marks as a whole.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from smartmoney.store import reads
from smartmoney.store.db import Store
from smartmoney.widgets.model import PageState
from smartmoney.widgets.screens.alerts.model import AlertsModel
from smartmoney.widgets.screens.health.model import HealthModel
from smartmoney.widgets.screens.market.model import MarketModel
from smartmoney.widgets.screens.markets.model import MarketsData, MarketsModel
from smartmoney.widgets.screens.overview.model import OverviewModel
from smartmoney.widgets.screens.report.model import ReportModel
from smartmoney.widgets.screens.settings.model import SettingsModel
from smartmoney.widgets.screens.smart_markets.model import SmartMarketsModel
from smartmoney.widgets.screens.trader.model import TraderModel
from smartmoney.widgets.screens.traders.model import TradersModel
from smartmoney.widgets.screens.validation.model import ValidationModel
from tests.kit.loading import Make, loaded
from tests.kit.seed import Seed

ALL = [
    OverviewModel,
    TradersModel,
    TraderModel,
    MarketsModel,
    SmartMarketsModel,
    MarketModel,
    HealthModel,
    AlertsModel,
    SettingsModel,
    ValidationModel,
    ReportModel,
]
each = pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.name)


def query_of_a_ready_page(kind: Any, seen: Store) -> str | None:
    """For a trader one whose history is whole and long enough; for the others what is usual."""
    if kind is not TraderModel:
        return None
    rows = reads.traders(seen, reads.TraderFilter(limit=500)).rows
    return "address=" + next(
        row["address"]
        for row in rows
        if row["as_of"]
        and not row["needs_events"]
        and row["coverage"] not in ("partial", "conflicted")
    )


@each
def test_every_page_shows_the_world(made: Make, seen: Store, kind: Any) -> None:
    model = loaded(made, kind, seen)
    assert model.state not in (PageState.ERROR, PageState.AWAY, PageState.LOADING), model.sentence
    assert model.read_at is not None


@each
def test_every_page_says_why_it_is_empty(made: Make, reader: Store, kind: Any) -> None:
    model = loaded(made, kind, reader)
    if kind is SettingsModel:
        assert model.state is PageState.READY
        return
    assert model.state is PageState.EMPTY and len(model.sentence) > 30
    assert model.data.as_of is None or kind in (HealthModel, AlertsModel)


@each
def test_every_page_waits_for_a_store_that_is_away(made: Make, away: Store, kind: Any) -> None:
    model = loaded(made, kind, away)
    assert model.state is PageState.AWAY and "unavailable" in model.sentence
    assert model.tick(), "it tries again by itself"


@each
def test_a_page_keeps_its_last_good_data_when_the_store_goes_away(
    made: Make, seen: Store, away: Store, kind: Any
) -> None:
    model = loaded(made, kind, seen)
    before = model.data
    model._store = away
    model.refresh()
    assert model.state is PageState.AWAY and model.data is before
    model._store = seen
    model.refresh()
    assert model.state is not PageState.AWAY and model.data is not before


@each
def test_a_page_that_fails_shows_an_id_and_nothing_else(
    made: Make, seen: Store, kind: Any, monkeypatch: Any
) -> None:
    model = loaded(made, kind, seen)
    monkeypatch.setattr(type(model), "read", lambda self: 1 / 0)
    model.refresh()
    assert (
        model.state is PageState.ERROR
        and "division" not in model.sentence
        and "error" in model.sentence
    )
    assert model.data


@pytest.mark.parametrize(
    "kind",
    [OverviewModel, TradersModel, TraderModel, MarketsModel, SmartMarketsModel],
    ids=lambda kind: kind.name,
)
@pytest.mark.parametrize("times, freshness", [(1, "fresh"), (3, "amber"), (7, "red")])
def test_the_stamp_turns_with_the_schedule(
    made: Make, seen: Store, world: Seed, kind: Any, times: int, freshness: str
) -> None:
    late = timedelta(seconds=times * made(kind, seen).schedule)
    since = newest_success(seen, kind.job)
    model = loaded(made, kind, seen, query_of_a_ready_page(kind, seen), now=since + late)
    assert (model.freshness, model.as_of) == (freshness, since)
    assert (model.state is PageState.STALE) == (freshness != "fresh")
    if freshness != "fresh":
        assert model.job in model.sentence and "health" in model.sentence


def newest_success(store: Store, job: str) -> datetime:
    """When a job last succeeded."""
    rows = reads.jobs(store, {}, datetime.now(UTC))
    return next(row["last_success_at"] for row in rows if row["job"] == job)


def test_a_page_is_held_to_the_schedule_of_the_job_whose_age_it_shows(
    made: Make, store: Store, reader: Store
) -> None:
    """Statistics made hourly are 45 minutes old, prices read every ten minutes are 8: nothing is late."""
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    for job, minutes in (("calculate_smart_markets", 45), ("sync_markets", 8)):
        ended = now - timedelta(minutes=minutes)
        with store.raw() as connection:
            connection.execute(
                "insert into ingestion_run (job, status, started_at, ended_at) values (%s, 'done', %s, %s)",
                [job, ended, ended],
            )
    model = made(MarketsModel, reader, now=now)
    data = MarketsData(page=reads.Page([{"id": 1}]), as_of=now - timedelta(minutes=45))
    model.read = lambda: data
    model.refresh()
    assert (model.state, model.freshness) == (PageState.READY, "fresh")
    assert model.as_of == now - timedelta(minutes=8)
    model.clock = lambda: now + timedelta(minutes=20)
    model.refresh()
    assert (
        model.state is PageState.STALE and "sync_markets should run every 10 min" in model.sentence
    )
    health = loaded(made, HealthModel, reader, now=now + timedelta(minutes=20))
    freshness = {row["job"]: row["freshness"] for row in health.data.jobs}
    assert freshness["sync_markets"] == model.freshness


def test_an_empty_database_without_tables_says_what_to_do(made: Make, postgres: Any) -> None:
    model = loaded(made, TradersModel, Store(postgres.url("postgres", "postgres"), "sm_read"))
    assert model.state is PageState.ERROR and "smartmoney migrate" in model.sentence


@pytest.mark.parametrize(
    "kind, query, state, words",
    [
        (TraderModel, "needs", PageState.TOO_LITTLE, "more events that count"),
        (TraderModel, "partial", PageState.PARTIAL, "missing"),
        (MarketModel, "few", PageState.TOO_LITTLE, "more smart wallet"),
    ],
)
def test_one_thing_is_withheld_or_marked_as_a_whole(
    made: Make, seen: Store, kind: Any, query: str, state: PageState, words: str
) -> None:
    rows = reads.traders(seen, reads.TraderFilter(limit=500)).rows
    asked = {
        "needs": lambda: "address=" + next(row["address"] for row in rows if row["needs_events"]),
        "partial": lambda: (
            "address="
            + next(
                row["address"]
                for row in rows
                if row["coverage"] == "partial" and row["needs_events"] == 0
            )
        ),
        "few": lambda: (
            f"id={next(r['id'] for r in reads.smart_markets(seen).rows if r['lean_label'] == 'INSUFFICIENT')}"
        ),
    }[query]()
    model = loaded(made, kind, seen, asked)
    assert model.state is state and words in model.sentence


@pytest.mark.parametrize(
    "kind, words",
    [
        (TradersModel, "not scored yet"),
        (SmartMarketsModel, "smart wallet"),
        (MarketsModel, "no "),
    ],
)
def test_a_row_of_a_list_withholds_what_it_cannot_say_and_says_why(
    made: Make, seen: Store, kind: Any, words: str
) -> None:
    model = loaded(made, kind, seen, "limit=500")
    dashes = [cell["h"] for row in model.cells() for cell in row if cell["t"] == "–"]
    assert all(dashes), "every dash has its reason"
    assert any(words in reason for reason in dashes), set(dashes)


def test_an_overview_before_the_first_scores_is_partial(
    made: Make, seen: Store, monkeypatch: Any
) -> None:
    whole = OverviewModel.read
    monkeypatch.setattr(OverviewModel, "read", lambda self: replace(whole(self), score_run=None))
    model = loaded(made, OverviewModel, seen)
    assert model.state is PageState.PARTIAL and "not scored yet" in model.sentence


def test_health_is_partial_while_a_job_is_late(made: Make, seen: Store, world: Seed) -> None:
    model = loaded(made, HealthModel, seen, now=world.now + timedelta(hours=3))
    assert model.state is PageState.PARTIAL and "late" in model.sentence
