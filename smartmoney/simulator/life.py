"""A world goes on: new matches arrive, markets close and resolve, holders redeem, new questions are asked."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from smartmoney.simulator import aftermath
from smartmoney.simulator import orders as asking
from smartmoney.simulator.catalogue import Catalogue, add_quick, publish
from smartmoney.simulator.fate import Fate
from smartmoney.simulator.holdings import Holdings
from smartmoney.simulator.matching import match
from smartmoney.simulator.model import COLUMNS, Entries
from smartmoney.simulator.orders import Orders
from smartmoney.simulator.people import Crowd
from smartmoney.simulator.world import World

FILLS_PER_MATCH = 2.4
QUICK_EVERY = 300


@dataclass
class Hidden:
    """What the world knows and its readers do not: true ends, stocks, planned exits and redemptions,
    counters."""

    crowd: Crowd
    fate: Fate
    holdings: Holdings
    plan: Entries
    places: np.ndarray
    next_tx: int
    ticks: int = 0
    seed: int = 0
    later: Orders | None = None


@dataclass
class Step:
    """What one tick changed: new ledger rows, and the markets that traded, closed, resolved or were
    opened."""

    rows: range
    moved: set[int] = field(default_factory=set)
    closed: list[int] = field(default_factory=list)
    resolved: list[int] = field(default_factory=list)
    opened: list[int] = field(default_factory=list)

    def touched(self) -> set[int]:
        """All markets whose price or state may differ now."""
        return self.moved | {*self.closed, *self.resolved, *self.opened}


def tick(world: World, seconds: int = 2, trades_per_minute: float = 60.0) -> Step:
    """Let `seconds` of world time pass; the same seed and tick number give the same step."""
    hidden: Hidden = world.hidden
    with world.lock:
        hidden.ticks += 1
        rng = np.random.default_rng([hidden.seed, 1_000_003, hidden.ticks])
        start, end = world.now + 1, world.now + 1 + seconds
        opened = _open(world, hidden, rng, start, end)
        count = int(rng.poisson(trades_per_minute * seconds / 60 / FILLS_PER_MATCH))
        matched = _match(world, hidden, rng, _due(hidden, rng, count, start, end))
        step = Step(range(0), opened=opened, moved=set(matched.market.tolist()))
        _settle(world, hidden, rng, start, end, step)
        redeemed, hidden.plan, hidden.places, hidden.next_tx = aftermath.carry_out(
            hidden.plan, hidden.places, hidden.holdings.shares, hidden.fate, end - 1, hidden.next_tx
        )
        step.rows = world.append(aftermath.joined([matched, redeemed]))
        world.now = end - 1
        return step


def _open(world: World, hidden: Hidden, rng: np.random.Generator, start: int, end: int) -> list[int]:
    """A new five-minute market at each full five minutes."""
    begins = range(-(-start // QUICK_EVERY) * QUICK_EVERY, end, QUICK_EVERY)
    if not begins:
        return []
    book = Catalogue(world.seed, world.start_at, world.now, rng)
    book.event_base, book.market_base = len(world.events), len(world.markets)
    for begin in begins:
        add_quick(book, begin)
    publish(book, world.now)
    hidden.fate.extend(book.fate())
    world.extend(book.events, book.markets)
    return list(range(book.market_base, len(world.markets)))


def _due(hidden: Hidden, rng: np.random.Generator, count: int, start: int, end: int) -> Orders:
    """Fresh orders of these seconds and earlier ones that fall due; exits further ahead are kept for
    later."""
    fresh = asking.moment(rng, hidden.seed, hidden.crowd, hidden.fate, count, start, end)
    known = fresh if hidden.later is None else asking.join(hidden.later, fresh)
    due = known.ts < end
    hidden.later = known.take(~due)
    found = known.take(due)
    return found.take(hidden.fate.close_at[found.market] > found.ts).sorted()


def _match(world: World, hidden: Hidden, rng: np.random.Generator, asked: Orders) -> Entries:
    legs = asking.resting(rng, hidden.crowd, asked)
    question = hidden.fate.question_of[asked.market]
    theirs = np.repeat(question, np.diff(legs.first))
    slots = (
        hidden.holdings.slots(asked.taker, question, hidden.fate),
        hidden.holdings.slots(legs.maker, theirs, hidden.fate),
    )
    fee = np.array([market.fee_rate or 0.0 for market in world.markets])
    tick_size = np.array([market.tick_micro for market in world.markets], np.int64)
    seed = int(rng.integers(2**31))
    rows, hidden.next_tx = match(
        asked, legs, hidden.fate, tick_size, fee, slots, hidden.holdings.shares, hidden.next_tx, seed
    )
    return rows


def _settle(world: World, hidden: Hidden, rng: np.random.Generator, start: int, end: int, step: Step) -> None:
    """Close what is over, publish payouts that are due, and plan the redemptions."""
    fate = hidden.fate
    step.closed = np.flatnonzero((fate.close_at >= start) & (fate.close_at < end)).tolist()
    step.resolved = np.flatnonzero((fate.resolve_at >= start) & (fate.resolve_at < end)).tolist()
    for number in step.closed:
        world.markets[number].closed_at = int(fate.close_at[number])
    wins = fate.wins()
    for number in step.resolved:
        first = int(wins[number] * 1_000_000)
        world.markets[number].resolved_at = int(fate.resolve_at[number])
        world.markets[number].payouts = (first, 1_000_000 - first)
    if not step.resolved:
        return
    held = hidden.holdings.held(fate, np.unique(fate.question_of[step.resolved]))
    plan, places = aftermath.redemptions(rng, fate, held, hidden.holdings.shares)
    hidden.plan = Entries(
        {name: np.concatenate([getattr(hidden.plan, name), getattr(plan, name)]) for name in COLUMNS}
    )
    hidden.places = np.concatenate([hidden.places, places])
