"""Calibration of prices and of skill_prob, and what became of those who were called good (docs/proof.md)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from smartmoney.proof.comparing import Pair
from smartmoney.proof.thresholds import THRESHOLDS, Thresholds
from smartmoney.scoring.constants import SCORING_WEIGHTS, TIERS

Row = dict[str, Any]


def clustered_mean(values: pd.Series, event: pd.Series, z: float = THRESHOLDS.level_z) -> Row:
    """Mean with 90 % bounds, what happens in one event counting as one: n, events, mean, low, high.

    The error is the root of the summed squares of each event's deviations, times G / (G - 1), by n.
    """
    n, events = len(values), int(event.nunique())
    if not n:
        return {"n": 0, "events": 0, "mean": None, "low": None, "high": None}
    mean = float(values.mean())
    if events < 2:
        return {"n": n, "events": events, "mean": mean, "low": None, "high": None}
    sums = (values - mean).groupby(event.to_numpy()).sum()
    error = z * float(np.sqrt((sums**2).sum() * events / (events - 1))) / n
    return {"n": n, "events": events, "mean": mean, "low": mean - error, "high": mean + error}


def price_calibration(usable: pd.DataFrame, limits: Thresholds = THRESHOLDS) -> list[Row]:
    """Hits less the price paid, by price and over all: were the prices right?"""
    excess = usable["hit"] - usable["entry_price"]
    bands = pd.cut(usable["entry_price"], list(limits.price_bands), include_lowest=True)
    rows: list[Row] = [{"price": "all", **clustered_mean(excess, usable["event"])}]
    for band in bands.cat.categories:
        inside = bands == band
        text = f"{max(band.left, 0.0):.2f} to {band.right:.2f}"
        rows.append({"price": text, **clustered_mean(excess[inside], usable.loc[inside, "event"])})
    return rows


def reliability(pair: Pair) -> list[Row]:
    """Per fifth of skill_prob as it was then: the share whose later edge cleared its costs, and how many wallets.

    A later half is short, so the share is drawn towards one half.
    """
    sums = pair.later.groupby("trader")[["surprise", "information"]].sum()
    edge = (sums["surprise"] / sums["information"]).reindex(pair.before["trader"]).to_numpy()
    before = pair.before["skill_prob"].to_numpy(np.float64)
    cleared = edge > SCORING_WEIGHTS.cost_edge
    rows = []
    for fifth in range(5):
        inside = np.clip((before * 5).astype(int), 0, 4) == fifth
        n = int(inside.sum())
        rows.append(
            {
                "said": f"{fifth / 5:.1f} to {(fifth + 1) / 5:.1f}",
                "wallets": n,
                "predicted": float(before[inside].mean()) if n else None,
                "observed": float(cleared[inside].mean()) if n else None,
            }
        )
    return rows


def called_good(frame: pd.DataFrame, limits: Thresholds = THRESHOLDS) -> Row:
    """How many wallets the whole record calls good, at which false discovery rate, and by tier."""
    q = frame["q_value"].astype("Float64")
    found: Row = {
        "tested": int(q.notna().sum()),
        "scored": int(frame["rarity_score"].notna().sum()),
    }
    for rate in limits.false_discovery_rates:
        found[f"q <= {rate:.2f}"] = int((q <= rate).fillna(False).sum())
    likely = (frame["skill_prob"].astype("Float64") >= limits.good_probability).fillna(False)
    found[f"skill_prob >= {limits.good_probability:.2f}"] = int(likely.sum())
    tiers = frame.loc[frame["rarity_score"].notna(), "tier"].value_counts()
    return found | {f"tier {tier}": int(tiers.get(tier, 0)) for tier in TIERS}


def good_ones_later(pair: Pair, limits: Thresholds = THRESHOLDS) -> list[Row]:
    """Mean later surprise per event of those called good before, and of everybody, with bounds by event."""
    before = pair.before
    q = before["q_value"].astype("Float64")
    groups = {"everybody compared": pd.Series(True, index=before.index)}
    for rate in limits.false_discovery_rates:
        groups[f"q <= {rate:.2f} before"] = (q <= rate).fillna(False).astype(bool)
    likely = before["skill_prob"].astype("Float64") >= limits.good_probability
    groups[f"skill_prob >= {limits.good_probability:.2f} before"] = likely.fillna(False).astype(
        bool
    )
    groups["tier S, A or B before"] = before["tier"].isin(["S", "A", "B"])
    rows = []
    for name, inside in groups.items():
        later = pair.later[pair.later["trader"].isin(before.loc[inside, "trader"])]
        rows.append(
            {
                "who": name,
                "wallets": int(inside.sum()),
                **clustered_mean(later["surprise"], later["event"]),
            }
        )
    return rows
