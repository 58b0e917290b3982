"""After each run: what is hardly true is planted, told with the run that did it, and over when it is so no more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from smartmoney.api.health import composed
from smartmoney.api.metrics import Metrics
from smartmoney.api.models.health import Health
from smartmoney.api.wire import encoded
from smartmoney.jobs.plausibility import pnl_jumps
from smartmoney.jobs.report import JobReport
from smartmoney.jobs.runner import run_job
from smartmoney.registry import declared
from smartmoney.settings import Settings
from smartmoney.store import reads
from smartmoney.store.db import Store
from smartmoney.store.server.migrate import migrations
from smartmoney.widgets.screens.health.model import HealthModel

MIDNIGHT = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def ran(store: Store, job: str, work: Callable[[JobReport], None] = lambda _: None) -> JobReport:
    """A run of a job that does `work`."""
    return run_job(store, declared()[job], {}, work)


def told(store: Store) -> list[tuple[str, str, str, int]]:
    return [
        (row["kind"], row["key"], row["job"], row["run_id"]) for row in reads.implausible(store)
    ]


def trades(store: Store, *days_ago: int, hours: float = 12) -> None:
    with store.raw() as connection:
        for days in days_ago:
            at = MIDNIGHT - timedelta(days=days) + timedelta(hours=hours)
            connection.execute("select ensure_trade_partitions(%s, %s)", [at, at])
            connection.execute(
                "insert into trade (ts, key, size_micro, price_pico, cash_micro, trader_id, outcome_id, market_id, side, "
                "occurrence, tx_hash) select %s, n, 1, 1, 1, 1, 1, 1, 1, 0, '\\x00' from generate_series(1, 25) n",
                [at],
            )


def test_a_day_without_trades_is_told_until_they_are_there(store: Store) -> None:
    trades(store, *(day for day in range(2, 15) if day != 4))
    report = ran(store, "sync_trader_trades")
    days = [f"{MIDNIGHT - timedelta(days=day):%Y-%m-%d}" for day in (4, 1)]
    if datetime.now(UTC) - MIDNIGHT < timedelta(hours=1):
        days.pop()  # yesterday has only just ended
    assert {row[:2] for row in told(store)} == {("no trades", day) for day in days}
    assert {row[2:] for row in told(store)} == {("sync_trader_trades", report.run_id)}
    assert f"Not one trade is stored of {days[0]} (UTC)" in report.sentences[0]
    later = ran(store, "sync_trader_trades")
    assert later.run_id != report.run_id and {row[3] for row in told(store)} == {report.run_id}, (
        "who did it"
    )
    trades(store, 4, 1)
    ran(store, "sync_trader_trades")
    assert told(store) == []


@pytest.mark.parametrize("days", [(), (3,), (20, 21, 22, 23, 24)])
def test_few_or_old_trades_are_no_gap(store: Store, days: tuple[int, ...]) -> None:
    trades(store, *days)
    ran(store, "sync_trader_trades")
    assert told(store) == []


def boards(store: Store, places: int) -> JobReport:
    def work(report: JobReport) -> None:
        report.read = {"traders": places}

    return ran(store, "sync_leaderboard", work)


@pytest.mark.parametrize(("places", "word"), [(400, "shrank"), (3_100, "grew"), (0, "shrank")])
def test_a_population_that_shrinks_or_triples_is_told(store: Store, places: int, word: str) -> None:
    for _ in range(3):
        boards(store, 1_000)
    assert boards(store, 700).sentences == [] and boards(store, 2_500).sentences == []
    report = boards(store, places)
    assert told(store) == [("population", "boards", "sync_leaderboard", report.run_id)]
    assert f"The population {word}: {places:,} places on the boards, 1,000" in report.sentences[0]
    boards(store, 1_000)
    assert told(store) == []


def test_of_scores_the_day_before_counts_and_not_the_fill_of_today(store: Store) -> None:
    def scored(population: int, days_ago: float) -> None:
        at = datetime.now(UTC) - timedelta(days=days_ago)
        with store.raw() as connection:
            connection.execute(
                "insert into score_run (as_of, score_version, population, scored, created_at) values (%s, '1', %s, 1, %s)",
                [at, population, at],
            )

    scored(30, 0.2)
    scored(900, 0.1)
    ran(store, "calculate_rarity_scores")
    assert told(store) == []
    scored(2_000, 1)  # by a clock of before, though written now
    scored(900, 0)
    report = ran(store, "calculate_rarity_scores")
    assert told(store) == [("population", "scores", "calculate_rarity_scores", report.run_id)]
    assert "900 wallets that scores rank, 2,000 a day before" in report.sentences[0]


def market(store: Store) -> None:
    with store.raw() as connection:
        connection.execute(
            "insert into market (condition_id, status) values ('0x' || repeat('1', 64), 'RESOLVED')"
        )
        connection.execute(
            "insert into outcome (market_id, token_id, outcome_index, name, payout_micro) "
            "values (1, '7', 0, 'Yes', 1000000)"
        )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("update market set status = 'CLOSED'", "had resolved and is CLOSED again."),
        ("update outcome set payout_micro = 0", "Yes paid 1.0"),
        ("update outcome set payout_micro = null", "its payouts changed"),
    ],
)
def test_a_market_that_unsettles_is_told_with_the_run_at_work(
    store: Store, change: str, sentence: str
) -> None:
    market(store)

    def work(_: JobReport) -> None:
        with store.raw() as connection:
            connection.execute("update market set status = 'RESOLVED'")
            connection.execute("update outcome set payout_micro = 1000000, name = 'Yes'")
            connection.execute(change)  # type: ignore[call-overload]

    report = ran(store, "sync_markets", work)
    assert told(store) == [("unsettled", "0x" + "1" * 64, "sync_markets", report.run_id)]
    assert sentence in reads.implausible(store)[0]["sentence"]
    ran(store, "sync_markets")
    assert told(store)[0][3] == report.run_id, "told for a week, of that run"
    with store.raw() as connection:
        connection.execute("update implausible set last_seen_at = now() - interval '8 days'")
    assert told(store) == []


def test_a_tenfold_jump_of_a_wallet_is_found_and_growth_is_not() -> None:
    before = {1: 2_000, 2: 2_000, 3: -2_000, 4: 500_000, 5: 2_000}
    scored = pd.DataFrame(
        {
            "trader_id": [1, 2, 3, 4, 5, 6],
            "address": [f"0x{n}" for n in range(1, 7)],
            "total_pnl": [20_000, 19_000, 900_000, 4_000_000, None, 9e9],
            "coverage": ["complete"] * 6,
        }
    )
    jumps = pnl_jumps({key: Decimal(value) for key, value in before.items()}, scored)
    assert [each.key for each in jumps] == ["0x1", "0x3"]
    assert jumps[1].sentence == "The total PnL of 0x3 went from −$2.00k to +$900k in one run."
    assert pnl_jumps({1: Decimal(2_000)}, scored.assign(coverage="partial")) == []


def test_it_is_on_every_page_and_metric(store: Store, reader: Store, settings: Settings) -> None:
    for places in (1_000, 1_000, 1_000, 10):
        boards(store, places)
    found: dict[str, Any] = {
        "jobs": [],
        "newest": {},
        "implausible": reads.implausible(reader),
        "database": {"migration": migrations()[-1].number},
    }
    for name in ("version", "bytes", "connections", "max_connections"):
        found["database"][name] = None
    body = composed(settings, datetime.now(UTC), found, "", {"known": False, "reachable": None})
    health = Health.model_validate_json(encoded(body))
    assert health.status == "degraded" and "shrank" in health.sentences[0]
    assert health.implausible[0].run_id == 4
    assert b'smartmoney_implausible{kind="population"} 1.0' in Metrics().text(body)
    model = HealthModel(store=reader, settings=settings)
    model.refresh()
    assert any("shrank" in line[0]["t"] for line in model.sentences())


def test_a_wallet_that_jumps_is_told_by_the_scores(store: Store) -> None:
    def work(report: JobReport) -> None:
        frame = pd.DataFrame(
            {"trader_id": [1], "address": ["0xa"], "total_pnl": [1e7], "coverage": ["complete"]}
        )
        report.implausible = pnl_jumps({1: Decimal(5_000)}, frame)

    report = ran(store, "calculate_rarity_scores", work)
    assert told(store) == [("PnL jump", "0xa", "calculate_rarity_scores", report.run_id)]
