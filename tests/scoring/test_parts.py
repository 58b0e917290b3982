"""The edge by part: a worked example, the limits it must meet, and what it finds in made-up populations."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from scipy.special import ndtr

from smartmoney.scoring.parts import Cells, Spread, cells_of, judge, luck, part_edges, spread_of
from smartmoney.scoring.skill import Prior

W, P = np.array([0, 0, 1]), np.array([0, 1, 0])
EVENTS, U, V = np.array([40, 40, 40]), np.array([3.0, -1.0, 0.5]), np.array([10.0, 5.0, 8.0])
CELLS = Cells(W, P, EVENTS, U, V, np.array([0.2, 0.7, 0.4]))
PRIOR, SPREAD = Prior(0.02, 0.2, 500), Spread(np.array([0.05, -0.05]), 0.3, 100)


class World(NamedTuple):
    """Cells of a population, and the true edge of each."""

    cells: Cells
    theta: np.ndarray


def world(
    seed: int,
    own: float,
    within: float,
    wallets: int = 600,
    prices: tuple[float, float] = (0.2, 0.8),
) -> World:
    rng = np.random.default_rng(seed)
    wallet, part = np.divmod(np.arange(wallets * 5), 5)
    kept = rng.random(len(wallet)) < 0.6
    wallet, part = wallet[kept], part[kept]
    events = rng.integers(2, 90, len(wallet))
    theta = rng.normal(0, own, wallets)[wallet] + rng.normal(0, within, len(wallet))
    cell = np.repeat(np.arange(len(wallet)), events)
    taste = rng.uniform(*prices, len(wallet))  # who buys long shots buys more of them
    price = np.clip(taste[cell] + rng.uniform(-0.1, 0.1, len(cell)), *prices)
    chance = 1 / (1 + np.exp(-(np.log(price / (1 - price)) + theta[cell])))
    surprise = (rng.random(len(cell)) < chance) - price
    cells = cells_of(wallet[cell], part[cell], price, surprise, price * (1 - price))
    return World(cells, theta)


def test_a_worked_example() -> None:
    """Wallet 0, written out: weights 1 / (tau^2 + 1 / v), then its cells."""
    found = part_edges(CELLS, PRIOR, SPREAD)
    weights = [1 / (0.09 + 0.1), 1 / (0.09 + 0.2)]
    precision = 1 / 0.04 + sum(weights)
    own = (0.02 / 0.04 + weights[0] * (0.3 - 0.05) + weights[1] * (-0.2 + 0.05)) / precision
    trust = 0.09 / 0.19
    mean = (own + 0.05) + trust * (0.3 - (own + 0.05))
    variance = 0.09 * (1 - trust) + (1 - trust) ** 2 / precision
    assert found.mean[0] == pytest.approx(mean)
    assert found.deviation[0] == pytest.approx(variance**0.5)
    assert found.high[0] - found.low[0] == pytest.approx(2 * 1.6448536 * variance**0.5)


def test_it_is_the_posterior_of_the_whole_model() -> None:
    """The same by linear algebra: own edge and part edges are jointly normal."""
    found = part_edges(CELLS, PRIOR, SPREAD)
    cov = np.full((2, 2), 0.2**2) + np.eye(2) * 0.3**2
    seen, noise = np.array([0.3, -0.2]), np.diag([1 / 10, 1 / 5])
    mean = 0.02 + SPREAD.delta
    gain = cov @ np.linalg.inv(cov + noise)
    assert found.mean[:2] == pytest.approx(mean + gain @ (seen - mean))
    assert found.deviation[:2] ** 2 == pytest.approx(np.diag(cov - gain @ cov))


def test_without_spread_every_part_is_the_wallet_itself() -> None:
    found = part_edges(CELLS, PRIOR, Spread(np.zeros(2), 0.0, 9))
    assert found.mean[0] == pytest.approx(found.mean[1])
    own = (2.0 + 0.02 / 0.04) / (15 + 1 / 0.04)
    assert found.mean[0] == pytest.approx(own)


def test_few_events_and_no_information_are_withheld() -> None:
    few = replace(CELLS, events=np.array([9, 40, 40]), information=np.array([1.0, 0.0, 8.0]))
    found = part_edges(few, PRIOR, SPREAD)
    for values in (found.mean, found.low, found.prob, found.q):
        assert np.isnan(values[:2]).all()
        assert np.isfinite(values[2])


def test_nobody_is_no_error() -> None:
    none, nothing = np.zeros(0, np.int64), np.zeros(0)
    nobody = cells_of(none, none, nothing, nothing, nothing)
    spread = spread_of(nobody)
    assert (spread.deviation, spread.wallets) == (0.0, 0)
    assert len(judge(nobody).mean) == 0


def test_wallets_with_one_part_say_nothing_about_the_spread() -> None:
    one = spread_of(replace(CELLS, wallet=np.arange(3), part=np.array([0, 1, 0])))
    assert (one.deviation, one.wallets) == (0.0, 0)
    assert (one.delta == 0).all()


@pytest.mark.parametrize("prices", [(0.2, 0.8), (0.02, 0.98)])
@pytest.mark.parametrize(("own", "within"), [(0.3, 0.25), (0.3, 0.0), (0.2, 0.1)])
def test_intervals_cover_the_truth_and_the_spread_is_found(
    own: float, within: float, prices: tuple[float, float]
) -> None:
    covered, spreads = [], []
    for seed in range(12):
        cells, theta = world(seed, own, within, prices=prices)
        found = judge(cells)
        known = np.isfinite(found.mean)
        covered.append(((theta >= found.low) & (theta <= found.high))[known].mean())
        spreads.append(spread_of(cells).deviation)
    assert 0.88 <= np.mean(covered) <= 0.92
    assert abs(np.mean(spreads) - within) < 0.06


@pytest.mark.parametrize("prices", [(0.2, 0.8), (0.02, 0.98), (0.02, 0.1)])
def test_a_world_without_skill_has_hardly_anybody_good_at_anything(
    prices: tuple[float, float],
) -> None:
    worlds = 60
    called = sum(
        bool((judge(world(100 + seed, 0.0, 0.0, 300, prices).cells).q <= 0.05).any())
        for seed in range(worlds)
    )
    assert called <= 0.05 * worlds + 2 * (0.05 * 0.95 * worlds) ** 0.5


def test_two_long_shots_that_came_in_are_luck_more_often_than_a_normal_says() -> None:
    price = np.full(10, 0.02)
    surprise = np.where(np.arange(10) < 2, 0.98, -0.02)
    (p,) = luck(np.array([0, 10]), price, surprise, price * (1 - price))
    assert p == pytest.approx(1 - 0.98**10 - 10 * 0.02 * 0.98**9)


def test_a_large_bet_of_an_event_that_hits_with_a_small_one_only_is_no_proof() -> None:
    """What was won by event is little, so that the normal tail decides."""
    price, surprise = np.full(20, 0.5), np.full(20, 0.01)
    (p,) = luck(np.array([0, 20]), price, surprise, np.full(20, 0.25))
    assert p == pytest.approx(ndtr(-0.2 / 5**0.5))


def test_parts_that_are_easier_for_everybody_are_told_apart_from_the_wallets() -> None:
    cells, _ = world(5, 0.3, 0.1)
    easier = cells.surprise + cells.information * np.where(cells.part == 2, 0.2, 0.0)
    delta = spread_of(replace(cells, surprise=easier)).delta
    assert delta[2] - np.delete(delta, 2).mean() == pytest.approx(0.2, abs=0.05)
