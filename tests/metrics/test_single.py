"""The edge cases of the table in scoring.md, section 2: what does not exist is None, never 0 and never nan."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartmoney.scoring.calibration import brier
from tests.kit.single_metrics import (
    calc_excess_hit,
    calc_hhi,
    calc_jeffreys_lower,
    calc_maker_share,
    calc_max_drawdown,
    calc_poisson_binomial_tail,
    calc_profit_factor,
    calc_roi,
    calc_stability,
    calc_top_share,
    calc_win_rate,
)

NONE = np.zeros(0, np.int64)
CENT = 10_000


def test_nothing_decided_has_no_win_rate() -> None:
    assert calc_win_rate(NONE) == (None, 0)
    assert calc_win_rate(np.array([CENT, -CENT, 0])) == (None, 0)
    assert calc_win_rate(np.array([CENT + 1, -CENT - 1, 0])) == (0.5, 2)


def test_no_losses_have_no_profit_factor() -> None:
    assert calc_profit_factor(NONE) is None
    assert calc_profit_factor(np.array([5, 7])) is None
    assert calc_profit_factor(np.array([-5])) == 0.0


def test_fewer_than_two_points_have_no_drawdown() -> None:
    assert calc_max_drawdown(NONE, NONE) == (0.0, 0)
    assert calc_max_drawdown(np.array([-50]), np.array([100])) == (0.0, 0)
    assert calc_max_drawdown(np.array([10, 10]), np.array([100, 100])) == (0.0, 0)
    assert calc_max_drawdown(np.array([-50, -10]), np.array([100, 80])) == (0.6, 60)
    assert calc_max_drawdown(np.array([-50, -10]), np.array([0, 0])) == (None, 60)


def test_concentration() -> None:
    assert calc_hhi(NONE) is None and calc_hhi(np.zeros(3, np.int64)) is None
    assert calc_hhi(np.array([-7])) == 1.0
    assert calc_hhi(np.array([1, -1, 1, -1])) == 0.25
    assert calc_top_share(NONE) is None and calc_top_share(np.array([0, 0])) is None
    assert calc_top_share(np.array([3 * CENT, -CENT])) == 0.75


def test_shares_without_a_base() -> None:
    assert calc_roi(5, 0) is None and calc_roi(5, 20) == 0.25
    assert calc_maker_share(0, 0) is None and calc_maker_share(1, 3) == 0.25
    assert calc_excess_hit(NONE, NONE) is None and brier(NONE, NONE) is None
    assert brier(np.array([0.5, 1.0]), np.array([1.0, 1.0])) == 0.125


def test_stability() -> None:
    assert calc_stability(NONE, NONE) == (None, None)
    share, lower = calc_stability(np.array([0, 35, 70]), np.array([0.4, 0.4, 0.4]))
    assert share == 1.0 and lower is not None and 0 < lower < 1
    # windows from day 0 and 10 hold the good event only, those from 20, 30 and 40 the bad one too, or alone
    assert calc_stability(np.array([20, 45]), np.array([0.5, -0.6]))[0] == 0.0
    assert calc_stability(np.array([0, 45]), np.array([0.5, -0.6]))[0] == pytest.approx(1 / 4)


def test_jeffreys_bound_grows_with_evidence() -> None:
    bounds = [calc_jeffreys_lower(0.7, n) for n in (1, 10, 100, 10_000)]
    assert bounds == sorted(bounds) and bounds[-1] == pytest.approx(0.7, abs=0.01)
    grid = np.linspace(0, 1, 2_000_001)[1:-1]
    density = grid**7.5 * (1 - grid) ** 1.5  # posterior of 8 of 10 under Jeffreys' prior
    below = density[grid < calc_jeffreys_lower(0.8, 10)].sum() / density.sum()
    assert below == pytest.approx(0.05, abs=1e-5)


@given(st.lists(st.floats(0.001, 0.999), min_size=1, max_size=8), st.data())
@settings(max_examples=60, deadline=None)
def test_poisson_binomial_is_the_sum_over_all_outcomes(
    price: list[float], data: st.DataObject
) -> None:
    wins = data.draw(st.integers(0, len(price)))
    total = 0.0
    for hits in itertools.product((0, 1), repeat=len(price)):
        if sum(hits) >= wins:
            total += float(
                np.prod([p if hit else 1 - p for p, hit in zip(price, hits, strict=True)])
            )
    assert calc_poisson_binomial_tail(np.array(price), wins) == pytest.approx(total, rel=1e-9)
