"""Edge by part of a record, such as categories: each shrunk towards the wallet's own edge and the part's population.

Scoring.md, section 3, "Edge by category". A normal model on two levels: the true edge of wallet w in part c is
theta_wc ~ Normal(theta_w + delta_c, tau^2), and theta_w ~ Normal(mean, s^2), the population's prior. What was seen of it is
sum(u) / sum(v) with variance 1 / sum(v). All posteriors are closed forms. tau^2 is estimated by moments as DerSimonian and
Laird do (Controlled Clinical Trials 7, 1986), within wallets that have two parts or more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from smartmoney.metrics import loops
from smartmoney.metrics.thresholds import EXACT_BINOMIAL_EVENTS
from smartmoney.scoring.constants import SCORING_WEIGHTS, ScoringWeights
from smartmoney.scoring.skill import FloatArray, Prior, estimate, q_values

IntArray = NDArray[np.int64]
ROUNDS = 50
"""Of fitting wallets and parts in turn; the fit is done long before."""
SETTLED = 1e-10


@dataclass(frozen=True)
class Spread:
    """How edges differ by part within a wallet.

    Attributes:
        delta: per part, what its population adds to a wallet's edge; the mean over all that is known is 0.
        deviation: tau, in log-odds; 0 where parts differ no more than luck makes them.
        wallets: with two parts or more, which is what it was estimated from.
    """

    delta: FloatArray
    deviation: float
    wallets: int


@dataclass(frozen=True)
class PartEdges:
    """Per cell (wallet and part): nan where nothing is known.

    Attributes:
        mean, deviation: posterior of the edge, log-odds.
        low, high: its 90 % interval.
        prob: that the edge exceeds its costs.
        q: smallest false discovery rate, over all cells with enough events, at which luck at the prices paid is rejected.
    """

    mean: FloatArray
    deviation: FloatArray
    low: FloatArray
    high: FloatArray
    prob: FloatArray
    q: FloatArray


def spread_of(
    wallet: IntArray, part: IntArray, sum_surprise: FloatArray, sum_information: FloatArray
) -> Spread:
    """Estimate delta and tau from the cells of wallets that have two parts or more.

    Args:
        wallet: number per cell, from 0.
        part: number per cell, from 0.
        sum_surprise: sum of u per cell.
        sum_information: sum of v per cell; cells with none are left out.
    """
    parts = int(part.max(initial=-1)) + 1
    known = sum_information > 0
    several = np.bincount(wallet[known], minlength=int(wallet.max(initial=-1)) + 1) > 1
    known &= several[wallet]
    wallet, part, v = wallet[known], part[known], sum_information[known]
    if not len(v):
        return Spread(np.zeros(parts), 0.0, 0)
    edge = sum_surprise[known] / v
    delta = _two_way(wallet, part, edge, v, parts)
    left = edge - delta[part]
    total = np.bincount(wallet, v)
    held = np.where(total > 0, total, 1.0)
    own = np.bincount(wallet, v * left) / held
    excess = float((v * (left - own[wallet]) ** 2).sum())
    cells, wallets = len(v), int((total > 0).sum())
    freedom = cells - wallets - (len(np.unique(part)) - 1)
    scale = v.sum() - (np.bincount(wallet, v**2) / held).sum()
    variance = max(0.0, (excess - freedom) / scale) if freedom > 0 and scale > 0 else 0.0
    return Spread(delta, float(np.sqrt(variance)), wallets)


def _two_way(
    wallet: IntArray, part: IntArray, edge: FloatArray, v: FloatArray, parts: int
) -> FloatArray:
    """Effects of the parts beside those of the wallets, by weighted least squares in turns; their weighted mean is 0."""
    by_part, by_wallet = np.bincount(part, v, parts), np.bincount(wallet, v)
    weight, held = np.where(by_part > 0, by_part, 1.0), np.where(by_wallet > 0, by_wallet, 1.0)
    delta = np.zeros(parts)
    for _ in range(ROUNDS):
        own = np.bincount(wallet, v * (edge - delta[part])) / held
        found = np.bincount(part, v * (edge - own[wallet]), parts) / weight
        found = np.where(by_part > 0, found - (by_part * found).sum() / by_part.sum(), 0.0)
        moved, delta = np.abs(found - delta).max(), found
        if moved < SETTLED:
            break
    return delta


def luck(
    cell: IntArray, price: FloatArray, surprise: FloatArray, information: FloatArray
) -> FloatArray:
    """Per cell, the chance that luck at the prices paid does as well: the larger of the normal tail and the exact one.

    The normal tail alone makes long shots that came in look sure: two hits of ten at 2 cents are 2e-5 to it and 0.016 in
    truth. The exact one counts hits alone, and an event of several markets may hit with its smaller bets; so that neither
    is trusted where the other doubts. Above `EXACT_BINOMIAL_EVENTS` events there is only the normal one.

    Args:
        cell: number per event, from 0, ascending.
        price: chance of a hit per event (`entry_price`).
        surprise, information: u and v per event.
    """
    bounds = np.append(0, np.cumsum(np.bincount(cell)))
    u, v = (np.bincount(cell, x).astype(np.float64) for x in (surprise, information))
    hits = np.bincount(cell, surprise > 0).astype(np.int64)
    exact = loops.poisson_binomial_tails(bounds, price, hits, EXACT_BINOMIAL_EVENTS)
    p: FloatArray = np.fmax(ndtr(-estimate(u, v).z), exact)
    return p


def part_edges(
    wallet: IntArray,
    part: IntArray,
    events: IntArray,
    sum_surprise: FloatArray,
    sum_information: FloatArray,
    p: FloatArray,
    prior: Prior,
    spread: Spread,
    weights: ScoringWeights = SCORING_WEIGHTS,
) -> PartEdges:
    """The edge of each wallet in each part, given its whole record and the population.

    Args:
        wallet: number per cell, from 0.
        part: number per cell, from 0.
        events: that count for skill, per cell; below `family_events` there is no number at all.
        sum_surprise, sum_information: of u and v per cell.
        p: of `luck`, per cell.
        prior: of the wallets' own edges.
        spread: see `spread_of`.
    """
    v = sum_information
    known = v > 0
    noise = np.where(known, 1 / np.where(known, v, 1.0), np.inf)
    edge = np.where(known, sum_surprise * np.where(known, noise, 0.0), 0.0)
    own_mean, own_variance = _own(wallet, part, edge, noise, prior, spread)
    tau2 = spread.deviation**2
    trust = np.where(known, tau2 / (tau2 + np.where(known, noise, 1.0)), 0.0)
    expected = own_mean[wallet] + spread.delta[part]
    mean = expected + trust * (edge - expected)
    variance = tau2 * (1 - trust) + (1 - trust) ** 2 * own_variance[wallet]
    deviation = np.sqrt(variance)
    enough = known & (events >= weights.family_events)
    q = np.full(len(v), np.nan)
    q[enough] = q_values(p[enough])
    width = weights.interval_z * deviation
    over = mean - weights.cost_edge
    prob = np.where(
        deviation > 0,
        ndtr(over / np.where(deviation > 0, deviation, 1.0)),
        (over > 0).astype(float),
    )
    bounds = mean - width, mean + width
    mean, deviation, low, high, prob = (
        np.where(enough, value, np.nan) for value in (mean, deviation, *bounds, prob)
    )
    return PartEdges(mean, deviation, low, high, prob, q)


def _own(
    wallet: IntArray,
    part: IntArray,
    edge: FloatArray,
    noise: FloatArray,
    prior: Prior,
    spread: Spread,
) -> tuple[FloatArray, FloatArray]:
    """Posterior mean and variance of each wallet's own edge, from all of its cells."""
    size = int(wallet.max(initial=-1)) + 1
    weight = np.where(np.isfinite(noise), 1 / (spread.deviation**2 + noise), 0.0)
    if prior.deviation <= 0:  # everybody is the population's mean, known as well as the mean is
        return np.full(size, prior.mean), np.full(size, prior.mean_error**2)
    precision = 1 / prior.deviation**2 + np.bincount(wallet, weight, size)
    seen = np.bincount(wallet, weight * (edge - spread.delta[part]), size)
    return (prior.mean / prior.deviation**2 + seen) / precision, 1 / precision
