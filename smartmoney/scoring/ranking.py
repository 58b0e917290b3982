"""Does a factor rank what comes next? Rank IC, Newey-West t, quantiles; names of the outputs follow
alphalens."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr
from scipy.stats import kurtosis, skew, spearmanr

FloatArray = NDArray[np.float64]


def ranks(values: FloatArray) -> FloatArray:
    """Ranks from 1; ties share their average rank."""
    found: FloatArray = pd.Series(values).rank().to_numpy(np.float64)
    return found


def rank_correlation(a: FloatArray, b: FloatArray) -> float | None:
    """Spearman's rank correlation, ties sharing ranks; None below three pairs or when one side is constant."""
    if len(a) < 3 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return None
    return float(spearmanr(a, b).statistic)


def newey_west_t(series: FloatArray, lags: int, least_error: float = 0.0) -> float | None:
    """t of the mean of a series whose terms overlap: Bartlett weights up to `lags` (Newey and West, 1987).

    None below three terms or without variance. The variance is scaled by T / (T - 1). A few terms that
    overlap resemble each other by construction, so the error of the mean is never taken below `least_error`.
    """
    n = len(series)
    if n < 3:
        return None
    e = series - series.mean()
    variance = float((e**2).sum())
    for lag in range(1, min(lags, n - 1) + 1):
        variance += 2 * (1 - lag / (lags + 1)) * float((e[lag:] * e[:-lag]).sum())
    error = max(math.sqrt(max(variance, 0.0) / (n - 1) / n), least_error)
    return float(series.mean() / error) if error > 1e-9 else None


def information_coefficient(panel: pd.DataFrame, factor: str) -> pd.Series:
    """Rank IC of `factor` against `target` per cut-off.

    Args:
        panel: columns `as_of`, `target` and the factor; rows where either is missing are left out.

    Returns:
        Series named IC indexed by `as_of`; cut-offs without an IC are left out.
    """
    found = {}
    for as_of, group in panel.dropna(subset=[factor, "target"]).groupby("as_of"):
        ic = rank_correlation(
            group[factor].to_numpy(np.float64), group["target"].to_numpy(np.float64)
        )
        if ic is not None:
            found[as_of] = ic
    return pd.Series(found, name="IC", dtype=np.float64).rename_axis("as_of")


def sampling_error(panel: pd.DataFrame, horizon: int) -> float:
    """Standard error of the mean IC of a factor that knows nothing: 1 / sqrt(wallets x independent periods).

    Args:
        panel: one row per cut-off (`as_of`) and wallet.
        horizon: seconds that a target looks ahead; cut-offs closer than that share part of their targets.
    """
    cutoffs = panel["as_of"].unique()
    if not len(cutoffs):
        return 0.0
    periods = min(len(cutoffs), 1 + (cutoffs.max() - cutoffs.min()) / horizon)
    return 1 / math.sqrt(max(len(panel) / len(cutoffs) - 1, 1.0) * periods)


def ic_summary(ic: pd.Series, lags: int, least_error: float = 0.0) -> dict[str, float | None]:
    """IC Mean, IC Std., Risk-Adjusted IC, t-stat(IC) by Newey-West, p-value(IC) one-sided, IC Skew, IC
    Kurtosis."""
    values = ic.to_numpy(np.float64)
    spread = float(values.std(ddof=1)) if len(values) > 1 else 0.0
    t = newey_west_t(values, lags, least_error)
    return {
        "IC Mean": float(values.mean()) if len(values) else None,
        "IC Std.": spread if len(values) > 1 else None,
        "Risk-Adjusted IC": float(values.mean() / spread) if spread > 0 else None,
        "t-stat(IC)": t,
        "p-value(IC)": None if t is None else float(ndtr(-t)),
        "IC Skew": float(skew(values)) if spread > 0 else None,
        "IC Kurtosis": float(kurtosis(values)) if spread > 0 else None,
    }


def factor_quantiles(panel: pd.DataFrame, factor: str, quantiles: int) -> pd.Series:
    """Quantile of the factor within each cut-off, 1 (lowest) to `quantiles`, Int64 named factor_quantile;
    ties by the order of traders, NA where the factor is missing."""
    place = panel.groupby("as_of")[factor].rank(method="first")
    size = panel.groupby("as_of")[factor].transform("count")
    shares = (place - 1) * quantiles // size + 1
    return shares.astype("Int64").rename("factor_quantile")


def mean_return_by_quantile(panel: pd.DataFrame, quantile: pd.Series) -> pd.DataFrame:
    """Pooled edge of what came next per quantile of the factor.

    Returns:
        Index `factor_quantile`; columns `mean` (unit surprise per event), `std_err` (at the prices paid),
        `count` (wallets).
    """
    sums = panel.groupby(quantile)[["target_surprise", "target_information", "target_events"]].sum()
    return pd.DataFrame(
        {
            "mean": sums["target_surprise"] / sums["target_events"],
            "std_err": sums["target_information"] ** 0.5 / sums["target_events"],
            "count": panel.groupby(quantile).size(),
        }
    )


def permuted_ic(panel: pd.DataFrame, factor: str, times: int, seed: int) -> FloatArray:
    """IC Mean of the factor dealt out to other wallets, `times` times.

    One deal holds for all cut-offs, so that a wallet's luck lasts as long in the shuffled world as in the
    real one: scores persist and targets overlap, and independent shuffles would make the null far too narrow.
    """
    rng = np.random.default_rng(seed)
    known = panel.dropna(subset=[factor, "target"]).sort_values(["as_of", "trader"], kind="stable")
    traders, number = np.unique(known["trader"].to_numpy(), return_inverse=True)
    cutoffs = []
    for rows in known.assign(number=number).groupby("as_of", sort=True).indices.values():
        x, y = (ranks(known[name].to_numpy(np.float64)[rows]) for name in (factor, "target"))
        x, y = x - x.mean(), y - y.mean()
        size = math.sqrt(float((x**2).sum() * (y**2).sum()))
        if len(x) >= 3 and size > 0:
            cutoffs.append((number[rows], x, y / size))
    total = np.zeros(times)
    for k in range(times):
        deal = rng.permutation(len(traders))
        total[k] = sum(float((x[np.argsort(deal[who])] * y).sum()) for who, x, y in cutoffs)
    return total / max(len(cutoffs), 1)
