"""Ledger, metrics, score and tier: reads the wallets with news, then places everybody anew."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from smartmoney.books import kept
from smartmoney.books.batches import Reader, in_groups, plan, read, scans
from smartmoney.books.catalog import Catalog, load_catalog
from smartmoney.books.history import load_activity
from smartmoney.books.platform import load_marks
from smartmoney.books.tables import score_rows
from smartmoney.errors import ParameterError
from smartmoney.jobs.engines import engine
from smartmoney.jobs.memory import freed_memory_kept
from smartmoney.jobs.plausibility import LEAST_PNL, pnl_jumps
from smartmoney.jobs.report import JobReport
from smartmoney.jobs.runner import JobRun, job
from smartmoney.metrics import Measures
from smartmoney.scoring.constants import SCORE_VERSION, TIERS
from smartmoney.scoring.partitions import compute_partition
from smartmoney.scoring.score import Scores, combine
from smartmoney.settings import Settings
from smartmoney.store.arrow import connected
from smartmoney.store.bulk import writing
from smartmoney.store.db import Store
from smartmoney.store.scores import books, dirty, history, runs
from smartmoney.store.streams.implausible import known_pnl

log = logging.getLogger(__name__)


@job(
    every=1_800,
    shift=140,
    feeds_alerts=True,
    first_pass=(6,),
    late="scores and tiers are stale",
)
def calculate_rarity_scores(
    run: JobRun,
    *,
    full: bool = False,
    as_of: str | None = None,
    backfill_weeks: int = 12,
) -> None:
    """Score every wallet; only those with new rows or newly resolved markets are read again.

    Args:
        run: store, settings and report.
        full: read everybody again; gives the same numbers.
        as_of: fill the history with what was known at this past moment (ISO text), leaving the current scores alone.
        backfill_weeks: on a database that was never scored, first fill the history of so many weeks.

    Raises:
        ParameterError: `as_of` is no past moment.
    """
    past = _past(as_of)
    with freed_memory_kept():
        if past is not None:
            _score_past(run.store, load_catalog(run.store), past, run.report)
        else:
            _score(run, full, backfill_weeks)


def _score(run: JobRun, full: bool, backfill_weeks: int) -> None:
    store, report = run.store, run.report
    with store.raw() as connection:
        first = runs.last_run(connection) is None
    for weeks in range(backfill_weeks if first else 0, 0, -1):
        _score_past(store, load_catalog(store), datetime.now(UTC) - timedelta(weeks=weeks), report)
    with connected(store):
        _score_now(store, full, run.settings, report)


def _past(as_of: str | None) -> datetime | None:
    if as_of is None:
        return None
    try:
        moment = datetime.fromisoformat(as_of)
    except ValueError:
        raise ParameterError(
            f"as_of: {as_of!r} is no time; write 2026-06-30 or 2026-06-30T12:00:00+00:00."
        ) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment >= datetime.now(UTC):
        raise ParameterError(f"as_of: {as_of} is not past; leave it out for the scores of now.")
    return moment


def _score_now(store: Store, full: bool, settings: Settings, report: JobReport) -> None:
    with (
        store.raw() as connection
    ):  # news first: rows that come later, or whose market does, stay news
        as_of, news = dirty.server_time(connection), dirty.dirty(connection)
    catalog = load_catalog(store)
    version = kept.version_of(SCORE_VERSION, catalog.markets.categories, Measures)
    with store.raw() as connection:
        todo = plan(connection, catalog, news, version, full)
    shared = Reader(store, catalog, load_marks(store, catalog), todo.changed_events, version, as_of)
    rows_read, judged = 0, []
    with engine(settings) as apply:
        for done in apply(read, todo.batches, shared):
            rows_read += done.rows
            judged += done.coverage
            log.info("%d of %d wallets read (%d rows)", len(judged), todo.wallets_read, rows_read)
    _place_all(store, catalog, version, as_of, judged, report)
    with writing(store) as bulk:
        books.save_markets(bulk, catalog.digests(todo.changed_markets))
    with store.raw() as connection:
        dirty.clear_dirty(connection, news)
    report.read |= {
        "wallets": todo.wallets,
        "wallets read": todo.wallets_read,
        "rows read": rows_read,
    }


def _place_all(
    store: Store,
    catalog: Catalog,
    version: str,
    as_of: datetime,
    judged: list[tuple[int, str, str]],
    report: JobReport,
) -> None:
    """The global step: population, percentiles, tiers."""
    with store.raw() as connection:
        measures = kept.load_measures(connection, version)
        wallets = dirty.wallets(connection)
        if judged:
            row = wallets["trader"].searchsorted([trader for trader, *_ in judged])
            for place, name in ((1, "coverage"), (2, "coverage_reason")):
                wallets.loc[row, name] = [verdict[place] for verdict in judged]
        found = combine([measures], wallets)
        frame = score_rows(found, wallets, catalog.markets.categories)
        nobody = _nobody(wallets, frame)
        history.forget_tiers(connection, frame.loc[nobody, "trader_id"].tolist())
        frame = frame[~nobody].reset_index(drop=True)
        report.implausible = pnl_jumps(known_pnl(connection, LEAST_PNL), frame)
        saved = history.save_scores(connection, frame, _run(found, as_of))
    report.written |= {"score history rows": saved["scores"], "tiers changed": saved["tiers"]}
    _describe(report, found, frame)


def _score_past(store: Store, catalog: Catalog, moment: datetime, report: JobReport) -> None:
    """What was known at a past moment: only rows and resolutions up to then; open shares have no marks."""
    cut = int(moment.timestamp())
    nothing = np.full(len(catalog.outcome_ids), -1, np.int64)
    with store.raw() as connection:
        batches = scans(*dirty.row_counts(connection))
    found_parts = [
        compute_partition(
            group, catalog.markets, as_of=cut, marks_micro=nothing, keep_book=False
        ).measures
        for batch in batches
        for group in in_groups(load_activity(store, catalog, batch))
    ]
    with store.raw() as connection:
        wallets = dirty.wallets(connection).assign(
            coverage="unchecked", coverage_reason="A past date filled in later."
        )
        found = combine(found_parts, wallets)
        frame = score_rows(found, wallets, catalog.markets.categories)
        frame = frame[~_nobody(wallets, frame)].reset_index(drop=True)
        saved = history.save_scores(
            connection, frame, _run(found, moment.replace(microsecond=0)), current=False
        )
    report.written["past scores"] = report.written.get("past scores", 0) + saved["scores"]
    report.sentences.append(
        f"History filled in at {moment:%Y-%m-%d}: {found.scored} wallets had a score then."
    )


def _nobody(wallets: pd.DataFrame, frame: pd.DataFrame) -> NDArray[np.bool_]:
    """Per row: the wallet was never read, or the API has never seen it, and no row of it is here: it gets no tier."""
    found: NDArray[np.bool_] = wallets["unread"].to_numpy() & (frame["trade_count"] == 0).to_numpy()
    return found


def _run(found: Scores, as_of: datetime) -> history.ScoreRun:
    return history.ScoreRun(
        as_of,
        SCORE_VERSION,
        found.population,
        found.scored,
        float(found.prior.mean),
        float(found.prior.deviation),
        {"prior": str(found.prior)},
    )


def _describe(report: JobReport, found: Scores, frame: pd.DataFrame) -> None:
    by_tier = frame["tier"].value_counts()
    tiers = ", ".join(f"{int(by_tier.get(tier, 0))} {tier}" for tier in TIERS)
    report.sentences += [
        f"{found.scored} of {len(frame)} wallets have a score; tiers: {tiers}.",
        f"The population's edge: mean {found.prior.mean:+.3f}, spread {found.prior.deviation:.3f} log-odds; "
        f"percentiles are among {found.population} unflagged wallets.",
    ]
    best = (
        frame[frame["rarity_score"].notna()].sort_values("rarity_score", ascending=False).head(10)
    )
    report.tables["Highest rarityScore"] = best[
        [
            "address",
            "tier",
            "rarity_score",
            "skill_edge",
            "skill_lo",
            "skill_hi",
            "skill_prob",
            "event_count",
            "realized_pnl",
        ]
    ]
