"""What happens beside the markets: combos, and dust from strangers."""

from __future__ import annotations

import numpy as np

from polymarket_sim import measured
from polymarket_sim.generation.combos import add_combos
from polymarket_sim.model import Opening
from polymarket_sim.world import World
from smartmoney.units import DAY_SECONDS, MICRO

DUST = (1, 10_000, 10_000, 50_000)
"""Micro-shares; half of what strangers send is a speck, as reports tell: assumed."""


def add(world: World, rng: np.random.Generator) -> None:
    """Let happen what the world's venue asks for."""
    _dust(world, rng)
    add_combos(world, rng, world.venue.combos)
    world.hidden.next_tx = max(world.hidden.next_tx, int(world.entries.tx.max(initial=0)) + 1)


def _dust(world: World, rng: np.random.Generator) -> None:
    """Tokens the wallet never traded: no row of activity tells of them, its positions do.

    Only tokens that pay nothing yet or ever, so that nobody redeems a gain nobody made.
    """
    lucky = np.flatnonzero(rng.random(len(world.traders)) < world.venue.dust)
    for trader in lucky.tolist():
        known = set(world.entries.market[world.by_trader.rows(trader)].tolist())
        market = int(rng.integers(len(world.markets)))
        payouts = world.markets[market].payouts
        first = world.price_micro(market, 0)
        outcome = 0 if first <= MICRO // 2 else 1
        if market in known or (payouts is not None and payouts[outcome]):
            continue
        at = world.now - int(rng.integers(DAY_SECONDS, 30 * DAY_SECONDS))
        size = int(rng.choice(DUST))
        if rng.random() < 0.5:
            places, shares = zip(*measured.UNBOUGHT_SHARES, strict=True)
            size = int(np.interp(rng.random(), places, shares) * MICRO)
        world.openings.append(Opening(trader, market, outcome, size, 0, at))
