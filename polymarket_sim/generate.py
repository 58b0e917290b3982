"""Make a world from a seed: people, questions, orders, matches, and what follows from them."""

from __future__ import annotations

import time

import numpy as np

from polymarket_sim import aftermath, people
from polymarket_sim import orders as asking
from polymarket_sim.catalogue import DAY, Catalogue, catalogue
from polymarket_sim.fate import Fate
from polymarket_sim.holdings import Holdings
from polymarket_sim.life import Hidden
from polymarket_sim.matching import match
from polymarket_sim.model import Entries, TraderInfo
from polymarket_sim.world import World
from smartmoney.errors import ParameterError


def generate(
    seed: int = 7,
    traders: int = 400,
    markets: int = 300,
    trades: int = 40_000,
    days: int = 180,
    skilled_share: float = 0.03,
    now: int | None = None,
) -> World:
    """A deterministic world: same arguments, same world.

    Args:
        seed: everything random follows from it.
        traders, markets: how many wallets and questions.
        trades: about how many fills (ledger rows of kind TRADE, takers and makers together).
        days: length of the history that ends at `now`.
        skilled_share: part of the wallets that know more than the price; 0 for a world without skill.
        now: Unix seconds of the last moment of history; the wall clock if None.

    Raises:
        ParameterError: fewer than 2 traders, 1 market or 3 days.
    """
    if traders < 2 or markets < 1 or days < 3:
        raise ParameterError(
            "a simulated world needs at least 2 traders, 1 market and 3 days of history"
        )
    now = int(time.time()) if now is None else now
    start = now - days * DAY
    streams = [np.random.default_rng([seed, number]) for number in range(6)]
    crowd = people.crowd(streams[0], traders, skilled_share)
    found = people.traders(streams[1], seed, crowd)
    book = catalogue(streams[2], seed, markets, start, now)
    fate, holdings = book.fate(), Holdings()
    fee, tick = terms(book)
    asked, legs = _agenda(
        streams[3], seed, crowd, fate, max(1, int(trades / asking.FILLS_PER_ORDER)), now
    )
    slots = _places(holdings, fate, asked, legs)
    matched, tx = match(asked, legs, fate, tick, fee, slots, holdings.shares, 1, seed)
    entries, hidden = _afterwards(streams[4], book, crowd, found, fate, holdings, matched, fee, tx)
    hidden.seed = seed
    return World(seed, start, now, found, book.events, book.markets, entries, hidden=hidden)


def terms(book: Catalogue) -> tuple[np.ndarray, np.ndarray]:
    """Fee rate (0 where none) and tick in micro-dollars, by market."""
    fee = np.array([market.fee_rate or 0.0 for market in book.markets])
    return fee, np.array([market.tick_micro for market in book.markets], np.int64)


def _agenda(
    rng: np.random.Generator, seed: int, crowd: people.Crowd, fate: Fate, count: int, now: int
) -> tuple[asking.Orders, asking.Legs]:
    base = asking.history(rng, seed, crowd, fate, count, now)
    legs = asking.resting(rng, crowd, base)
    extra = asking.dealings(rng, crowd, fate, base, legs, now)
    everything = asking.join(base, extra)
    order = np.argsort(everything.ts, kind="stable")
    count_of = np.concatenate([np.diff(legs.first), np.zeros(len(extra), np.int64)])[order]
    first = np.concatenate([[0], np.cumsum(count_of)])
    begins = np.concatenate([legs.first[:-1], np.zeros(len(extra), np.int64)])[order]
    source = np.repeat(begins - first[:-1], count_of) + np.arange(first[-1])
    return everything.take(order), asking.Legs(first, legs.maker[source], legs.part[source])


def _places(
    holdings: Holdings, fate: Fate, asked: asking.Orders, legs: asking.Legs
) -> tuple[np.ndarray, np.ndarray]:
    question = fate.question_of[asked.market]
    theirs = np.repeat(question, np.diff(legs.first))
    holdings.prepare(
        np.concatenate([asked.taker, legs.maker]), np.concatenate([question, theirs]), fate
    )
    return holdings.slots(asked.taker, question, fate), holdings.slots(legs.maker, theirs, fate)


def _afterwards(
    rng: np.random.Generator,
    book: Catalogue,
    crowd: people.Crowd,
    found: list[TraderInfo],
    fate: Fate,
    holdings: Holdings,
    matched: Entries,
    fee: np.ndarray,
    tx: int,
) -> tuple[Entries, Hidden]:
    resolved = np.unique(fate.question_of[fate.resolve_at <= book.now])
    trader, market, outcome, place = holdings.held(fate, resolved)
    final = fate.resolve_at[market] <= book.now
    held = trader[final], market[final], outcome[final], place[final]
    plan, places = aftermath.redemptions(rng, fate, held, holdings.shares)
    redeemed, plan, places, tx = aftermath.carry_out(
        plan, places, holdings.shares, fate, book.now, tx
    )
    moved, first = aftermath.transfers(rng, matched, len(found), book.now)
    ages = rng.integers(DAY // 2, 400 * DAY, len(found))
    for number, (begun, age) in enumerate(zip(first.tolist(), ages.tolist(), strict=False)):
        found[number].joined_at = (begun or book.now) - age
    cash, tx = aftermath.numbered(
        aftermath.joined(
            [*aftermath.income(rng, crowd, matched, fee, book.start, book.now), *moved]
        ),
        tx,
    )
    entries = aftermath.joined([matched, redeemed, cash])
    return entries, Hidden(crowd, fate, holdings, plan, places, tx, book.now + 1)
