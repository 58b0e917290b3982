"""Is a record better than the prices paid? Estimate, test, and what a population teaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from smartmoney.scoring.constants import SCORING_WEIGHTS, ScoringWeights

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Population = Literal["full", "leaderboard"]


@dataclass(frozen=True)
class Estimate:
    """Per wallet, nan where there is no information: edge in log-odds, standard error, z of the null."""

    edge: FloatArray
    error: FloatArray
    z: FloatArray


@dataclass(frozen=True)
class Prior:
    """Edges in the population: Normal(mean, deviation^2), from `wallets` of them (0: the fixed prior).

    `mean_error` is the standard error of the mean; it matters only where the deviation is zero.
    """

    mean: float
    deviation: float
    wallets: int
    mean_error: float = 0.0


@dataclass(frozen=True)
class Posterior:
    """Per wallet: mean and deviation of the edge, and the probability that it exceeds its costs."""

    mean: FloatArray
    deviation: FloatArray
    skill_prob: FloatArray


def estimate(sum_surprise: FloatArray, sum_information: FloatArray) -> Estimate:
    """Edge sum(u) / sum(v), standard error 1 / sqrt(sum v), and z = sum(u) / sqrt(sum v)."""
    known = sum_information > 0
    v = np.where(known, sum_information, np.nan)
    return Estimate(sum_surprise / v, 1 / np.sqrt(v), sum_surprise / np.sqrt(v))


def p_values(z: FloatArray, p_exact: FloatArray) -> FloatArray:
    """One-sided: the exact Poisson-binomial value where there is one, else the normal one."""
    return np.where(np.isnan(p_exact), ndtr(-z), p_exact)


def q_values(p: FloatArray) -> FloatArray:
    """Benjamini-Hochberg: the smallest false discovery rate at which each test is accepted."""
    # scipy.stats takes more than a second to import: only who scores pays for it
    from scipy.stats import false_discovery_control

    q: FloatArray = false_discovery_control(p) if len(p) else p
    return q


def population_prior(
    edge: FloatArray,
    error: FloatArray,
    population: Population = "full",
    weights: ScoringWeights = SCORING_WEIGHTS,
) -> Prior:
    """Mean and spread of true edges by DerSimonian and Laird (Controlled Clinical Trials 7, 1986).

    Args:
        edge: estimated edges of the wallets with enough events.
        error: their standard errors.
        population: a leaderboard sample holds winners only, and says nothing about a population.
    """
    if population == "leaderboard" or len(edge) < weights.prior_wallets:
        return Prior(weights.prior_mean, weights.prior_deviation, 0)
    w = 1 / error**2
    fixed = (w * edge).sum() / w.sum()
    spread = (w * (edge - fixed) ** 2).sum() - (len(edge) - 1)
    variance = max(0.0, spread / (w.sum() - (w**2).sum() / w.sum()))
    both = 1 / (error**2 + variance)
    mean, mean_error = (both * edge).sum() / both.sum(), 1 / np.sqrt(both.sum())
    return Prior(float(mean), float(np.sqrt(variance)), len(edge), float(mean_error))


def posterior(
    sum_surprise: FloatArray,
    sum_information: FloatArray,
    prior: Prior,
    weights: ScoringWeights = SCORING_WEIGHTS,
) -> Posterior:
    """The edge given the record and the population.

    Where the population shows no spread at all, everybody is its mean, known as well as the mean is.
    """
    if prior.deviation > 0:
        precision = 1 / prior.deviation**2
        mean = (sum_surprise + prior.mean * precision) / (sum_information + precision)
        deviation = 1 / np.sqrt(sum_information + precision)
    else:
        mean = np.full(len(sum_surprise), prior.mean)
        deviation = np.full(len(sum_surprise), prior.mean_error)
    certain = np.where(mean > weights.cost_edge, 1.0, 0.0)
    spread = np.where(deviation > 0, deviation, 1.0)
    return Posterior(
        mean, deviation, np.where(deviation > 0, ndtr((mean - weights.cost_edge) / spread), certain)
    )
