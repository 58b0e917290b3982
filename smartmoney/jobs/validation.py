"""Does the score rank what comes next, on this database? A walk forward over the month ends, with its verdict."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd

from smartmoney.books.catalog import load_catalog
from smartmoney.books.history import load_activity
from smartmoney.jobs.report import JobReport
from smartmoney.jobs.runner import JobRun, job
from smartmoney.scoring.constants import SCORE_VERSION
from smartmoney.scoring.panel import HORIZON_DAYS, month_ends, walk_forward
from smartmoney.scoring.validation import Validation, validate
from smartmoney.store.scores import dirty, runs


@job(every=604_800, shift=200, follow_up=True, late="the verdict on the scores is old")
def validate_scores(
    run: JobRun, *, horizon_days: int = HORIZON_DAYS, permutations: int = 500
) -> None:
    """Score every month end from what was known then, and compare with what followed.

    Args:
        run: store, settings and report.
        horizon_days: how long after a month end new bets count.
        permutations: shuffled scores the verdict is measured against.
    """
    store, report = run.store, run.report
    catalog = load_catalog(store)
    activity = load_activity(store, catalog)
    report.read = {"rows": len(activity), "markets": len(catalog.markets)}
    if not len(activity):
        report.status = "nothing to do"
        report.sentences = ["Nothing is stored yet: no verdict."]
        return
    with store.raw() as connection:
        wallets = dirty.wallets(connection)[["trader", "address"]]
    cutoffs = month_ends(int(activity.ts.min()), int(activity.ts.max()))
    panel = walk_forward(activity, catalog.markets, wallets, cutoffs, horizon_days=horizon_days)
    found = validate(panel, horizon_days=horizon_days, permutations=permutations)
    as_of = datetime.now(UTC)
    with store.raw() as connection:
        runs.save_validation(connection, as_of, SCORE_VERSION, found.verdict, found.to_dict())
    report.written = {"validation_run": 1}
    _describe(report, found, len(cutoffs))


def _describe(report: JobReport, found: Validation, cutoffs: int) -> None:
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
