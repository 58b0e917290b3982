"""Which way the smart money leans, how sure that is, and what it is worth beside the price."""

from __future__ import annotations

import numpy as np

from smartmoney.market_stats.exposure import Floats

LEAST_WALLETS = 3
RESAMPLES = 400
INTERVAL = (0.05, 0.95)
LEAST_RESOLVED = 300
"""Markets that must have resolved before a lean may move a price."""


def lean(signed: Floats, pull: Floats, rng: np.random.Generator) -> tuple[float, float, float]:
    """(YES - NO) / (YES + NO) with its 90 % bootstrap bounds over wallets.

    Args:
        signed: per wallet, its pull, negative for NO.
        pull: per wallet, w·ln(1 + |x|/100), positive.
    """
    drawn = rng.integers(0, len(pull), (RESAMPLES, len(pull)))
    low, high = np.quantile(signed[drawn].sum(axis=1) / pull[drawn].sum(axis=1), INTERVAL)
    return float(signed.sum() / pull.sum()), float(low), float(high)


def divergence(price: Floats, smart_lean: Floats, slope: float) -> Floats:
    """p_smart - price, where logit p_smart = logit price + slope·lean; NaN where price or lean is unknown."""
    if slope == 0:
        return np.where((price > 0) & (price < 1) & np.isfinite(smart_lean), 0.0, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = 1 / (1 + np.exp(-(np.log(price / (1 - price)) + slope * smart_lean)))
    return np.where((price > 0) & (price < 1), moved - price, np.nan)


def fit_lean_slope(price: Floats, smart_lean: Floats, won: Floats, least: int = LEAST_RESOLVED) -> float:
    """b of logit P(YES) = logit price + b·lean, by maximum likelihood; 0 below `least` markets.

    Args:
        price, smart_lean: what each market showed before it resolved.
        won: what outcome 0 paid, 0 to 1.
    """
    usable = (price > 0) & (price < 1) & np.isfinite(smart_lean) & np.isfinite(won)
    if usable.sum() < least:
        return 0.0
    offset, x, y = np.log(price[usable] / (1 - price[usable])), smart_lean[usable], won[usable]
    slope = 0.0
    for _ in range(50):
        p = 1 / (1 + np.exp(-(offset + slope * x)))
        curvature = float((x * x * p * (1 - p)).sum())
        if curvature <= 1e-12:
            return 0.0
        step = float((x * (y - p)).sum()) / curvature
        slope += float(np.clip(step, -1.0, 1.0))
        if abs(step) < 1e-9:
            break
    return slope
