"""Ledger, metrics, score and tier: reads the wallets with news, then places everybody anew."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from smartmoney.errors import ParameterError
from smartmoney.jobs import books
from smartmoney.jobs.report import JobReport
from smartmoney.jobs.running import opened, run_job
from smartmoney.metrics import Measures
from smartmoney.scoring import SCORE_VERSION, TIERS, Partition, Scores, combine, compute_partition
from smartmoney.settings import Settings, get_settings
from smartmoney.store import columns, parts, scores
from smartmoney.store.db import Store

log = logging.getLogger(__name__)
WALLETS_AT_ONCE = 500
MICRO = 1e6


def calculate_rarity_scores(
    *,
    full: bool = False,
    as_of: str | None = None,
    backfill_weeks: int = 12,
    store: Store | None = None,
    settings: Settings | None = None,
) -> JobReport:
    """Score every wallet; only those with new rows or newly resolved markets are read again.

    Args:
        full: read everybody again; gives the same numbers.
        as_of: fill the history with what was known at this past moment (ISO text), leaving the current scores alone.
        backfill_weeks: on a database that was never scored, first fill the history of so many weeks.
        store, settings: for tests; those of the process when not given.

    Raises:
        ParameterError: `as_of` is no past moment.
    """
    settings = settings or get_settings()
    past = _past(as_of)
    asked = {"full": full, "as_of": as_of, "backfill_weeks": backfill_weeks}
    with opened(store, settings) as own:
        return run_job(
            own,
            "calculate_rarity_scores",
            asked,
            lambda report: _score(own, full, past, backfill_weeks, report),
        )


def _score(store: Store, full: bool, past: datetime | None, backfill_weeks: int, report: JobReport) -> None:
    catalog = columns.load_catalog(store)
    if past is not None:
        _score_past(store, catalog, past, report)
        return
    with store.raw() as connection:
        first = scores.last_run(connection) is None
    for weeks in range(backfill_weeks if first else 0, 0, -1):
        _score_past(store, catalog, datetime.now(UTC) - timedelta(weeks=weeks), report)
    _score_now(store, catalog, full, report)


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


def _version(catalog: columns.Catalog) -> str:
    """Formulas and the numbering of categories: parts kept under another version are not used."""
    listed = "\x1f".join(catalog.markets.categories)
    return f"{SCORE_VERSION}:{hashlib.blake2b(listed.encode(), digest_size=6).hexdigest()}"


def _chunks(wallets: list[int]) -> Iterator[list[int]]:
    return (wallets[start : start + WALLETS_AT_ONCE] for start in range(0, len(wallets), WALLETS_AT_ONCE))


def _score_now(store: Store, catalog: columns.Catalog, full: bool, report: JobReport) -> None:
    as_of, version = datetime.now(UTC).replace(microsecond=0), _version(catalog)
    with store.raw() as connection:
        last = scores.last_run(connection)
        news = scores.news(connection)
        known = parts.current_parts(connection, version)
        touched = set(scores.touched_traders(connection, last[0] if last else None))
    everybody = scores.all_traders(store)
    wanted = (
        everybody if full else [wallet for wallet in everybody if wallet in touched or wallet not in known]
    )
    marks = columns.load_marks(store, catalog)
    judged, rows_read = [], 0
    for chunk in _chunks(wanted):
        part, rows = _compute(store, catalog, chunk, marks, None)
        rows_read += rows
        judged.append(_save_books(store, catalog, chunk, part, marks, version, as_of))
        log.info(
            "%d of %d wallets read (%d rows)",
            min(len(judged) * WALLETS_AT_ONCE, len(wanted)),
            len(wanted),
            rows_read,
        )
    _place_all(store, catalog, version, as_of, pd.concat(judged) if judged else None, report)
    with store.raw() as connection:
        scores.clear_news(connection, news)
    report.came |= {"wallets": len(everybody), "wallets read": len(wanted), "rows read": rows_read}


def _compute(
    store: Store, catalog: columns.Catalog, chunk: list[int], marks: np.ndarray, as_of: int | None
) -> tuple[Partition, int]:
    events = columns.load_events(store, catalog, chunk)
    return compute_partition(events, catalog.markets, as_of=as_of, marks_micro=marks), len(events)


def _save_books(
    store: Store,
    catalog: columns.Catalog,
    chunk: list[int],
    part: Partition,
    marks: np.ndarray,
    version: str,
    as_of: datetime,
) -> pd.DataFrame:
    """Store what pages and the global step need of these wallets, in one transaction; returns their coverage."""
    ledger = part.ledger
    assert ledger is not None
    looks = columns.load_api_positions(store, catalog, chunk, marks)
    with store.raw() as connection:
        scores.save_book(connection, "ledger_position", books.position_rows(ledger, catalog), chunk)
        scores.save_book(connection, "trader_event", books.event_rows(part, catalog), chunk)
        scores.save_book(connection, "trader_daily", books.day_rows(ledger, as_of), chunk)
        parts.save_parts(connection, part.measures, version, as_of)
    return books.coverage(ledger, chunk, looks)


def _place_all(
    store: Store,
    catalog: columns.Catalog,
    version: str,
    as_of: datetime,
    judged: pd.DataFrame | None,
    report: JobReport,
) -> None:
    """The global step: population, percentiles, tiers."""
    with store.raw() as connection:
        measures = parts.load_parts(connection, version)
        wallets = scores.wallets(connection)
        if judged is not None:
            wallets = wallets.set_index("trader")
            fresh = judged.set_index("trader_id")
            wallets.loc[fresh.index, ["coverage", "coverage_reason"]] = fresh[["coverage", "coverage_reason"]]
            wallets = wallets.reset_index()
        found = combine([measures], wallets)
        frame = _frame(found, wallets, catalog)
        saved = scores.save_scores(connection, frame, _run(found, as_of))
    report.changed |= {"score history rows": saved["scores"], "tiers changed": saved["tiers"]}
    _tell(report, found, frame)


def _score_past(store: Store, catalog: columns.Catalog, moment: datetime, report: JobReport) -> None:
    """What was known at a past moment: only rows and resolutions up to then; open shares have no marks."""
    cut = int(moment.timestamp())
    nothing = np.full(len(catalog.outcome_ids), -1, np.int64)
    found_parts: list[Measures] = []
    everybody = scores.all_traders(store)
    for chunk in _chunks(everybody):
        part, _ = _compute(store, catalog, chunk, nothing, cut)
        found_parts.append(part.measures)
    with store.raw() as connection:
        wallets = scores.wallets(connection).assign(
            coverage="unchecked", coverage_reason="A past date filled in later."
        )
        found = combine(found_parts, wallets)
        frame = _frame(found, wallets, catalog)
        saved = scores.save_scores(
            connection, frame, _run(found, moment.replace(microsecond=0)), current=False
        )
    report.changed["past scores"] = report.changed.get("past scores", 0) + saved["scores"]
    report.sentences.append(
        f"History filled in at {moment:%Y-%m-%d}: {found.scored} wallets had a score then."
    )


def _run(found: Scores, as_of: datetime) -> scores.ScoreRun:
    return scores.ScoreRun(
        as_of,
        SCORE_VERSION,
        found.population,
        found.scored,
        float(found.prior.mean),
        float(found.prior.deviation),
        {"prior": str(found.prior)},
    )


def _frame(found: Scores, wallets: pd.DataFrame, catalog: columns.Catalog) -> pd.DataFrame:
    """The columns of table `trader` that a score fills."""
    frame = found.frame.rename(columns={"trader": "trader_id"}).copy()
    for name in ("realized_pnl", "unrealized_pnl", "total_pnl", "max_drawdown_usd", "volume"):
        frame[name] = (frame[f"{name}_micro"].astype("Float64") / MICRO).round(6)
    frame["event_count"] = frame["skill_events"]
    categories = np.array([*catalog.markets.categories, None], dtype=object)
    frame["best_category"] = categories[frame["best_category"].fillna(-1).astype(int)]
    frame["flags"] = frame["flags"].map(list)
    frame["reasons"] = frame["reasons"].map(list)
    frame["coverage"] = wallets["coverage"].to_numpy()
    frame["coverage_reason"] = wallets["coverage_reason"].to_numpy()
    return frame


def _tell(report: JobReport, found: Scores, frame: pd.DataFrame) -> None:
    by_tier = frame["tier"].value_counts()
    tiers = ", ".join(f"{int(by_tier.get(tier, 0))} {tier}" for tier in TIERS)
    report.sentences += [
        f"{found.scored} of {len(frame)} wallets have a score; tiers: {tiers}.",
        f"The population's edge: mean {found.prior.mean:+.3f}, spread {found.prior.deviation:.3f} log-odds; "
        f"percentiles are among {found.population} unflagged wallets.",
    ]
    best = frame[frame["rarity_score"].notna()].sort_values("rarity_score", ascending=False).head(10)
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
