"""Orders meet resting wallets, in time order, at the fair price of the moment; nobody sells what it does
not hold.

A taker who buys Yes meets a maker who sells Yes from stock, or, when the stock is too small, one who buys
No (the exchange splits a new pair). A taker who sells meets a maker who buys, or one who sells the other
outcome (a merge). The fair price is rounded up or down to the tick by chance, so that rounding, too,
favours nobody; there is no spread.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from polymarket_sim.fate import Fate
from polymarket_sim.model import COLUMNS, Entries
from polymarket_sim.orders import (
    CONVERT,
    EXIT,
    FAVOURITE,
    IF_FAVOURITE,
    IF_LONG_SHOT,
    MERGE,
    SHARES,
    SPLIT,
    SWEEP,
    Legs,
    Orders,
)

LOWEST, HIGHEST = 0.004, 0.996
SWEEP_FROM = 0.965
MOST_SHARES = 1_000_000.0
TRADE_KIND, SPLIT_KIND, MERGE_KIND, CONVERSION_KIND = 1, 2, 3, 5
BUY, SELL = 1, 2

Array = np.ndarray


class Rows(NamedTuple):
    """Ledger columns being filled, and in `used` (one element) how many rows are."""

    ts: Array
    trader: Array
    kind: Array
    market: Array
    outcome: Array
    side: Array
    is_taker: Array
    size_micro: Array
    price_pico: Array
    fee_micro: Array
    cash_micro: Array
    tx: Array
    legs: Array
    used: Array


class News(NamedTuple):
    """Columns of `Fate` by question."""

    log_prior: Array
    ends: Array
    end: Array
    news_from: Array
    news_to: Array
    information: Array
    exclusive: Array
    signal: Array
    clock: Array
    first_market: Array


class Terms(NamedTuple):
    """Columns by market: its question, place in it, tick (micro-dollars) and fee rate."""

    question: Array
    position: Array
    tick: Array
    fee: Array


class Asked(NamedTuple):
    """Columns of `Orders`, and where the taker's shares of the question begin."""

    ts: Array
    taker: Array
    market: Array
    mode: Array
    want: Array
    stake: Array
    slot: Array


class Resting(NamedTuple):
    """Columns of `Legs`, and where each maker's shares of the question begin."""

    first: Array
    maker: Array
    part: Array
    slot: Array


@njit(cache=True)
def _learn(news: News, q: int, ts: int) -> None:
    """Let the news of question `q` arrive up to `ts`: most of it towards the end."""
    passed = (ts - news.news_from[q]) / (news.news_to[q] - news.news_from[q])
    passed = min(max(passed, 0.0), 1.0)
    reached = news.information[q] * (0.25 * passed + 0.75 * passed**6)
    step = reached - news.clock[q]
    if step <= 0.0:
        return
    news.clock[q] = reached
    for end in range(news.ends[q]):
        drift = step if end == news.end[q] else 0.0
        news.signal[q, end] += drift + np.sqrt(step) * np.random.normal()


@njit(cache=True)
def _fair(news: News, q: int, position: int) -> float:
    """Expected payout of the first outcome of the market at `position`."""
    top = -np.inf
    for end in range(news.ends[q]):
        top = max(top, news.log_prior[q, end] + news.signal[q, end])
    total, mine = 0.0, 0.0
    for end in range(news.ends[q]):
        weight = np.exp(news.log_prior[q, end] + news.signal[q, end] - top)
        total += weight
        if news.exclusive[q]:
            mine += weight if end == position else 0.0
        else:
            mine += weight if end == 0 else (0.5 * weight if end == 2 else 0.0)
    return mine / total


@njit(cache=True)
def _quoted(fair: float, tick: int) -> int:
    """Fair price on the tick grid, in micro-dollars, rounded up or down so that the mean stays."""
    tick = tick if 0.04 < fair < 0.96 else 1_000
    steps = fair * 1e6 / tick
    floor = np.floor(steps)
    return int(floor + (1.0 if np.random.random() < steps - floor else 0.0)) * tick


@njit(cache=True)
def _whole(shares: float) -> int:
    """Shares in micro-units: mostly whole cents of a share, sometimes odd ones, at least one share."""
    shares = min(max(shares, 1.0), MOST_SHARES)
    if np.random.random() < 0.85:
        return int(shares * 100.0) * 10_000
    return int(shares * 1e6)


@njit(cache=True)
def _write(
    rows: Rows,
    ts: int,
    trader: int,
    kind: int,
    market: int,
    outcome: int,
    side: int,
    size: int,
    notional: int,
    fee: int,
    cash: int,
    tx: int,
    legs: int,
    taker: bool,
) -> None:
    n = rows.used[0]
    rows.ts[n], rows.trader[n], rows.kind[n], rows.market[n] = ts, trader, kind, market
    rows.outcome[n], rows.side[n], rows.size_micro[n] = outcome, side, size
    rows.fee_micro[n], rows.cash_micro[n] = fee, cash
    rows.price_pico[n] = np.int64(np.round(notional / size * 1e12)) if side else 0
    rows.tx[n], rows.legs[n], rows.is_taker[n] = tx, legs, taker
    rows.used[0] = n + 1


@njit(cache=True)
def _set(
    rows: Rows,
    asked: Asked,
    i: int,
    kind: int,
    market: int,
    size: int,
    cash: int,
    tx: int,
    legs: int,
) -> None:
    """Write an operation on whole sets, which has no price and no counterparty."""
    _write(
        rows, asked.ts[i], asked.taker[i], kind, market, -1, 0, size, 0, 0, cash, tx, legs, False
    )


@njit(cache=True)
def _meet(
    rows: Rows,
    held: Array,
    asked: Asked,
    resting: Resting,
    terms: Terms,
    i: int,
    outcome: int,
    side: int,
    size: int,
    price: int,
    tx: int,
) -> None:
    """Write a match: the taker's row and its makers' rows, and move the shares."""
    market, taker_row, notional, left = asked.market[i], rows.used[0], 0, size
    ts, place = asked.ts[i], 2 * terms.position[market]
    rows.used[0] += 1
    begin, end = resting.first[i], resting.first[i + 1]
    for leg in range(begin, end):
        part = left if leg == end - 1 else int(size * resting.part[leg]) // 10_000 * 10_000
        if part <= 0:
            continue
        left -= part
        dollars = part * price // 1_000_000
        notional += dollars
        mine = resting.slot[leg] + place
        if side == BUY:
            sells = held[mine + outcome] >= part
            token, act = (outcome, SELL) if sells else (1 - outcome, BUY)
        else:
            sells = held[mine + 1 - outcome] >= part and np.random.random() < 0.4
            token, act = (1 - outcome, SELL) if sells else (outcome, BUY)
        paid = dollars if token == outcome else part - dollars
        held[mine + token] += part if act == BUY else -part
        _write(
            rows,
            ts,
            resting.maker[leg],
            TRADE_KIND,
            market,
            token,
            act,
            part,
            paid,
            0,
            paid,
            tx,
            0,
            False,
        )
    share = price / 1e6
    fee = int(np.round(terms.fee[market] * (size / 1e6) * share * (1.0 - share) * 1e5)) * 10
    cash = notional + fee if side == BUY else notional - fee
    held[asked.slot[i] + place + outcome] += size if side == BUY else -size
    after, rows.used[0] = rows.used[0], taker_row
    _write(
        rows,
        ts,
        asked.taker[i],
        TRADE_KIND,
        market,
        outcome,
        side,
        size,
        notional,
        fee,
        cash,
        tx,
        0,
        True,
    )
    rows.used[0] = after


@njit(cache=True)
def _convert(rows: Rows, held: Array, asked: Asked, news: News, i: int, q: int, tx: int) -> None:
    """Give up an equal amount of every NO token held in the event, for YES of the others and cash."""
    slot, size, count, mask = asked.slot[i], 0, 0, 0
    for j in range(news.ends[q]):
        have = held[slot + 2 * j + 1]
        if have >= 5_000_000 and count < news.ends[q] - 1:
            size = have if count == 0 else min(size, have)
            count, mask = count + 1, mask | (1 << j)
    size = int(size * asked.stake[i])
    if count == 0 or size < 1_000_000:
        return
    lead = -1
    for j in range(news.ends[q]):
        if mask >> j & 1:
            held[slot + 2 * j + 1] -= size
            lead = j if lead < 0 else lead
        else:
            held[slot + 2 * j] += size
    _set(
        rows,
        asked,
        i,
        CONVERSION_KIND,
        news.first_market[q] + lead,
        size,
        (count - 1) * size,
        tx,
        mask,
    )


@njit(cache=True)
def _trade(
    rows: Rows,
    held: Array,
    asked: Asked,
    resting: Resting,
    news: News,
    terms: Terms,
    i: int,
    q: int,
    fair: float,
    tx: int,
) -> None:
    """Turn one order into a match at the fair price, or into nothing when it cannot be filled."""
    market, want, stake, mode = asked.market[i], asked.want[i], asked.stake[i], asked.mode[i]
    if mode == SWEEP:
        want = 0 if fair >= SWEEP_FROM else 1
        if max(fair, 1.0 - fair) < SWEEP_FROM:
            return
    place = asked.slot[i] + 2 * terms.position[market]
    if want >= IF_FAVOURITE:
        dear = want < IF_LONG_SHOT
        want = want & 1
        if mode != EXIT and ((fair >= 0.5) == (want == 0)) != dear:
            return
    elif want >= FAVOURITE and mode == EXIT:  # whichever it came to hold
        want = 0 if held[place] >= held[place + 1] else 1
    elif want >= FAVOURITE:
        want = 0 if (fair >= 0.5) == (want == FAVOURITE) else 1
    price = _quoted(fair if want == 0 else 1.0 - fair, terms.tick[market])
    have = held[place + want]
    if mode == EXIT:
        size = have if stake >= 1.0 else min(have, int(have * stake) // 10_000 * 10_000)
        if size >= 10_000:
            _meet(rows, held, asked, resting, terms, i, want, SELL, size, price, tx)
    else:
        size = _whole(stake / 0.5 if mode == SHARES else stake / (price / 1e6))
        _meet(rows, held, asked, resting, terms, i, want, BUY, size, price, tx)


@njit(cache=True)
def _run(
    asked: Asked,
    resting: Resting,
    news: News,
    terms: Terms,
    held: Array,
    rows: Rows,
    tx: int,
    seed: int,
) -> int:
    """All orders in turn; returns the next free transaction number."""
    np.random.seed(seed)
    for i in range(len(asked.ts)):
        market, mode, before = asked.market[i], asked.mode[i], rows.used[0]
        q, mine = terms.question[market], asked.slot[i] + 2 * terms.position[market]
        if mode == SPLIT:
            size = _whole(asked.stake[i])
            held[mine] += size
            held[mine + 1] += size
            _set(rows, asked, i, SPLIT_KIND, market, size, size, tx, 0)
        elif mode == MERGE:
            size = int(min(held[mine], held[mine + 1]) * asked.stake[i])
            if size >= 1_000_000:
                held[mine] -= size
                held[mine + 1] -= size
                _set(rows, asked, i, MERGE_KIND, market, size, size, tx, 0)
        elif mode == CONVERT:
            _convert(rows, held, asked, news, i, q, tx)
        else:
            _learn(news, q, asked.ts[i])
            fair = _fair(news, q, terms.position[market])
            if LOWEST <= fair <= HIGHEST:
                _trade(rows, held, asked, resting, news, terms, i, q, fair, tx)
        tx += rows.used[0] > before
    return tx


def match(
    orders: Orders,
    legs: Legs,
    fate: Fate,
    tick: np.ndarray,
    fee: np.ndarray,
    slots: tuple[np.ndarray, np.ndarray],
    held: np.ndarray,
    tx: int,
    seed: int,
) -> tuple[Entries, int]:
    """Match all orders (time order) and return their ledger rows and the next transaction number.

    `tick` is micro-dollars and `fee` the fee rate by market; `slots` gives,
    for each order's taker and each leg's maker,
    where in `held` (micro-shares, changed in place) the tokens of that wallet and question begin: two per
    market.
    """
    most = int(len(orders) + len(legs.maker))
    rows = Rows(
        **{name: np.zeros(most, dtype) for name, dtype in COLUMNS.items()},
        used=np.zeros(1, np.int64),
    )
    news = News(*(getattr(fate, name) for name in News._fields))
    terms = Terms(fate.question_of, fate.position, tick, fee)
    asked = Asked(
        orders.ts, orders.taker, orders.market, orders.mode, orders.want, orders.stake, slots[0]
    )
    resting = Resting(legs.first, legs.maker, legs.part, slots[1])
    free = _run(asked, resting, news, terms, held, rows, tx, seed)
    count = int(rows.used[0])
    return Entries({name: getattr(rows, name)[:count] for name in COLUMNS}), int(free)
