"""Estimates against independent computations and against what they must find in a made-up population."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartmoney.scoring.skill import (
    Prior,
    estimate,
    p_values,
    population_prior,
    posterior,
    q_values,
)

probabilities = st.lists(st.floats(0, 1), min_size=1, max_size=40)


@given(probabilities)
@settings(max_examples=200, deadline=None)
def test_q_values_follow_their_definition(p: list[float]) -> None:
    """q_i is the least p_(j) m / j over all j whose p is at least p_i."""
    q = q_values(np.array(p))
    ranked = sorted(p)
    for value, found in zip(p, q.tolist(), strict=True):
        expected = min(ranked[j] * len(p) / (j + 1) for j in range(len(p)) if ranked[j] >= value)
        assert found == pytest.approx(min(1.0, expected), rel=1e-12, abs=1e-15)


@given(probabilities, st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_q_values_do_not_depend_on_the_order(p: list[float], chance: object) -> None:
    order = np.random.default_rng(len(p)).permutation(len(p))
    assert (q_values(np.array(p))[order] == q_values(np.array(p)[order])).all()


def test_the_exact_p_value_wins_where_it_exists() -> None:
    found = p_values(np.array([0.0, 1.6448536269514722, np.nan]), np.array([0.3, np.nan, np.nan]))
    assert found[0] == 0.3 and found[1] == pytest.approx(0.05) and np.isnan(found[2])


def test_no_information_gives_no_estimate() -> None:
    found = estimate(np.array([0.0]), np.array([0.0]))
    assert np.isnan([found.edge[0], found.error[0], found.z[0]]).all()


def test_der_simonian_laird_on_a_worked_example() -> None:
    """The moment equations written out for three studies."""
    edge, error = np.array([0.1, 0.5, -0.2] * 100), np.array([0.1, 0.2, 0.1] * 100)
    w = [1 / e**2 for e in error]
    mean = sum(a * b for a, b in zip(w, edge, strict=True)) / sum(w)
    q = sum(a * (b - mean) ** 2 for a, b in zip(w, edge, strict=True))
    variance = (q - 299) / (sum(w) - sum(a * a for a in w) / sum(w))
    v = [1 / (e**2 + variance) for e in error]
    found = population_prior(edge, error)
    assert found.deviation == pytest.approx(variance**0.5)
    assert found.mean == pytest.approx(sum(a * b for a, b in zip(v, edge, strict=True)) / sum(v))
    assert found.wallets == 300


def test_der_simonian_laird_finds_the_population() -> None:
    rng = np.random.default_rng(3)
    error = rng.uniform(0.1, 0.6, 20_000)
    edge = rng.normal(0.05, 0.2, len(error)) + rng.normal(0, 1, len(error)) * error
    found = population_prior(edge, error)
    assert found.mean == pytest.approx(0.05, abs=0.01) and found.deviation == pytest.approx(
        0.2, abs=0.01
    )


def test_few_wallets_and_leaderboards_use_the_fixed_prior() -> None:
    edge, error = np.full(199, 3.0), np.full(199, 0.1)
    assert population_prior(edge, error) == Prior(0.0, 0.10, 0)
    assert population_prior(np.full(500, 3.0), np.full(500, 0.1), "leaderboard") == Prior(
        0.0, 0.10, 0
    )


def test_a_population_without_spread_shrinks_everybody_to_its_mean() -> None:
    """Errors as large as the differences: the spread is zero, and the mean is as uncertain as it is."""
    found = population_prior(np.tile([0.06, 0.04], 200), np.full(400, 0.5))
    assert found.deviation == 0 and found.mean_error == pytest.approx(0.5 / 20)
    after = posterior(np.array([9.0, -9.0]), np.array([4.0, 4.0]), found)
    assert (after.mean == found.mean).all()
    assert 0.5 < after.skill_prob[0] == after.skill_prob[1] < 0.7


@given(st.floats(-30, 30), st.floats(0, 60), st.floats(-0.5, 0.5), st.floats(0.01, 1))
@settings(max_examples=200, deadline=None)
def test_the_posterior_lies_between_prior_and_record(
    u: float, v: float, mean: float, deviation: float
) -> None:
    after = posterior(np.array([u]), np.array([v]), Prior(mean, deviation, 500))
    assert 0 <= after.skill_prob[0] <= 1
    assert after.deviation[0] <= deviation * (1 + 1e-12)
    if v > 1e-6:
        low, high = sorted((mean, u / v))
        assert low - 1e-9 <= after.mean[0] <= high + 1e-9
