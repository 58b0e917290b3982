"""Estimates with intervals: resampling by cluster, so that thirty fills of one idea count as one observation.

Method: the percentile bootstrap over clusters (A. C. Davison, D. V. Hinkley, Bootstrap Methods and their Application, 1997,
sections 3.8 and 5.3). The same input gives the same interval, in whatever order the rows come.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv

FloatArray = NDArray[np.float64]
DRAWS, LEVEL, SEED = 1_000, 0.90, 7
FEWEST = 2
"""Clusters an interval needs; with one there is nothing to resample, and the bounds stay empty."""


@dataclass(frozen=True)
class Interval:
    """An estimate.

    Attributes:
        value: the estimate; nan without data.
        low, high: its bounds, 90 % by default; nan when too little is there to have any.
        n: observations.
        clusters: independent units behind them (events, or wallets).
    """

    value: float
    low: float
    high: float
    n: int
    clusters: int

    def __bool__(self) -> bool:
        return math.isfinite(self.value)

    @property
    def excludes_zero(self) -> bool:
        """Do both bounds lie on the same side of zero?"""
        return bool(self.low > 0 or self.high < 0)

    def times(self, factor: float) -> Interval:
        """The same in another unit; the factor is positive."""
        return Interval(
            self.value * factor, self.low * factor, self.high * factor, self.n, self.clusters
        )


EMPTY = Interval(math.nan, math.nan, math.nan, 0, 0)


def ratio(
    numerator: ArrayLike, denominator: ArrayLike, cluster: ArrayLike, level: float = LEVEL
) -> Interval:
    """Sum of the numerator / sum of the denominator, rows of a cluster drawn together; rows with a missing value left out.

    Args:
        numerator, denominator, cluster: one value per row; clusters are compared for equality only.
        level: probability between the bounds.
    """
    sums, n = _sums([numerator, denominator], cluster)
    if not n or sums[:, 1].sum() == 0:
        return EMPTY
    draws = _drawn(sums)
    kept = draws[draws[:, 1] != 0]
    return _interval(
        float(np.divide(*sums.sum(axis=0))), kept[:, 0] / kept[:, 1], n, len(sums), level
    )


def mean(values: ArrayLike, cluster: ArrayLike, level: float = LEVEL) -> Interval:
    """The mean of the values, rows of a cluster drawn together."""
    array = _numbers(values)
    return ratio(array, np.ones(len(array)), cluster, level)


def difference(
    values: ArrayLike, first: ArrayLike, cluster: ArrayLike, level: float = LEVEL
) -> Interval:
    """Mean of the rows where `first` is true less the mean of the others, both from the same drawn clusters."""
    array, side = _numbers(values), np.asarray(first, dtype=bool)
    there = np.where(np.isfinite(array), 1.0, np.nan)
    sums, n = _sums(
        [np.where(side, array, 0), there * side, np.where(side, 0, array), there * ~side], cluster
    )
    if not n or not sums[:, 1].sum() or not sums[:, 3].sum():
        return EMPTY
    draws = _drawn(sums)
    draws = draws[(draws[:, 1] > 0) & (draws[:, 3] > 0)]
    gaps = draws[:, 0] / draws[:, 1] - draws[:, 2] / draws[:, 3]
    whole = sums.sum(axis=0)
    return _interval(float(whole[0] / whole[1] - whole[2] / whole[3]), gaps, n, len(sums), level)


def resampled(
    values: ArrayLike,
    statistic: Callable[[FloatArray], float],
    draws: int = 300,
    level: float = LEVEL,
) -> Interval:
    """Any statistic of independent values (wallets), from so many resamples of them."""
    array = np.sort(_numbers(values))
    array = array[np.isfinite(array)]
    if not len(array):
        return EMPTY
    rng = np.random.default_rng(SEED)
    found = np.array([statistic(rng.choice(array, len(array))) for _ in range(draws)])
    return _interval(statistic(array), found[np.isfinite(found)], len(array), len(array), level)


def share(hits: int, n: int, level: float = LEVEL) -> Interval:
    """A share of independent cases, with Jeffreys' interval (L. Brown, T. Cai, A. DasGupta, Statistical Science 16, 2001)."""
    if not n:
        return EMPTY
    tail = (1 - level) / 2
    low = betaincinv(hits + 0.5, n - hits + 0.5, tail) if hits else 0.0
    high = betaincinv(hits + 0.5, n - hits + 0.5, 1 - tail) if hits < n else 1.0
    return Interval(hits / n, float(low), float(high), n, n)


def _numbers(values: ArrayLike) -> FloatArray:
    array: FloatArray = pd.Series(values).to_numpy(dtype=np.float64, na_value=np.nan)
    return array


def _sums(values: list[Any], cluster: ArrayLike) -> tuple[FloatArray, int]:
    """Sums per cluster, in an order that depends on the sums alone; and how many rows were whole."""
    columns = np.column_stack([_numbers(each) for each in values])
    whole = np.isfinite(columns).all(axis=1)
    codes, names = pd.factorize(pd.Series(cluster)[whole])
    sums = np.zeros((len(names), columns.shape[1]))
    np.add.at(sums, codes, columns[whole])
    return sums[np.lexsort(sums.T)], int(whole.sum())


def _drawn(sums: FloatArray) -> FloatArray:
    rng = np.random.default_rng(SEED)
    found: FloatArray = rng.multinomial(len(sums), np.full(len(sums), 1 / len(sums)), DRAWS) @ sums
    return found


def _interval(value: float, draws: FloatArray, n: int, clusters: int, level: float) -> Interval:
    if clusters < FEWEST or len(draws) < DRAWS // 10:
        return Interval(value, math.nan, math.nan, n, clusters)
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return Interval(value, float(low), float(high), n, clusters)
