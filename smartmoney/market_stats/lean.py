"""Which way the smart money leans, how sure that is, and what it is worth beside the price."""

from __future__ import annotations

import numpy as np

from smartmoney.market_stats.exposure import Floats

LEAST_WALLETS = 3
RESAMPLES = 400
INTERVAL = (0.05, 0.95)
MOST_AT_ONCE = 4_096
LEAST_RESOLVED = 300
"""Markets that must have resolved before a lean may move a price."""


def leans(signed: Floats, pull: Floats, seed: int) -> Floats:
    """(YES - NO) / (YES + NO) of markets with equally many wallets, with the 90 % bootstrap bounds over wallets.

    Args:
        signed: shape (markets, wallets): each wallet's pull, negative for NO.
        pull: the same shape: w·ln(1 + |x|/100), positive.
        seed: of the draws, which markets of one size share.

    Returns:
        Shape (markets, 3): the lean, its lower and its upper bound.
    """
    markets, wallets = pull.shape
    drawn = np.random.default_rng([seed, wallets]).integers(0, wallets, (RESAMPLES, wallets))
    times = np.zeros((wallets, RESAMPLES))
    np.add.at(times, (drawn.T, np.arange(RESAMPLES)), 1.0)
    found = np.empty((markets, 3))
    found[:, 0] = signed.sum(axis=1) / pull.sum(axis=1)
    for start in range(0, markets, MOST_AT_ONCE):
        part = slice(start, start + MOST_AT_ONCE)
        found[part, 1:] = np.quantile(
            (signed[part] @ times) / (pull[part] @ times), INTERVAL, axis=1
        ).T
    return found


def divergence(price: Floats, smart_lean: Floats, slope: float) -> Floats:
    """p_smart - price, where logit p_smart = logit price + slope·lean.

    NaN where price or lean is unknown, and everywhere while the slope is 0, that is, not fitted: no difference from the
    price would be a statement.
    """
    if slope == 0:
        return np.full(len(price), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = 1 / (1 + np.exp(-(np.log(price / (1 - price)) + slope * smart_lean)))
    return np.where((price > 0) & (price < 1), moved - price, np.nan)


def fit_lean_slope(
    price: Floats, smart_lean: Floats, won: Floats, least: int = LEAST_RESOLVED
) -> float:
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
