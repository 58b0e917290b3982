"""Who is good at what, and since when: the edge by category and by window of time, on the frame of `results`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from smartmoney.ledger import CRYPTO_SHORT
from smartmoney.schema import UNCATEGORISED
from smartmoney.scoring.constants import SCORING_WEIGHTS
from smartmoney.scoring.parts import cells_of, judge, own_prior
from smartmoney.scoring.skill import posterior

WINDOWS = (30, 90, 365)
POINTS = SCORING_WEIGHTS.points_per_logit
SUMS = {
    "events": ("surprise", "size"),
    "surprise": ("surprise", "sum"),
    "information": ("information", "sum"),
    "pnl": ("pnl", "sum"),
}


def skill_by_category(results: pd.DataFrame) -> pd.DataFrame:
    """The edge of each wallet in each category, shrunk towards its own edge and the category's population.

    Scoring.md, section 3: "Edge by category". Events without a category stand under `uncategorised`; short crypto markets
    count for no skill, here as everywhere.

    Args:
        results: frame of `results`, of all wallets: the population is read from it.

    Returns:
        RangeIndex, the surest first; columns address and category string, events int64, pnl float64 dollars of these events,
        edge, low, high float64 (points at a price of 50 cents, with the 90 % interval), prob (that the edge exceeds its
        costs), q (false discovery rate over all cells), good bool, withheld string: why there is no edge, empty where there is.
    """
    counted = _counted(results)
    category = counted["category"].fillna(UNCATEGORISED).astype(str)
    events = counted.assign(category=category).sort_values(["address", "category"])
    table = events.groupby(["address", "category"]).agg(**SUMS).reset_index()
    cells = cells_of(
        pd.factorize(events["address"], sort=True)[0],
        pd.factorize(events["category"], sort=True)[0],
        *(events[name].to_numpy(float) for name in ("entry_price", "surprise", "information")),
    )
    found = judge(cells)
    table = table[["address", "category", "events", "pnl"]].assign(
        edge=found.mean * POINTS,
        low=found.low * POINTS,
        high=found.high * POINTS,
        prob=found.prob,
        q=found.q,
        good=found.good,
        withheld=_withheld(table["events"], cells.information),
    )
    return table.sort_values(
        ["good", "prob", "events", "address"], ascending=[False, False, False, True]
    ).reset_index(drop=True)


def skill_by_window(
    results: pd.DataFrame, now: pd.Timestamp, windows: Sequence[int] = WINDOWS
) -> pd.DataFrame:
    """The edge of each wallet over the events decided in the last so many days, shrunk towards the population of all time.

    Args:
        results: frame of `results`, of all wallets.
        now: aware time the windows end at; later events are left out.
        windows: days.

    Returns:
        RangeIndex by address and days; columns address string, days int64, events int64, pnl, edge, low, high, prob float64
        as in `skill_by_category`, withheld string.
    """
    counted = _counted(results)
    counted = counted[counted["decided_at"] <= now]
    whole = counted.groupby("address").agg(**SUMS)
    prior = own_prior(
        *(whole[name].to_numpy(float) for name in ("events", "surprise", "information"))
    )
    parts = []
    for days in windows:
        recent = counted[counted["decided_at"] > now - pd.Timedelta(days=days)]
        sums = recent.groupby("address").agg(**SUMS).reset_index()
        u, v = sums["surprise"].to_numpy(float), sums["information"].to_numpy(float)
        after = posterior(u, v, prior)
        known = (sums["events"] >= SCORING_WEIGHTS.family_events) & (v > 0)
        width = SCORING_WEIGHTS.interval_z * after.deviation
        edges = {
            "edge": after.mean * POINTS,
            "low": (after.mean - width) * POINTS,
            "high": (after.mean + width) * POINTS,
            "prob": after.skill_prob,
        }
        parts.append(
            sums[["address", "events", "pnl"]].assign(
                days=days,
                **{name: np.where(known, value, np.nan) for name, value in edges.items()},
                withheld=_withheld(sums["events"], v),
            )
        )
    columns = ["address", "days", "events", "pnl", "edge", "low", "high", "prob", "withheld"]
    table = pd.concat(parts, ignore_index=True)[columns]
    return table.sort_values(["address", "days"]).reset_index(drop=True)


def _counted(results: pd.DataFrame) -> pd.DataFrame:
    """Events that count for skill."""
    known = results["surprise"].notna() & results["information"].notna()
    return results[known & (results["category"] != CRYPTO_SHORT).fillna(True)]


def _withheld(events: pd.Series, information: np.ndarray) -> pd.Series:
    least = SCORING_WEIGHTS.family_events
    words = np.where(information > 0, "", "its prices leave nothing to be told")
    few = [f"{n} of {least} events" for n in events]
    return pd.Series(np.where(events < least, few, words), events.index, dtype="str")
