"""rarity_score: where a wallet stands among the unflagged ones, from 0 to 99,999."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smartmoney.scoring.constants import SCORING_WEIGHTS, TOP_SCORE, ScoringWeights

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


def percentile(values: FloatArray, reference: FloatArray) -> FloatArray:
    """Hazen percentile (average rank - 0.5) / N of each value among the N reference values.

    Ties share their average rank. A value that is not among the reference stands between its neighbours. One
    half where there is no reference at all.
    """
    if not len(reference):
        return np.full(len(values), 0.5)
    ranked = np.sort(reference)
    below = np.searchsorted(ranked, values, "left")
    upto = np.searchsorted(ranked, values, "right")
    return (below + upto) / (2 * len(ranked))


def dollar_edge(mean: FloatArray, sum_weight: FloatArray) -> FloatArray:
    """L = sign(B) ln(1 + |B|) of the skill-adjusted dollar edge B = m sum(R v)."""
    dollars = mean * sum_weight
    return np.sign(dollars) * np.log1p(np.abs(dollars))


def rarity_scores(
    mean: FloatArray,
    dollars: FloatArray,
    reference: BoolArray,
    weights: ScoringWeights = SCORING_WEIGHTS,
) -> NDArray[np.int64]:
    """Score of every scored wallet; `reference` marks the unflagged ones, which define the percentiles."""
    composite = weights.skill * percentile(mean, mean[reference])
    composite = composite + weights.dollars * percentile(dollars, dollars[reference])
    return _to_score(percentile(composite, composite[reference]))


def classic_scores(
    pnl: FloatArray,
    win_rate: FloatArray,
    profit_factor: FloatArray,
    stability: FloatArray,
    drawdown: FloatArray,
    hhi: FloatArray,
    reference: BoolArray,
    weights: ScoringWeights = SCORING_WEIGHTS,
) -> NDArray[np.int64]:
    """rarity_classic: the composite people expect, a baseline to beat. nan counts as nothing earned.

    PnL enters as a percentile (a log scale gives the same), the profit factor as gains / (gains + losses)
    with 1 for no losses, the drawdown as what was not lost of the capital; concentration is taken off.
    """
    parts = (
        weights.classic_pnl * percentile(pnl, pnl[reference])
        + weights.classic_win_rate * np.nan_to_num(win_rate)
        + weights.classic_profit_factor * _bounded_factor(profit_factor, pnl)
        + weights.classic_stability * np.nan_to_num(stability)
        + weights.classic_drawdown * (1 - np.clip(np.nan_to_num(drawdown, nan=1.0), 0, 1))
        - weights.classic_concentration * np.nan_to_num(hhi)
    )
    return _to_score(np.clip(parts, 0, 1))


def _bounded_factor(profit_factor: FloatArray, pnl: FloatArray) -> FloatArray:
    bounded = profit_factor / (1 + profit_factor)
    return np.where(np.isnan(profit_factor), np.where(pnl > 0, 1.0, 0.0), bounded)


def _to_score(share: FloatArray) -> NDArray[np.int64]:
    return np.rint(TOP_SCORE * share).astype(np.int64)
