"""The four sync jobs: a client on the shared budget, the walk, and a report of what was read and written."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial

import pandas as pd

from smartmoney import ingest
from smartmoney.errors import StopStream
from smartmoney.ingest.outcome import SyncOutcome
from smartmoney.jobs.report import JobReport
from smartmoney.jobs.runner import JobRun, job
from smartmoney.polymarket.client import Client
from smartmoney.settings import Settings
from smartmoney.store.db import Store
from smartmoney.store.streams.budget import PostgresBudget
from smartmoney.store.streams.capacity import first_fill

log = logging.getLogger(__name__)
Walk = Callable[[Store, Client, Settings], SyncOutcome]
PROGRESS_EVERY = 10


@job(every=300, first_pass=(1,), late="new traders are not found")
def sync_leaderboard(
    run: JobRun,
    *,
    depth: int | None = None,
    categories: list[str] | None = None,
    periods: list[str] | None = None,
    discover_markets: int = 0,
) -> None:
    """Take the traders of the boards into the population, and whoever holds or traded a watched market.

    Args:
        run: store, settings and report.
        depth, categories, periods: see `smartmoney.ingest.leaderboard`.
        discover_markets: from how many of the most traded markets to take holders and traders besides; see
            `smartmoney.ingest.discover`.
    """

    def walk(store: Store, client: Client, settings: Settings) -> SyncOutcome:
        outcome = ingest.sync_leaderboard(
            store, client, settings, depth, categories, periods, progress=_progress
        )
        outcome.merge(
            ingest.discover(store, client, settings, markets=discover_markets, progress=_progress)
        )
        return outcome

    _sync(run, walk)


@job(
    every=600,
    shift=50,
    # twice: after the traders' walks the closed markets they were in are known, and their payouts are fetched
    first_pass=(2, 5),
    follow_up=True,
    late="prices, resolutions and unrealized PnL are stale",
)
def sync_markets(run: JobRun, *, closed_limit: int = 20_000, max_seconds: float = 300.0) -> None:
    """Fetch markets, events, prices and resolutions.

    Args:
        run: store, settings and report.
        closed_limit, max_seconds: see `smartmoney.ingest.markets`.
    """
    walk = partial(
        ingest.sync_markets,
        closed_limit=closed_limit,
        max_seconds=max_seconds,
        progress=_progress,
    )
    _sync(run, walk)


@job(
    every=300,
    shift=20,
    side_by_side=True,
    first_pass=(3,),
    late="scores do not know the newest trades",
)
def sync_trader_trades(
    run: JobRun,
    *,
    addresses: list[str] | None = None,
    limit: int = 1_000,
    max_seconds: float = 240.0,
) -> None:
    """Fetch the activity of given traders, or of those due.

    Args:
        run: store, settings and report.
        addresses, limit, max_seconds: see `smartmoney.ingest.trades`.
    """
    walk = partial(
        ingest.sync_trader_trades,
        addresses=addresses,
        limit=limit,
        max_seconds=max_seconds,
        progress=_progress,
    )
    _sync(run, walk)
    run.report.sentences += filter(None, [first_fill(run.store)["sentence"]])


@job(
    every=600,
    shift=80,
    feeds_alerts=True,
    side_by_side=True,
    first_pass=(4,),
    late="positions and unrealized PnL are stale",
)
def sync_trader_positions(
    run: JobRun,
    *,
    addresses: list[str] | None = None,
    limit: int = 1_000,
    max_seconds: float = 300.0,
) -> None:
    """Fetch open and closed positions of given traders, or of those due.

    Args:
        run: store, settings and report.
        addresses, limit, max_seconds: see `smartmoney.ingest.positions`.
    """
    walk = partial(
        ingest.sync_trader_positions,
        addresses=addresses,
        limit=limit,
        max_seconds=max_seconds,
        progress=_progress,
    )
    _sync(run, walk)


def _progress(done: int, total: int, text: str) -> None:
    if done == total or done % PROGRESS_EVERY == 0:
        log.info("%s (%d of %d)", text, done, total)


def _sync(run: JobRun, walk: Walk) -> None:
    with Client(run.settings, PostgresBudget(run.store)) as client:
        outcome = walk(run.store, client, run.settings)
        ingest.note_lag(run.store, client)
        requests = {f"api {name}": count for name, count in client.counts.items()}
    run.report.read = {**outcome.read, **requests}
    run.report.written = dict(outcome.written)
    _describe(run.report, outcome)


def _describe(report: JobReport, outcome: SyncOutcome) -> None:
    read = ", ".join(f"{count:,} {name}" for name, count in outcome.read.items()) or "nothing"
    written = (
        ", ".join(f"{count:,} {name}" for name, count in outcome.written.items() if count)
        or "nothing"
    )
    report.sentences = [f"Read: {read}.", f"Written: {written}.", *outcome.notes]
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
