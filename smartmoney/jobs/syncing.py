"""The four sync jobs: a client on the shared budget, the walk, and a report of what came and what changed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pandas as pd

from smartmoney import ingest
from smartmoney.errors import StopStream
from smartmoney.ingest.outcome import SyncOutcome
from smartmoney.jobs.report import JobReport
from smartmoney.jobs.running import opened, run_job
from smartmoney.polymarket.client import Client
from smartmoney.settings import Settings, get_settings
from smartmoney.store.budget import PostgresBudget
from smartmoney.store.db import Store

log = logging.getLogger(__name__)
Walk = Callable[[Store, Client, Settings], SyncOutcome]
PROGRESS_EVERY = 10


def sync_leaderboard(
    *,
    depth: int | None = None,
    categories: list[str] | None = None,
    periods: list[str] | None = None,
    discover_markets: int = 0,
    store: Store | None = None,
    settings: Settings | None = None,
) -> JobReport:
    """Take the traders of the boards into the population, and whoever holds or traded a watched market.

    Args:
        depth, categories, periods: see `smartmoney.ingest.leaderboard`.
        discover_markets: from how many of the most traded markets to take holders and traders besides; see
            `smartmoney.ingest.discover`.
        store, settings: for tests; those of the process when not given.
    """

    def walk(store: Store, client: Client, settings: Settings) -> SyncOutcome:
        outcome = ingest.sync_leaderboard(
            store, client, settings, depth, categories, periods, progress=_told
        )
        outcome.merge(
            ingest.discover(store, client, settings, markets=discover_markets, progress=_told)
        )
        return outcome

    return _sync(
        "sync_leaderboard",
        {
            "depth": depth,
            "categories": categories,
            "periods": periods,
            "discover_markets": discover_markets,
        },
        store,
        settings,
        walk,
    )


def sync_markets(
    *, closed_limit: int = 20_000, store: Store | None = None, settings: Settings | None = None
) -> JobReport:
    """Refresh markets, prices and resolutions; see `smartmoney.ingest.markets`."""
    return _sync(
        "sync_markets",
        {"closed_limit": closed_limit},
        store,
        settings,
        lambda store, client, settings: ingest.sync_markets(
            store, client, settings, closed_limit, progress=_told
        ),
    )


def sync_trader_trades(
    *,
    addresses: list[str] | None = None,
    limit: int = 1_000,
    max_seconds: float = 240.0,
    store: Store | None = None,
    settings: Settings | None = None,
) -> JobReport:
    """Fetch the activity of given traders, or of those due; see `smartmoney.ingest.trades`."""
    return _sync(
        "sync_trader_trades",
        {"addresses": addresses, "limit": limit, "max_seconds": max_seconds},
        store,
        settings,
        lambda store, client, settings: ingest.sync_trader_trades(
            store, client, settings, addresses, limit, max_seconds, progress=_told
        ),
        shared=True,
    )


def sync_trader_positions(
    *,
    addresses: list[str] | None = None,
    limit: int = 1_000,
    max_seconds: float = 300.0,
    store: Store | None = None,
    settings: Settings | None = None,
) -> JobReport:
    """Fetch the positions of given traders, or of those due; see `smartmoney.ingest.positions`."""
    return _sync(
        "sync_trader_positions",
        {"addresses": addresses, "limit": limit, "max_seconds": max_seconds},
        store,
        settings,
        lambda store, client, settings: ingest.sync_trader_positions(
            store, client, settings, addresses, limit, max_seconds, progress=_told
        ),
        shared=True,
    )


def _told(done: int, total: int, words: str) -> None:
    if done == total or done % PROGRESS_EVERY == 0:
        log.info("%s (%d of %d)", words, done, total)


def _sync(
    job: str,
    asked: dict[str, Any],
    store: Store | None,
    settings: Settings | None,
    walk: Walk,
    shared: bool = False,
) -> JobReport:
    """Run a walk; `shared` walks lease each stream apart, so several runs of them work side by side."""
    settings = settings or get_settings()
    with opened(store, settings, settings.worker_concurrency + 2) as own:

        def work(report: JobReport) -> None:
            with Client(settings, PostgresBudget(own)) as client:
                outcome = walk(own, client, settings)
                report.came = {
                    **dict(outcome.read),
                    **{f"api {name}": count for name, count in client.counts.items()},
                }
            report.changed = dict(outcome.written)
            _tell(report, outcome)

        return run_job(own, job, asked, work, shared=shared)


def _tell(report: JobReport, outcome: SyncOutcome) -> None:
    came = ", ".join(f"{count:,} {name}" for name, count in outcome.read.items()) or "nothing"
    changed = (
        ", ".join(f"{count:,} {name}" for name, count in outcome.written.items() if count)
        or "nothing"
    )
    report.sentences = [f"Came: {came}.", f"Changed: {changed}.", *outcome.notes]
    if outcome.failed:
        report.tables["Failed"] = pd.DataFrame(
            sorted(outcome.failed.items()), columns=["stream", "why"]
        )
        report.sentences.append(f"{len(outcome.failed)} streams failed and are tried again later.")
        if len(outcome.failed) > max(3, outcome.read["traders"] // 2):
            raise StopStream(
                f"{len(outcome.failed)} of {outcome.read['traders']} streams failed, the first because: "
                f"{next(iter(outcome.failed.values()))}"
            )
    if not any(outcome.written.values()) and not outcome.read:
        report.status = "nothing to do"
