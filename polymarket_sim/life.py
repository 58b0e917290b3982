"""A world goes on: new matches arrive, markets close and resolve, holders redeem, new questions are asked."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from polymarket_sim.generation import aftermath, orders
from polymarket_sim.generation.catalogue import Catalogue, add_fresh, add_quick, publish
from polymarket_sim.generation.holdings import Holdings
from polymarket_sim.generation.matching import match
from polymarket_sim.generation.orders import Orders
from polymarket_sim.generation.population import Population
from polymarket_sim.generation.resolution import ResolutionProcess
from polymarket_sim.model import COLUMNS, Entries
from polymarket_sim.venue import LIVE, Venue
from polymarket_sim.world import World
from smartmoney.errors import ParameterError

FILLS_PER_MATCH = 2.4
CHAPTER = 300
"""Seconds that are written at once; a five-minute market lives through exactly one chapter."""
NEW_EVENT_CHANCE = 1 / 72


@dataclass
class Hidden:
    """What the world knows and its readers do not: true ends, stocks, planned exits and redemptions, and the
    rows of the chapter being told. `written` is the first second that no chapter covers yet."""

    population: Population
    process: ResolutionProcess
    holdings: Holdings
    plan: Entries
    places: np.ndarray
    next_tx: int
    written: int
    seed: int = 0
    venue: Venue = LIVE
    later: Orders | None = None
    coming: list[Entries] = field(default_factory=list)


@dataclass
class Step:
    """What a tick changed: new ledger rows, and the markets that traded, closed, resolved or were opened."""

    rows: range = range(0)
    moved: set[int] = field(default_factory=set)
    closed: list[int] = field(default_factory=list)
    resolved: list[int] = field(default_factory=list)
    opened: list[int] = field(default_factory=list)

    def touched(self) -> set[int]:
        """All markets whose price or state may differ now."""
        return self.moved | {*self.closed, *self.resolved, *self.opened}


def tick(world: World, seconds: int = 2, trades_per_minute: float = 60.0) -> Step:
    """Let `seconds` of world time pass.

    The future is written in chapters of five minutes, each from the seed and its place in time, and told as
    the clock goes: so the world at a moment does not depend on the size of the ticks that led there.

    Raises:
        ParameterError: the world is a recording, which stands still.
    """
    if world.hidden is None:
        raise ParameterError(
            "a recorded world stands still: make one with generate() to let time pass"
        )
    hidden: Hidden = world.hidden
    with world.lock:
        end, step = world.now + seconds, Step()
        while hidden.written <= end:
            step.opened += _write(world, hidden, trades_per_minute)
        coming = aftermath.joined(hidden.coming or [Entries()])
        due = int(np.searchsorted(coming.ts, end, "right"))
        batch, hidden.coming = _part(coming, slice(0, due)), [_part(coming, slice(due, None))]
        step.moved = set(batch.market[batch.market >= 0].tolist())
        step.rows = world.append(batch)
        _publish(world, hidden.process, end, step)
        world.now = end
        return step


def _part(rows: Entries, keep: slice) -> Entries:
    return Entries({name: getattr(rows, name)[keep] for name in COLUMNS})


def _write(world: World, hidden: Hidden, trades_per_minute: float) -> list[int]:
    """Decide what happens until the next full five minutes; returns the markets that open with it."""
    start = hidden.written
    end = start // CHAPTER * CHAPTER + CHAPTER
    rng = np.random.default_rng([hidden.seed, 1_000_003, start])
    opened = _open(world, hidden, rng, start)
    count = int(rng.poisson(trades_per_minute * (end - start) / 60 / FILLS_PER_MATCH))
    matched = _match(world, hidden, rng, _due(hidden, rng, count, start, end))
    _plan(hidden, rng, start, end)
    redeemed, hidden.plan, hidden.places, hidden.next_tx = aftermath.carry_out(
        hidden.plan, hidden.places, hidden.holdings.shares, hidden.process, end - 1, hidden.next_tx
    )
    hidden.coming += [matched, redeemed]
    hidden.written = end
    return opened


def _open(world: World, hidden: Hidden, rng: np.random.Generator, start: int) -> list[int]:
    """A new five-minute market at each full five minutes, and now and then a question of a longer life."""
    if start % CHAPTER:
        return []
    book = Catalogue(world.seed, world.start_at, start, rng, venue=world.venue)
    book.event_base, book.market_base = len(world.events), len(world.markets)
    add_quick(book, start)
    if rng.random() < NEW_EVENT_CHANCE:
        add_fresh(book, start)
    publish(book, start)
    hidden.process.extend(book.process())
    world.extend(book.events, book.markets)
    return list(range(book.market_base, len(world.markets)))


def _due(hidden: Hidden, rng: np.random.Generator, count: int, start: int, end: int) -> Orders:
    """Fresh orders of these seconds and earlier ones that fall due; exits further ahead are kept for
    later."""
    fresh = orders.moment(
        rng, hidden.seed, hidden.population, hidden.process, count, start, end, hidden.venue
    )
    known = fresh if hidden.later is None else orders.join(hidden.later, fresh)
    due = known.ts < end
    hidden.later = known.take(~due)
    found = known.take(due)
    return found.take(hidden.process.close_at[found.market] > found.ts).sorted()


def _match(world: World, hidden: Hidden, rng: np.random.Generator, due: Orders) -> Entries:
    legs = orders.resting(rng, hidden.population, due)
    question = hidden.process.question_of[due.market]
    theirs = np.repeat(question, np.diff(legs.first))
    slots = (
        hidden.holdings.slots(due.taker, question, hidden.process),
        hidden.holdings.slots(legs.maker, theirs, hidden.process),
    )
    fee = np.array([market.fee_rate or 0.0 for market in world.markets])
    tick_size = np.array([market.tick_micro for market in world.markets], np.int64)
    seed = int(rng.integers(2**31))
    rows, hidden.next_tx = match(
        due,
        legs,
        hidden.process,
        (fee, tick_size),
        slots,
        hidden.holdings.shares,
        hidden.next_tx,
        seed,
    )
    return rows


def _plan(hidden: Hidden, rng: np.random.Generator, start: int, end: int) -> None:
    """Plan the redemptions of what resolves in these seconds."""
    process = hidden.process
    resolved = np.flatnonzero((process.resolve_at >= start) & (process.resolve_at < end))
    if not len(resolved):
        return
    trader, market, outcome, place = hidden.holdings.held(
        process, np.unique(process.question_of[resolved])
    )
    final = np.isin(market, resolved)
    held = trader[final], market[final], outcome[final], place[final]
    plan, places = aftermath.redemptions(
        rng, process, held, hidden.holdings.shares, hidden.venue.redeemed_in_parts
    )
    hidden.plan = aftermath.joined_plans(hidden.plan, plan)
    hidden.places = np.concatenate([hidden.places, places])


def _publish(world: World, process: ResolutionProcess, end: int, step: Step) -> None:
    """Tell which markets closed and how others resolved since the clock's last stop."""
    step.closed = np.flatnonzero(
        (process.close_at > world.now) & (process.close_at <= end)
    ).tolist()
    step.resolved = np.flatnonzero(
        (process.resolve_at > world.now) & (process.resolve_at <= end)
    ).tolist()
    for number in step.closed:
        world.markets[number].closed_at = int(process.close_at[number])
    wins = process.wins()
    for number in step.resolved:
        first = int(wins[number] * 1_000_000)
        world.markets[number].resolved_at = int(process.resolve_at[number])
        world.markets[number].payouts = (first, 1_000_000 - first)
