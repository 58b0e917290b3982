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

from smartmoney.ledger.columns import Columns
from smartmoney.metrics import loops
from smartmoney.metrics.thresholds import EXACT_BINOMIAL_EVENTS
from smartmoney.scoring.constants import SCORING_WEIGHTS, ScoringWeights
from smartmoney.scoring.skill import FloatArray, Prior, estimate, population_prior, q_values

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
ROUNDS = 50
"""Of fitting wallets and parts in turn; the fit is done long before."""
SETTLED = 1e-10


GOOD_PROB = 0.90
GOOD_Q = 0.05
"""Of worlds without skill at most so many in a hundred find anybody good at anything."""


@dataclass(frozen=True)
class Cells(Columns):
    """What is known of each wallet in each part, one row each.

    Attributes:
        wallet: int64, a small number per wallet.
        part: int64, from 0.
        events: int64, that count for skill.
        surprise, information: float64, sums of u and v over them.
        p: float64, chance that luck at the prices paid does as well, by `luck`.
    """

    wallet: IntArray
    part: IntArray
    events: IntArray
    surprise: FloatArray
    information: FloatArray
    p: FloatArray


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
        good: luck is rejected at GOOD_Q, and the edge exceeds its costs with GOOD_PROB.
    """

    mean: FloatArray
    deviation: FloatArray
    low: FloatArray
    high: FloatArray
    prob: FloatArray
    q: FloatArray
    good: BoolArray


def cells_of(
    wallet: IntArray,
    part: IntArray,
    price: FloatArray,
    surprise: FloatArray,
    information: FloatArray,
) -> Cells:
    """Events brought together.

    Args:
        wallet, part: numbers per event; sorted by wallet, then part.
        price: chance of a hit per event (`entry_price`).
        surprise, information: u and v per event.
    """
    new = (np.diff(wallet, prepend=-1) != 0) | (np.diff(part, prepend=-1) != 0)
    start = np.flatnonzero(new)
    bounds = np.append(start, len(wallet))
    cell = np.cumsum(new) - 1
    u, v = (np.bincount(cell, x, len(start)).astype(np.float64) for x in (surprise, information))
    p = luck(bounds, price, surprise, information)
    return Cells(wallet[start], part[start], np.diff(bounds), u, v, p)


def judge(cells: Cells) -> PartEdges:
    """The edge of each wallet in each part, with the population that the cells themselves show."""
    return part_edges(cells, prior_of(cells), spread_of(cells))


def prior_of(cells: Cells) -> Prior:
    """Of the wallets' own edges, from their cells."""
    columns = (cells.events, cells.surprise, cells.information)
    return own_prior(*(np.bincount(cells.wallet, x).astype(np.float64) for x in columns))


def own_prior(events: FloatArray, surprise: FloatArray, information: FloatArray) -> Prior:
    """Of the wallets' own edges, from the sums of each: as the score has it, from those with enough events."""
    family = (events >= SCORING_WEIGHTS.family_events) & (information > 0)
    own = estimate(surprise[family], information[family])
    return population_prior(own.edge, own.error)


def spread_of(cells: Cells) -> Spread:
    """Estimate delta and tau from the cells of wallets that have two parts or more; those without information are left
    out."""
    wallet, part = cells.wallet, cells.part
    parts = int(part.max(initial=-1)) + 1
    known = cells.information > 0
    several = np.bincount(wallet[known], minlength=int(wallet.max(initial=-1)) + 1) > 1
    known &= several[wallet]
    _, wallet = np.unique(wallet[known], return_inverse=True)
    part, v = part[known], cells.information[known]
    if not len(v):
        return Spread(np.zeros(parts), 0.0, 0)
    edge = cells.surprise[known] / v
    delta = _two_way(wallet, part, edge, v, parts)
    left = edge - delta[part]
    total = np.bincount(wallet, v)
    held = np.where(total > 0, total, 1.0)
    own = np.bincount(wallet, v * left) / held
    excess = float((v * (left - own[wallet]) ** 2).sum())
    wallets = int((total > 0).sum())
    freedom = len(v) - wallets - (len(np.unique(part)) - 1)
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
    bounds: IntArray, price: FloatArray, surprise: FloatArray, information: FloatArray
) -> FloatArray:
    """Per cell, the chance that luck at the prices paid does as well: the larger of the normal tail and the exact one.

    The normal tail alone makes long shots that came in look sure: two hits of ten at 2 cents are 2e-5 to it and 0.016 in
    truth. The exact one counts hits alone, and an event of several markets may hit with its smaller bets; so that neither
    is trusted where the other doubts. Above `EXACT_BINOMIAL_EVENTS` events there is only the normal one.

    Args:
        bounds: int64, cell i has the events from bounds[i] up to bounds[i + 1].
        price: chance of a hit per event (`entry_price`).
        surprise, information: u and v per event.
    """
    u, v, hits = (
        np.diff(np.append(0, np.cumsum(x))[bounds]) for x in (surprise, information, surprise > 0)
    )
    exact = loops.poisson_binomial_tails(
        bounds, price, hits.astype(np.int64), EXACT_BINOMIAL_EVENTS
    )
    p: FloatArray = np.fmax(ndtr(-estimate(u, v).z), exact)
    return p


def part_edges(
    cells: Cells, prior: Prior, spread: Spread, weights: ScoringWeights = SCORING_WEIGHTS
) -> PartEdges:
    """The edge of each wallet in each part, given its whole record and the population; below `family_events` events
    there is no number at all.

    Args:
        cells: of all wallets.
        prior: of the wallets' own edges.
        spread: see `spread_of`.
    """
    wallet, part = cells.wallet, cells.part
    v = cells.information
    known = v > 0
    noise = np.where(known, 1 / np.where(known, v, 1.0), np.inf)
    edge = np.where(known, cells.surprise * np.where(known, noise, 0.0), 0.0)
    own_mean, own_variance = _own(wallet, part, edge, noise, prior, spread)
    tau2 = spread.deviation**2
    trust = np.where(known, tau2 / (tau2 + np.where(known, noise, 1.0)), 0.0)
    expected = own_mean[wallet] + spread.delta[part]
    mean = expected + trust * (edge - expected)
    variance = tau2 * (1 - trust) + (1 - trust) ** 2 * own_variance[wallet]
    deviation = np.sqrt(variance)
    enough = known & (cells.events >= weights.family_events)
    q = np.full(len(v), np.nan)
    q[enough] = q_values(cells.p[enough])
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
    good = (q <= GOOD_Q) & (prob >= GOOD_PROB)
    return PartEdges(mean, deviation, low, high, prob, q, good)


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
