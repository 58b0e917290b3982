"""The verdict: does the score rank what comes next, on this database (scoring.md, section 5)?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from smartmoney.scoring.calibration import brier
from smartmoney.scoring.constants import SCORING_WEIGHTS, TIERS
from smartmoney.scoring.panel import BASELINES, HORIZON_DAYS, Panel
from smartmoney.scoring.ranking import (
    FloatArray,
    factor_quantiles,
    ic_summary,
    information_coefficient,
    mean_return_by_quantile,
    permuted_ic,
    sampling_error,
)
from smartmoney.units import DAY_SECONDS

FACTOR = "rarity_score"
QUANTILES = 10
MIN_IC, MIN_T, MIN_PERMUTATION_SHARE = 0.05, 2.0, 0.95
LEAKAGE_IC = 0.40
RANDOM = "random_within_events"


@dataclass(frozen=True)
class Validation:
    """The tables of a validation and what they add up to.

    Attributes:
        validated: every condition of the verdict holds.
        verdict: one sentence.
        summary: index factor (the score, then the baselines); columns of `ic_summary`.
        ic: index as_of (Unix seconds), one column per factor.
        quantiles: see `mean_return_by_quantile`, deciles of the score.
        spread: top minus bottom decile: mean, low, high (90 %, events resampled), None without both.
        transitions: tier at a cut-off (rows) to tier at the next (columns), shares of the row; NA for empty rows.
        reliability: per tenth of skill_prob: predicted, observed (share whose next edge cleared its costs), count.
        brier: mean squared error of skill_prob against that, None without wallets.
        permutation_share: share of shuffled scores whose IC Mean is lower.
    """

    validated: bool
    verdict: str
    summary: pd.DataFrame
    ic: pd.DataFrame
    quantiles: pd.DataFrame
    spread: dict[str, float | None]
    transitions: pd.DataFrame
    reliability: pd.DataFrame
    brier: float | None
    permutation_share: float | None

    def to_dict(self) -> dict[str, Any]:
        """JSON-native: frames as records, missing numbers as None."""
        frames = {
            name: getattr(self, name).reset_index()
            for name in ("summary", "ic", "quantiles", "transitions", "reliability")
        }
        plain = {name: _records(frame) for name, frame in frames.items()}
        return plain | {
            "validated": self.validated,
            "verdict": self.verdict,
            "spread": self.spread,
            "brier": self.brier,
            "permutation_share": self.permutation_share,
        }


def validate(
    panel: Panel,
    *,
    horizon_days: int = HORIZON_DAYS,
    permutations: int = 500,
    bootstraps: int = 500,
    seed: int = 7,
) -> Validation:
    """All tables of the validation and the verdict; the same for the same seed."""
    scores = panel.scores.assign(**{RANDOM: _random_within_events(panel.scores, seed)})
    factors = (FACTOR, *BASELINES, RANDOM)
    lags = _overlap(scores, horizon_days)
    series = {factor: information_coefficient(scores, factor) for factor in factors}
    error = sampling_error(scores, horizon_days * DAY_SECONDS)
    rows = {factor: ic_summary(ic, lags, error) for factor, ic in series.items()}
    summary = pd.DataFrame(rows, dtype="Float64").T
    quantile = factor_quantiles(scores, FACTOR, QUANTILES)
    share = _permutation_share(scores, summary.loc[FACTOR, "IC Mean"], permutations, seed)
    validated, verdict = _verdict(summary, share)
    return Validation(
        validated,
        verdict,
        summary.rename_axis("factor"),
        pd.DataFrame(series).rename_axis("as_of"),
        mean_return_by_quantile(scores, quantile),
        decile_spread(panel, quantile, bootstraps, seed),
        transition_matrix(panel.tiers),
        reliability(scores),
        _brier(scores),
        share,
    )


def decile_spread(
    panel: Panel, quantile: pd.Series, bootstraps: int, seed: int
) -> dict[str, float | None]:
    """Mean unit surprise of the top decile minus that of the bottom one; 90 % interval from resampling events."""
    side = panel.scores[["as_of", "trader"]].assign(quantile=quantile)
    rows = panel.next_events.merge(
        side[side["quantile"].isin([1, QUANTILES])], on=["as_of", "trader"]
    )
    _, cluster = np.unique(rows["event"].to_numpy(), return_inverse=True)
    size = int(cluster.max()) + 1 if len(rows) else 0
    top = (rows["quantile"] == QUANTILES).to_numpy()
    sums = np.zeros((size, 4))
    for column, side_rows in ((0, top), (2, ~top)):
        np.add.at(sums[:, column], cluster[side_rows], rows["surprise"].to_numpy()[side_rows])
        np.add.at(sums[:, column + 1], cluster[side_rows], 1.0)
    whole = _spread_of(sums.sum(axis=0)[None, :])
    if not len(whole):
        return {"mean": None, "low": None, "high": None}
    rng = np.random.default_rng(seed)
    draws = _spread_of(rng.multinomial(size, np.full(size, 1 / size), bootstraps) @ sums)
    low, high = np.quantile(draws, [0.05, 0.95]) if len(draws) else (whole[0], whole[0])
    return {"mean": float(whole[0]), "low": float(low), "high": float(high)}


def _spread_of(sums: FloatArray) -> FloatArray:
    both = sums[(sums[:, 1] > 0) & (sums[:, 3] > 0)]
    spread: FloatArray = both[:, 0] / both[:, 1] - both[:, 2] / both[:, 3]
    return spread


def transition_matrix(tiers: pd.DataFrame) -> pd.DataFrame:
    """Shares of the wallets of each tier (index `tier`) by their tier at the next cut-off (columns)."""
    cutoffs = sorted(tiers["as_of"].unique())
    following = dict(zip(cutoffs[:-1], cutoffs[1:], strict=True))
    now = tiers.assign(next_as_of=tiers["as_of"].map(following)).dropna(subset=["next_as_of"])
    pairs = now.merge(
        tiers,
        left_on=["next_as_of", "trader"],
        right_on=["as_of", "trader"],
        suffixes=("", "_next"),
    )
    counts = pd.crosstab(pairs["tier"], pairs["tier_next"]).reindex(
        index=TIERS, columns=TIERS, fill_value=0
    )
    total = counts.sum(axis=1)
    return (
        counts.astype("Float64")
        .div(total.where(total > 0).astype("Float64"), axis=0)
        .rename_axis("tier")
    )


def reliability(scores: pd.DataFrame) -> pd.DataFrame:
    """Does skill_prob mean what it says? Index `bin` 0-9; predicted, observed Float64, count; empty bins
    left out.

    Observed is noisy evidence: a next period is short, so it is drawn towards one half.
    """
    probability = scores["skill_prob"].astype(np.float64)
    cleared = pd.Series(_cleared(scores), index=scores.index)
    bins = (probability * 10).astype(np.int64).clip(0, 9).rename("bin")
    table = (
        pd.DataFrame({"predicted": probability, "observed": cleared})
        .groupby(bins)
        .mean()
        .astype("Float64")
    )
    return table.assign(count=bins.groupby(bins).size())


def _brier(scores: pd.DataFrame) -> float | None:
    return brier(scores["skill_prob"].to_numpy(np.float64), _cleared(scores))


def _cleared(scores: pd.DataFrame) -> FloatArray:
    edge = scores["target_surprise"].to_numpy() / scores["target_information"].to_numpy()
    cleared: FloatArray = (edge > SCORING_WEIGHTS.cost_edge).astype(np.float64)
    return cleared


def _random_within_events(scores: pd.DataFrame, seed: int) -> pd.Series:
    """A baseline that knows nothing but how many events a wallet had, to the decile."""
    rng = np.random.default_rng(seed)
    return factor_quantiles(scores, "skill_events", QUANTILES).astype(np.float64) + rng.random(
        len(scores)
    )


def _overlap(scores: pd.DataFrame, horizon_days: int) -> int:
    """How many cut-offs later targets still overlap."""
    gaps = np.diff(np.sort(scores["as_of"].unique()))
    return int(horizon_days * DAY_SECONDS // gaps.min()) if len(gaps) else 0


def _permutation_share(scores: pd.DataFrame, ic: Any, times: int, seed: int) -> float | None:
    if ic is pd.NA:
        return None
    return float((permuted_ic(scores, FACTOR, times, seed) < ic).mean())


def _verdict(summary: pd.DataFrame, share: float | None) -> tuple[bool, str]:
    score = summary.loc[FACTOR]
    if score["IC Mean"] is pd.NA or score["t-stat(IC)"] is pd.NA or share is None:
        return False, "Not validated on this database: too few cut-offs with enough wallets."
    others = summary["IC Mean"].drop(FACTOR).dropna()
    fails = []
    if score["IC Mean"] <= MIN_IC:
        fails.append(f"IC {score['IC Mean']:.3f} is not above {MIN_IC}")
    if score["t-stat(IC)"] <= MIN_T:
        fails.append(f"t {score['t-stat(IC)']:.1f} is not above {MIN_T}")
    if share <= MIN_PERMUTATION_SHARE:
        fails.append(f"only {share:.0%} of shuffled scores do worse")
    if len(others) and score["IC Mean"] <= others.max():
        fails.append(f"{others.idxmax()} ranks as well (IC {others.max():.3f})")
    if fails:
        return False, f"Not validated on this database: {'; '.join(fails)}."
    leak = (
        " An IC this high means leakage: check the cut-offs."
        if score["IC Mean"] > LEAKAGE_IC
        else ""
    )
    return True, (
        f"Validated: IC {score['IC Mean']:.3f}, t {score['t-stat(IC)']:.1f}, above every baseline and "
        f"{share:.0%} of shuffled scores.{leak}"
    )


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = (
        frame.astype(object).where(frame.notna(), None).to_dict("records")
    )
    return records
