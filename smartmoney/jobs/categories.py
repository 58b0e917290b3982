"""What each wallet is good at: its edge by category."""

from __future__ import annotations

import numpy as np
import pandas as pd

from smartmoney.errors import ParameterError
from smartmoney.jobs.report import JobReport
from smartmoney.jobs.runner import JobRun, job
from smartmoney.ledger import CRYPTO_SHORT
from smartmoney.schema import UNCATEGORISED
from smartmoney.scoring.constants import SCORING_WEIGHTS
from smartmoney.scoring.parts import Cells, PartEdges, cells_of, judge, spread_of
from smartmoney.store.db import async_commit
from smartmoney.store.scores import categories


@job(every=3_600, shift=155, first_pass=(7,), late="what wallets are good at is old")
def calculate_category_skill(
    run: JobRun, *, wallets_at_once: int = categories.WALLETS_AT_ONCE
) -> None:
    """Edge of each wallet in each category.

    Args:
        run: store, settings and report.
        wallets_at_once: wallets read together.

    Raises:
        ParameterError: that is no number from 1 on.
    """
    if wallets_at_once < 1:
        raise ParameterError(f"wallets_at_once takes a number from 1 on, not {wallets_at_once}.")
    names: list[str] = []
    cells = _cells(run, names, wallets_at_once)
    found = judge(cells)
    rows = _rows(cells, found, names)
    with run.store.raw() as connection:
        async_commit(connection)
        run.report.written = {"trader_category": categories.save_skill(connection, rows)}
    _describe(run.report, cells, rows)


def _cells(run: JobRun, names: list[str], wallets_at_once: int) -> Cells:
    """Of all wallets; fills in the names of the parts."""
    codes: dict[str, int] = {}
    nothing, none = np.zeros(0, np.int64), np.zeros(0)
    parts, read = [Cells(nothing, nothing, nothing, none, none, none)], 0
    for events in categories.counted_events(run.store, CRYPTO_SHORT, wallets_at_once):
        named = events["category"].astype("str").fillna(UNCATEGORISED)
        part = named.map(lambda name: codes.setdefault(name, len(codes))).to_numpy(np.int64)
        wallet = events["trader_id"].to_numpy(np.int64)
        order = np.lexsort((part, wallet))
        numbers = (
            events[name].to_numpy(float)[order]
            for name in ("entry_price", "surprise", "information")
        )
        parts.append(cells_of(wallet[order], part[order], *numbers))
        read += len(events)
    names += codes
    run.report.read = {"events": read}
    return Cells.concat(parts)


def _rows(cells: Cells, found: PartEdges, names: list[str]) -> pd.DataFrame:
    points = SCORING_WEIGHTS.points_per_logit
    return pd.DataFrame(
        {
            "trader_id": cells.wallet,
            "category": np.array(names, object)[cells.part],
            "skill_events": cells.events,
            "skill_edge": found.mean * points,
            "skill_lo": found.low * points,
            "skill_hi": found.high * points,
            "skill_prob": found.prob,
            "q_value": found.q,
            "good": found.good,
        }
    )


def _describe(report: JobReport, cells: Cells, rows: pd.DataFrame) -> None:
    known, good = rows[rows["skill_edge"].notna()], rows[rows["good"]]
    report.read["wallets"] = int(rows["trader_id"].nunique())
    least = SCORING_WEIGHTS.family_events
    if known.empty:
        report.sentences = [f"No wallet has {least} events that count in one category yet."]
        return
    spread = spread_of(cells)
    report.sentences = [
        f"{known['trader_id'].nunique()} wallets have {least} events or more in {len(known)} categories of theirs; "
        f"{good['trader_id'].nunique()} of them are good at something.",
        f"Within a wallet the edge differs by category by {spread.deviation:.3f} log-odds (standard deviation, from "
        f"{spread.wallets} wallets).",
    ]
    by_category = known.groupby("category").agg(
        wallets=("trader_id", "size"), good=("good", "sum"), median_edge=("skill_edge", "median")
    )
    report.tables["Categories"] = by_category.sort_values("wallets", ascending=False).reset_index()
