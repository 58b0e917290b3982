"""Skill is where it was planted and nowhere else: prices are fair, and only the skilled beat them."""

from __future__ import annotations

import numpy as np
import pytest

from polymarket_sim.generate import generate
from polymarket_sim.generation.orders import hunch
from polymarket_sim.model import Kind, Side
from polymarket_sim.world import World
from smartmoney.units import PICO
from tests.kit.simulators import NOW


def purchases(world: World) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Trader, token, payout and price of the BUY rows in resolved markets."""
    e, process = world.entries, world.hidden.process
    resolved = np.array([market.payouts is not None for market in world.markets])
    rows = np.flatnonzero((e.kind == Kind.TRADE) & (e.side == Side.BUY))
    rows = rows[resolved[e.market[rows]]]
    wins, market, outcome = process.wins(), e.market[rows], e.outcome[rows]
    payout = np.where(outcome == 0, wins[market], 1 - wins[market])
    return e.trader[rows], market.astype(np.int64) * 2 + outcome, payout, e.price_pico[rows] / PICO


def surprises(world: World) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Per trader and token bought: trader, payout - average price, and its null variance."""
    trader, token, payout, price = purchases(world)
    key, inverse, count = np.unique(
        trader.astype(np.int64) * 10**6 + token, return_inverse=True, return_counts=True
    )
    surprise = np.bincount(inverse, payout - price) / count
    mean = np.bincount(inverse, price) / count
    return key // 10**6, surprise, mean * (1 - mean)


def z_scores(world: World, least: int = 10) -> dict[str, np.ndarray]:
    """z = sum of surprises / root of summed variance, by kind of trader, for those with enough entries."""
    trader, surprise, variance = surprises(world)
    size = len(world.traders)
    n = np.bincount(trader, minlength=size)
    z = np.bincount(trader, surprise, size) / np.sqrt(
        np.maximum(np.bincount(trader, variance, size), 1e-12)
    )
    kinds = np.array([who.kind for who in world.traders])
    return {kind: z[(kinds == kind) & (n >= least)] for kind in sorted(set(kinds))} | {
        "all": z[n >= least]
    }


def test_without_skill_nobody_beats_the_price() -> None:
    """Over many worlds the mean surprise of each kind is zero within its error, and the population's z is
    standard. The mean is over purchases: how often somebody buys may depend on how prices went since his first, and
    then averages per market are not zero at fair prices."""
    means: dict[str, list[float]] = {}
    pooled = []
    for seed in range(100, 125):
        world = generate(seed, traders=120, markets=150, trades=8_000, skilled_share=0.0, now=NOW)
        assert not any(who.skill for who in world.traders)
        trader, _, payout, price = purchases(world)
        surprise, kinds = payout - price, np.array([who.kind for who in world.traders])[trader]
        for kind in set(kinds) | {"all"}:
            means.setdefault(kind, []).append(
                float(surprise[(kinds == kind) | (kind == "all")].mean())
            )
        pooled.append(z_scores(world)["all"])
    for kind, values in means.items():
        error = np.std(values) / np.sqrt(len(values))
        assert abs(np.mean(values)) < 3.7 * error + 0.001, (kind, np.mean(values), error)
    everybody = np.concatenate(pooled)
    assert abs(everybody.mean()) < 0.15 and 0.8 < everybody.std() < 1.4


def test_prices_are_calibrated() -> None:
    """Of the shares bought near 0.2, about a fifth pays; and so on over the whole range."""
    worlds = [
        generate(seed, traders=100, markets=300, trades=8_000, skilled_share=0.0, now=NOW)
        for seed in range(60, 70)
    ]
    for low in (0.1, 0.3, 0.5, 0.7):
        gaps = []
        for world in worlds:
            trader, surprise, variance = surprises(world)
            price = 0.5 - np.sqrt(np.maximum(0.25 - variance, 0))
            inside = (np.minimum(price, 1 - price) >= min(low, 0.8 - low)) & (
                np.minimum(price, 1 - price) < min(low, 0.8 - low) + 0.2
            )
            gaps.append(surprise[inside].mean())
        assert abs(np.mean(gaps)) < 0.03


def test_the_skilled_have_their_edge() -> None:
    """Skilled wallets as a group are many standard errors above the price; the rest are not."""
    skilled, others, estimates, planted = [], [], [], []
    for seed in (1, 2, 7):
        world = generate(seed, now=NOW)
        found = z_scores(world)
        skilled.append(found["skilled"])
        others.append(
            np.concatenate([found[kind] for kind in found if kind not in ("skilled", "all")])
        )
        trader, surprise, variance = surprises(world)
        mine = np.array([who.skill > 0 for who in world.traders])[trader]
        estimates.append(surprise[mine].sum() / variance[mine].sum())
        planted.append(np.mean([who.skill for who in world.traders if who.skill]))
    assert np.concatenate(skilled).mean() > 2.0 and np.concatenate(others).mean() < 0.3
    assert 0.6 * np.mean(planted) < np.mean(estimates) < 1.3 * np.mean(planted)


@pytest.mark.parametrize("skill", [0.0, 0.5, 1.0])
def test_a_hunch_is_right_as_often_as_it_should(skill: float) -> None:
    size = 40_000
    wins = (np.arange(size) % 2).astype(float)
    said = hunch(3, np.zeros(size, np.int32), np.arange(size), np.full(size, skill), wins)
    right = ((said == 0) == (wins == 1)).mean()
    assert abs(right - 1 / (1 + np.exp(-skill))) < 0.01
    assert (
        said == hunch(3, np.zeros(size, np.int32), np.arange(size), np.full(size, skill), wins)
    ).all()
