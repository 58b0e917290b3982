"""Intervals: right on known cases, wider for clusters than for rows, the same in any order, silent without data."""

from __future__ import annotations

import math

import numpy as np
import pytest

from smartmoney.research import difference, mean, ratio, resampled, share
from smartmoney.research.sampling import EMPTY


def drawn(clusters: int, rows: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Values that agree within a cluster: each row of a cluster is the cluster's own coin."""
    rng = np.random.default_rng(seed)
    coin = rng.random(clusters) < 0.5
    return np.repeat(coin.astype(float), rows), np.repeat(np.arange(clusters), rows)


def test_a_mean_covers_the_truth_nine_times_in_ten() -> None:
    covered = []
    for seed in range(200):
        values, cluster = drawn(60, 5, seed)
        found = mean(values, cluster)
        covered.append(found.low <= 0.5 <= found.high)
    assert 0.83 <= np.mean(covered) <= 0.96


def test_rows_of_one_cluster_count_as_one() -> None:
    values, cluster = drawn(40, 25)
    apart = mean(values, np.arange(len(values)))
    together = mean(values, cluster)
    assert together.value == apart.value and (together.n, together.clusters) == (1_000, 40)
    width = (together.high - together.low) / (apart.high - apart.low)
    assert 3.5 < width < 6.5  # the square root of 25 rows a cluster


def test_order_and_names_of_clusters_do_not_matter() -> None:
    rng = np.random.default_rng(3)
    values, cluster = rng.normal(size=300), rng.integers(0, 30, 300)
    order = rng.permutation(300)
    a, b = (
        mean(values, cluster),
        mean(values[order], np.array([f"event {29 - c}" for c in cluster[order]])),
    )
    assert (a.value, a.low, a.high) == pytest.approx((b.value, b.low, b.high))


def test_a_ratio_weighs_by_its_denominator() -> None:
    found = ratio([1.0, 3.0], [10.0, 10.0], ["a", "b"])
    assert found.value == 0.2 and found.low <= 0.2 <= found.high


def test_a_difference_is_of_the_two_means() -> None:
    values, first = np.array([1.0, 2.0, 3.0, 10.0, 11.0, 12.0]), np.array([0, 0, 0, 1, 1, 1], bool)
    found = difference(values, first, np.arange(6))
    assert found.value == 9.0 and found.excludes_zero
    assert difference(values, np.zeros(6, bool), np.arange(6)) == EMPTY


def test_missing_values_are_left_out() -> None:
    assert mean([1.0, np.nan, 3.0], ["a", "b", "c"]).n == 2


def test_nothing_and_one_cluster_have_no_bounds() -> None:
    assert (
        not mean([], [])
        and not ratio([], [], [])
        and not share(0, 0)
        and not resampled([], np.median)
    )
    alone = mean([0.2, 0.4], ["a", "a"])
    assert alone.value == pytest.approx(0.3) and math.isnan(alone.low) and not alone.excludes_zero


def test_a_share_has_jeffreys_bounds() -> None:
    found = share(8, 10)  # the equal-tailed 90 % interval of a Beta(8.5, 2.5)
    assert (found.low, found.high) == pytest.approx((0.5480, 0.9412), abs=2e-3)
    assert share(0, 5).low == 0.0 and share(5, 5).high == 1.0
