"""Does the score rank what comes next, on this database? A walk forward over the month ends, with its verdict."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd

from smartmoney.books.catalog import load_catalog
from smartmoney.books.history import load_activity
from smartmoney.jobs.report import JobReport
from smartmoney.jobs.running import opened, run_job
from smartmoney.scoring import SCORE_VERSION
from smartmoney.scoring.panel import HORIZON_DAYS, month_ends, walk_forward
from smartmoney.scoring.validation import Validation, validate
from smartmoney.settings import Settings, get_settings
from smartmoney.store import scores
from smartmoney.store.db import Store


def validate_scores(
    *,
    horizon_days: int = HORIZON_DAYS,
    permutations: int = 500,
    store: Store | None = None,
    settings: Settings | None = None,
) -> JobReport:
    """Score every month end from what was known then, and compare with what followed.

    Args:
        horizon_days: how long after a month end new bets count.
        permutations: shuffled scores the verdict is measured against.
        store, settings: for tests; those of the process when not given.
    """
    settings = settings or get_settings()
    asked = {"horizon_days": horizon_days, "permutations": permutations}
    with opened(store, settings) as own:
        return run_job(
            own,
            "validate_scores",
            asked,
            lambda report: _validate(own, horizon_days, permutations, report),
        )


def _validate(store: Store, horizon_days: int, permutations: int, report: JobReport) -> None:
    catalog = load_catalog(store)
    activity = load_activity(store, catalog)
    report.came = {"rows": len(activity), "markets": len(catalog.markets)}
    if not len(activity):
        report.status = "nothing to do"
        report.sentences = ["Nothing is stored yet: no verdict."]
        return
    with store.raw() as connection:
        wallets = scores.wallets(connection)[["trader", "address"]]
    cutoffs = month_ends(int(activity.ts.min()), int(activity.ts.max()))
    panel = walk_forward(activity, catalog.markets, wallets, cutoffs, horizon_days=horizon_days)
    found = validate(panel, horizon_days=horizon_days, permutations=permutations)
    as_of = datetime.now(UTC)
    with store.raw() as connection:
        scores.save_validation(connection, as_of, SCORE_VERSION, found.verdict, found.to_dict())
    report.changed = {"validation_run": 1}
    _tell(report, found, len(cutoffs))


def _tell(report: JobReport, found: Validation, cutoffs: int) -> None:
    report.sentences = [
        found.verdict,
        f"{cutoffs} month ends were scored from what was known at each.",
    ]
    report.tables["Rank IC of the score and of the baselines"] = found.summary.reset_index()
    report.tables["Deciles of the score"] = found.quantiles.reset_index()
    report.tables["Tier at one month end (rows) and at the next"] = pd.DataFrame(
        found.transitions
    ).reset_index()
    report.tables["Reliability of skill_prob"] = found.reliability.reset_index()
