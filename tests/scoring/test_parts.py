"""The edge by part: a worked example, the limits it must meet, and what it finds in made-up populations."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from scipy.special import ndtr

from smartmoney.scoring.parts import PartEdges, Spread, luck, part_edges, spread_of
from smartmoney.scoring.skill import Prior, estimate, population_prior

W, P = np.array([0, 0, 1]), np.array([0, 1, 0])
EVENTS, U, V = np.array([40, 40, 40]), np.array([3.0, -1.0, 0.5]), np.array([10.0, 5.0, 8.0])
TAIL = np.array([0.2, 0.7, 0.4])
PRIOR, SPREAD = Prior(0.02, 0.2, 500), Spread(np.array([0.05, -0.05]), 0.3, 100)


class World(NamedTuple):
    """Cells of a population; `p` is of `luck`, `theta` the true edge."""

    wallet: np.ndarray
    part: np.ndarray
    events: np.ndarray
    u: np.ndarray
    v: np.ndarray
    p: np.ndarray
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
    surprise, information = (rng.random(len(cell)) < chance) - price, price * (1 - price)
    u, v = np.bincount(cell, surprise), np.bincount(cell, information)
    return World(wallet, part, events, u, v, luck(cell, price, surprise, information), theta)


def judged(cells: World) -> tuple[PartEdges, Spread]:
    n, own_u, own_v = (np.bincount(cells.wallet, x) for x in (cells.events, cells.u, cells.v))
    family = n >= 10
    own = estimate(own_u[family], own_v[family])
    spread = spread_of(cells.wallet, cells.part, cells.u, cells.v)
    prior = population_prior(own.edge, own.error)
    return part_edges(*cells[:6], prior, spread), spread


def test_a_worked_example() -> None:
    """Wallet 0, written out: weights 1 / (tau^2 + 1 / v), then its cells."""
    found = part_edges(W, P, EVENTS, U, V, TAIL, PRIOR, SPREAD)
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
    found = part_edges(W, P, EVENTS, U, V, TAIL, PRIOR, SPREAD)
    cov = np.full((2, 2), 0.2**2) + np.eye(2) * 0.3**2
    seen, noise = np.array([0.3, -0.2]), np.diag([1 / 10, 1 / 5])
    mean = 0.02 + SPREAD.delta
    gain = cov @ np.linalg.inv(cov + noise)
    assert found.mean[:2] == pytest.approx(mean + gain @ (seen - mean))
    assert found.deviation[:2] ** 2 == pytest.approx(np.diag(cov - gain @ cov))


def test_without_spread_every_part_is_the_wallet_itself() -> None:
    found = part_edges(W, P, EVENTS, U, V, TAIL, PRIOR, Spread(np.zeros(2), 0.0, 9))
    assert found.mean[0] == pytest.approx(found.mean[1])
    own = (2.0 + 0.02 / 0.04) / (15 + 1 / 0.04)
    assert found.mean[0] == pytest.approx(own)


def test_few_events_and_no_information_are_withheld() -> None:
    found = part_edges(
        W, P, np.array([9, 40, 40]), U, np.array([1.0, 0.0, 8.0]), TAIL, PRIOR, SPREAD
    )
    for values in (found.mean, found.low, found.prob, found.q):
        assert np.isnan(values[:2]).all()
        assert np.isfinite(values[2])


def test_nobody_is_no_error() -> None:
    none, nothing = np.zeros(0, np.int64), np.zeros(0)
    spread = spread_of(none, none, nothing, nothing)
    assert (spread.deviation, spread.wallets) == (0.0, 0)
    assert len(part_edges(none, none, none, nothing, nothing, nothing, PRIOR, spread).mean) == 0


def test_wallets_with_one_part_say_nothing_about_the_spread() -> None:
    one = spread_of(np.arange(3), np.array([0, 1, 0]), U, V)
    assert (one.deviation, one.wallets) == (0.0, 0)
    assert (one.delta == 0).all()


@pytest.mark.parametrize("prices", [(0.2, 0.8), (0.02, 0.98)])
@pytest.mark.parametrize(("own", "within"), [(0.3, 0.25), (0.3, 0.0), (0.2, 0.1)])
def test_intervals_cover_the_truth_and_the_spread_is_found(
    own: float, within: float, prices: tuple[float, float]
) -> None:
    covered, spreads = [], []
    for seed in range(12):
        cells = world(seed, own, within, prices=prices)
        found, spread = judged(cells)
        known = np.isfinite(found.mean)
        covered.append(((cells.theta >= found.low) & (cells.theta <= found.high))[known].mean())
        spreads.append(spread.deviation)
    assert 0.88 <= np.mean(covered) <= 0.92
    assert abs(np.mean(spreads) - within) < 0.06


@pytest.mark.parametrize("prices", [(0.2, 0.8), (0.02, 0.98), (0.02, 0.1)])
def test_a_world_without_skill_has_hardly_anybody_good_at_anything(
    prices: tuple[float, float],
) -> None:
    worlds = 60
    called = sum(
        bool((judged(world(100 + seed, 0.0, 0.0, 300, prices))[0].q <= 0.05).any())
        for seed in range(worlds)
    )
    assert called <= 0.05 * worlds + 2 * (0.05 * 0.95 * worlds) ** 0.5


def test_two_long_shots_that_came_in_are_luck_more_often_than_a_normal_says() -> None:
    price = np.full(10, 0.02)
    surprise = np.where(np.arange(10) < 2, 0.98, -0.02)
    (p,) = luck(np.zeros(10, np.int64), price, surprise, price * (1 - price))
    assert p == pytest.approx(1 - 0.98**10 - 10 * 0.02 * 0.98**9)


def test_a_large_bet_of_an_event_that_hits_with_a_small_one_only_is_no_proof() -> None:
    """What was won by event is little, so that the normal tail decides."""
    price, surprise = np.full(20, 0.5), np.full(20, 0.01)
    (p,) = luck(np.zeros(20, np.int64), price, surprise, np.full(20, 0.25))
    assert p == pytest.approx(ndtr(-0.2 / 5**0.5))


def test_parts_that_are_easier_for_everybody_are_told_apart_from_the_wallets() -> None:
    cells = world(5, 0.3, 0.1)
    shifted = cells.u + cells.v * np.where(cells.part == 2, 0.2, 0.0)
    delta = spread_of(cells.wallet, cells.part, shifted, cells.v).delta
    assert delta[2] - np.delete(delta, 2).mean() == pytest.approx(0.2, abs=0.05)
