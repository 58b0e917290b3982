"""Who wants to trade what, and when: orders in time order, each with the resting wallets that will meet
it."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from polymarket_sim.generation import population as groups
from polymarket_sim.generation.habits import awake, merges, mix
from polymarket_sim.generation.population import Population
from polymarket_sim.generation.resolution import ResolutionProcess
from polymarket_sim.venue import LIVE, Venue

ENTER, EXIT, SWEEP, SHARES, SPLIT, MERGE, CONVERT, COVER = range(8)
"""What an order does: buy for USD, sell a fraction of what is held, buy a near-certain outcome, buy so many
shares, three that need no counterparty, and buy as much of the other side as is held of this one."""
FAVOURITE, LONG_SHOT, IF_FAVOURITE, IF_LONG_SHOT = 2, 3, 4, 6
"""What an order wants, beside outcome 0 or 1: the dearer or the cheaper of the two, as prices are when it meets; or, with 0
or 1 added, that outcome if it is the dearer, or the cheaper, and else nothing."""

LEG_CHANCE = (0.70, 0.20, 0.10)
FILLS_PER_ORDER = 2.77
EXIT_CHANCE = {
    groups.NOISE: 0.3,
    groups.SKILLED: 0.08,
    groups.BOT: 0.3,
    groups.FARMER: 0.95,
    groups.ONE_HIT: 0.1,
}


@dataclass
class Orders:
    """Parallel arrays by order, in time order; `stake` is USD, a share count or a fraction, as `mode`
    says."""

    ts: np.ndarray
    taker: np.ndarray
    market: np.ndarray
    mode: np.ndarray
    want: np.ndarray
    stake: np.ndarray

    def __len__(self) -> int:
        return len(self.ts)

    def take(self, index: np.ndarray) -> Orders:
        """The orders at `index` (positions or a mask)."""
        return Orders(*(getattr(self, item.name)[index] for item in fields(self)))

    def sorted(self) -> Orders:
        """In time order, stable."""
        return self.take(np.argsort(self.ts, kind="stable"))


def join(*parts: Orders) -> Orders:
    """All orders of the parts, unsorted."""
    return Orders(
        *(np.concatenate([getattr(part, item.name) for part in parts]) for item in fields(Orders))
    )


def _orders(
    ts: np.ndarray, taker: np.ndarray, market: np.ndarray, mode: object, want: object, stake: object
) -> Orders:
    size = len(ts)
    return Orders(
        ts.astype(np.int64),
        taker.astype(np.int32),
        market.astype(np.int32),
        np.full(size, mode, np.int8),
        np.full(size, want, np.int8),
        np.full(size, stake, np.float64),
    )


def history(
    rng: np.random.Generator,
    seed: int,
    population: Population,
    process: ResolutionProcess,
    count: int,
    now: int,
    venue: Venue = LIVE,
) -> Orders:
    """About `count` orders over the whole past, with the exits, twins and set operations that belong to
    them."""
    taker = rng.choice(len(population.kind), count, p=population.take).astype(np.int32)
    market = _markets(rng, population.kind[taker], process, np.ones(len(process.close_at), bool))
    opens, closes = process.open_at[market], np.minimum(process.close_at[market] - 1, now)
    part = np.where(
        population.kind[taker] == groups.SWEEPER,
        1 - 0.08 * rng.random(count),
        rng.beta(1.15, 1.3, count),
    )
    opens = np.where(
        process.quick[market], np.maximum(opens, process.close_at[market] - 600), opens
    )
    ts = opens + (part * (closes - opens)).astype(np.int64)
    ts = awake(seed, taker, ts, opens, closes)
    base = _decide(rng, seed, population, process, ts, taker, market)
    return with_merges(seed, venue, *_consequences(rng, population, base, closes))


def moment(
    rng: np.random.Generator,
    seed: int,
    population: Population,
    process: ResolutionProcess,
    count: int,
    start: int,
    end: int,
    venue: Venue = LIVE,
) -> Orders:
    """`count` orders in the seconds [start, end), on markets open throughout; empty when none is open."""
    live = (process.open_at <= start) & (process.close_at >= end)
    if not live.any() or not count:
        return _orders(*(np.zeros(0),) * 6)
    taker = rng.choice(len(population.kind), count, p=population.take).astype(np.int32)
    market = _markets(rng, population.kind[taker], process, live)
    ts = rng.integers(start, end, count)
    base = _decide(rng, seed, population, process, ts, taker, market)
    closes = process.close_at[market] - 1
    return with_merges(seed, venue, *_consequences(rng, population, base, closes))


def with_merges(seed: int, venue: Venue, base: Orders, out: Orders, twin: Orders) -> Orders:
    """All orders in time order; some of the exits buy the other side first and merge soon after."""
    chosen = merges(seed, out.taker, out.market, venue)
    out.mode[chosen] = COVER
    pairs = out.take(chosen)
    pairs.mode[:], pairs.stake[:] = MERGE, 1.0
    pairs.ts = pairs.ts + 20
    return join(base, out, twin, pairs).sorted()


def _markets(
    rng: np.random.Generator, kinds: np.ndarray, process: ResolutionProcess, live: np.ndarray
) -> np.ndarray:
    """A market for each order: bots love quick ones, the skilled spread evenly, the rest follow the population."""
    slow, quick = live & ~process.quick, live & process.quick
    slow, quick = (slow if slow.any() else live), (quick if quick.any() else live)
    crowded = np.where(slow, process.popularity, 0.0) + np.where(
        quick, process.popularity * 0.1, 0.0
    )
    chosen = _choice(rng, crowded, len(kinds))
    for kind, weights in (
        (groups.SKILLED, slow * 1.0),
        (groups.BOT, np.where(quick, process.popularity, 0.0)),
    ):
        mine = kinds == kind
        chosen[mine] = _choice(rng, weights, int(mine.sum()))
    return chosen


def _choice(rng: np.random.Generator, weights: np.ndarray, count: int) -> np.ndarray:
    places = rng.random(count) * weights.sum()
    return np.asarray(np.searchsorted(np.cumsum(weights), places, "right"), np.int32)


def _decide(
    rng: np.random.Generator,
    seed: int,
    population: Population,
    process: ResolutionProcess,
    ts: np.ndarray,
    taker: np.ndarray,
    market: np.ndarray,
) -> Orders:
    kind = population.kind[taker]
    want = (rng.random(len(ts)) < 0.45).astype(np.int8)
    skilled = kind == groups.SKILLED
    want[skilled] = hunch(
        seed, taker[skilled], market[skilled], population.skill[taker[skilled]], process.wins()
    )
    likes = population.taste[taker] > 0
    by_price = rng.random(len(ts)) < np.abs(population.taste[taker])
    want[by_price & ~skilled] = np.where(likes, FAVOURITE, LONG_SHOT)[by_price & ~skilled]
    want[by_price & skilled] += np.where(likes, IF_FAVOURITE, IF_LONG_SHOT)[
        by_price & skilled
    ].astype(np.int8)
    stake = population.stake[taker] * rng.lognormal(0.0, 0.7, len(ts))
    lucky = (kind == groups.ONE_HIT) & (rng.random(len(ts)) < 0.12)
    stake = np.where(lucky, stake * 80, stake)
    mode = np.where(kind == groups.SWEEPER, SWEEP, np.where(kind == groups.HEDGER, SHARES, ENTER))
    return _orders(ts, taker, market, mode, want, stake)


def hunch(
    seed: int, trader: np.ndarray, market: np.ndarray, skill: np.ndarray, wins: np.ndarray
) -> np.ndarray:
    """The outcome (0 or 1) a skilled trader believes in: one signal per trader and market, right with chance
    1 / (1 + exp(-skill)),
    which moves Bayesian log-odds by exactly `skill`. In a void market it means nothing."""
    mixed = mix(
        (trader.astype(np.uint64) << np.uint64(32))
        ^ market.astype(np.uint64)
        ^ mix(np.uint64(seed))
    )
    right = (mixed >> np.uint64(11)).astype(np.float64) / 2.0**53 < 1 / (1 + np.exp(-skill))
    outcome: np.ndarray = np.where(right, wins[market] < 0.5, wins[market] >= 0.5).astype(np.int8)
    return outcome


def _consequences(
    rng: np.random.Generator, population: Population, base: Orders, closes: np.ndarray
) -> tuple[Orders, Orders, Orders]:
    """The orders and what follows: later exits; and hedgers buy as much of the other side seconds later, or
    split and sell one side."""
    kind = population.kind[base.taker]
    chance = (
        np.vectorize(lambda k: EXIT_CHANCE.get(k, 0.0), otypes=[float])(kind) if len(kind) else kind
    )
    leaves = rng.random(len(base)) < chance
    out = base.take(leaves)
    patience = np.where(population.kind[out.taker] == groups.FARMER, 0.002, 1.0)
    out.ts = (
        out.ts
        + 1
        + (rng.random(len(out)) * patience * np.maximum(closes[leaves] - out.ts - 1, 0)).astype(
            np.int64
        )
    )
    out.mode[:] = EXIT
    out.stake = np.where(rng.random(len(out)) < 0.6, 1.0, rng.uniform(0.2, 0.9, len(out)))
    hedges = kind == groups.HEDGER
    splits = hedges & (rng.random(len(base)) < 0.25)
    base.mode[splits] = SPLIT
    twin = base.take(hedges)
    twin.ts = np.minimum(
        twin.ts + rng.integers(1, 30, len(twin)), np.maximum(closes[hedges], twin.ts)
    )
    twin.want = 1 - twin.want
    sells = splits[hedges]
    twin.mode[sells], twin.stake[sells] = EXIT, 1.0
    return base, out, twin


@dataclass
class Legs:
    """Resting wallets: those of order i are positions first[i] to first[i + 1]; `part` of an order's legs
    sums to 1."""

    first: np.ndarray
    maker: np.ndarray
    part: np.ndarray


def resting(rng: np.random.Generator, population: Population, orders: Orders) -> Legs:
    """Draw one to three makers for each order that needs a counterparty."""
    meets = ((orders.mode <= SHARES) | (orders.mode == COVER)).astype(np.int64)
    count = meets * (
        1 + np.searchsorted(np.cumsum(LEG_CHANCE)[:-1], rng.random(len(orders)), "right")
    )
    first = np.concatenate([[0], np.cumsum(count)])
    owner = np.repeat(np.arange(len(orders)), count)
    taker = orders.taker[owner]
    size = len(owner)
    professional = rng.random(size) < 0.7
    maker = np.where(
        professional, _choice(rng, population.make, size), _choice(rng, population.passive, size)
    )
    friends = (population.kind[taker] == groups.FARMER) & (rng.random(size) < 0.7)
    maker[friends] = _choice(rng, (population.kind == groups.FARMER) * 1.0, int(friends.sum()))
    twice = np.concatenate(
        [[False], (owner[1:] == owner[:-1]) & (rng.random(max(size - 1, 0)) < 0.15)]
    )[:size]
    maker[twice] = maker[np.flatnonzero(twice) - 1]
    dealers = np.flatnonzero(population.make > 0)
    self_dealt = maker == taker
    maker[self_dealt] = np.where(taker[self_dealt] == dealers[0], dealers[1], dealers[0])
    weight = np.where(rng.random(size) < 0.3, 1.0, rng.uniform(0.2, 1.0, size))
    total = np.bincount(owner, weight, len(orders))
    return Legs(first, maker.astype(np.int32), weight / total[owner])


def dealings(
    rng: np.random.Generator,
    population: Population,
    process: ResolutionProcess,
    orders: Orders,
    legs: Legs,
    now: int,
) -> Orders:
    """What market makers do besides quoting: split for stock before their first fill, merge pairs, convert
    NO tokens."""
    owner = np.repeat(np.arange(len(orders)), np.diff(legs.first))
    dealer = population.make[legs.maker] > 0
    key = legs.maker[dealer].astype(np.int64) * len(process.close_at) + orders.market[owner[dealer]]
    pairs, at = np.unique(key, return_index=True)
    trader, market = pairs // len(process.close_at), pairs % len(process.close_at)
    opens, begins = process.open_at[market], orders.ts[owner[dealer]][at]
    ends = np.minimum(process.close_at[market] - 1, now)
    later = begins + (rng.random((2, len(pairs))) * (ends - begins)).astype(np.int64)
    amount = np.round(rng.lognormal(6.0, 1.0, len(pairs)), 2)
    some = rng.random((3, len(pairs)))
    stock, merge, convert = (
        some[0] < 0.5,
        some[1] < 0.5,
        (some[2] < 0.5) & process.exclusive[process.question_of[market]],
    )
    merged, converted = (
        rng.uniform(0.3, 1.0, int(merge.sum())),
        rng.uniform(0.3, 1.0, int(convert.sum())),
    )
    before = np.maximum(opens, begins - rng.integers(10, 3_600, len(pairs)))
    return join(
        _orders(before[stock], trader[stock], market[stock], SPLIT, 0, amount[stock]),
        _orders(later[0][merge], trader[merge], market[merge], MERGE, 0, merged),
        _orders(later[1][convert], trader[convert], market[convert], CONVERT, 0, converted),
    )
