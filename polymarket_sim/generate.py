"""Make a world from a seed: people, questions, orders, matches, and what follows from them."""

from __future__ import annotations

import time

import numpy as np

from polymarket_sim.generation import aftermath, extras, orders, population
from polymarket_sim.generation.catalogue import Catalogue, catalogue
from polymarket_sim.generation.holdings import Holdings
from polymarket_sim.generation.matching import match
from polymarket_sim.generation.population import Population
from polymarket_sim.generation.resolution import ResolutionProcess
from polymarket_sim.life import Hidden
from polymarket_sim.model import Entries, TraderInfo
from polymarket_sim.venue import LIVE, Venue
from polymarket_sim.world import World
from smartmoney.errors import ParameterError
from smartmoney.units import DAY_SECONDS


def generate(
    seed: int = 7,
    traders: int = 400,
    markets: int = 300,
    trades: int = 40_000,
    days: int = 180,
    skilled_share: float = 0.03,
    now: int | None = None,
    venue: Venue = LIVE,
    *,
    hostile: bool = True,
) -> World:
    """A deterministic world: same arguments, same world.

    Args:
        seed: everything random follows from it.
        traders, markets: how many wallets and questions.
        trades: about how many fills (ledger rows of kind TRADE, takers and makers together).
        days: length of the history that ends at `now`.
        skilled_share: part of the wallets that know more than the price; 0 for a world without skill.
        now: Unix seconds of the last moment of history; the wall clock if None.
        venue: how often it shows what is rare.
        hostile: some names and titles try to do harm, as strangers' texts may.

    Raises:
        ParameterError: fewer than 2 traders, 1 market or 3 days.
    """
    if traders < 2 or markets < 1 or days < 3:
        raise ParameterError(
            "a simulated world needs at least 2 traders, 1 market and 3 days of history"
        )
    now = int(time.time()) if now is None else now
    start = now - days * DAY_SECONDS
    streams = [np.random.default_rng([seed, number]) for number in range(6)]
    people = population.draw(streams[0], traders, skilled_share)
    found = population.traders(streams[1], seed, people, hostile=hostile)
    book = catalogue(streams[2], seed, markets, start, now, venue, hostile=hostile)
    process, holdings = book.process(), Holdings()
    fees_and_ticks = terms(book)
    agenda, legs = _agenda(
        streams[3], people, process, max(1, int(trades / orders.FILLS_PER_ORDER)), book
    )
    slots = _places(holdings, process, agenda, legs)
    matched, tx = match(
        agenda,
        legs,
        process,
        fees_and_ticks,
        slots,
        holdings.shares,
        1,
        seed,
    )
    entries, hidden = _afterwards(
        streams[4], book, people, found, process, holdings, matched, fees_and_ticks[0], tx
    )
    hidden.seed, hidden.venue = seed, venue
    world = World(seed, start, now, found, book.events, book.markets, entries, hidden=hidden)
    world.venue = venue
    extras.add(world, np.random.default_rng([seed, 6]))
    return world


def terms(book: Catalogue) -> tuple[np.ndarray, np.ndarray]:
    """Fee rate (0 where none) and tick in micro-dollars, by market."""
    fee = np.array([market.fee_rate or 0.0 for market in book.markets])
    return fee, np.array([market.tick_micro for market in book.markets], np.int64)


def _agenda(
    rng: np.random.Generator,
    people: Population,
    process: ResolutionProcess,
    count: int,
    book: Catalogue,
) -> tuple[orders.Orders, orders.Legs]:
    now = book.now
    base = orders.history(rng, book.seed, people, process, count, now, book.venue)
    legs = orders.resting(rng, people, base)
    extra = orders.dealings(rng, people, process, base, legs, now)
    everything = orders.join(base, extra)
    order = np.argsort(everything.ts, kind="stable")
    count_of = np.concatenate([np.diff(legs.first), np.zeros(len(extra), np.int64)])[order]
    first = np.concatenate([[0], np.cumsum(count_of)])
    begins = np.concatenate([legs.first[:-1], np.zeros(len(extra), np.int64)])[order]
    source = np.repeat(begins - first[:-1], count_of) + np.arange(first[-1])
    return everything.take(order), orders.Legs(first, legs.maker[source], legs.part[source])


def _places(
    holdings: Holdings, process: ResolutionProcess, agenda: orders.Orders, legs: orders.Legs
) -> tuple[np.ndarray, np.ndarray]:
    question = process.question_of[agenda.market]
    theirs = np.repeat(question, np.diff(legs.first))
    holdings.prepare(
        np.concatenate([agenda.taker, legs.maker]), np.concatenate([question, theirs]), process
    )
    return holdings.slots(agenda.taker, question, process), holdings.slots(
        legs.maker, theirs, process
    )


def _afterwards(
    rng: np.random.Generator,
    book: Catalogue,
    people: Population,
    found: list[TraderInfo],
    process: ResolutionProcess,
    holdings: Holdings,
    matched: Entries,
    fee: np.ndarray,
    tx: int,
) -> tuple[Entries, Hidden]:
    resolved = np.unique(process.question_of[process.resolve_at <= book.now])
    trader, market, outcome, place = holdings.held(process, resolved)
    final = process.resolve_at[market] <= book.now
    held = trader[final], market[final], outcome[final], place[final]
    plan, places = aftermath.redemptions(
        rng, process, held, holdings.shares, book.venue.redeemed_in_parts
    )
    redeemed, plan, places, tx = aftermath.carry_out(
        plan, places, holdings.shares, process, book.now, tx
    )
    moved, first = aftermath.transfers(rng, matched, len(found), book.now)
    ages = rng.integers(DAY_SECONDS // 2, 400 * DAY_SECONDS, len(found))
    for number, (begun, age) in enumerate(zip(first.tolist(), ages.tolist(), strict=False)):
        found[number].joined_at = (begun or book.now) - age
    cash, tx = aftermath.numbered(
        aftermath.joined(
            [*aftermath.income(rng, people, matched, fee, book.start, book.now), *moved]
        ),
        tx,
    )
    entries = aftermath.joined([matched, redeemed, cash])
    return entries, Hidden(people, process, holdings, plan, places, tx, book.now + 1)
