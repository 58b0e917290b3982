"""Orders meet resting wallets, in time order, at the fair price of the moment; nobody sells what it does
not hold.

A taker who buys Yes meets a maker who sells Yes from stock, or, when the stock is too small, one who buys
No (the exchange splits a new pair). A taker who sells meets a maker who buys, or one who sells the other
outcome (a merge). The fair price is rounded up or down to the tick by chance, so that rounding, too,
favours nobody; there is no spread.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from polymarket_sim.generation.floor import (
    Deal,
    Floor,
    LedgerColumns,
    News,
    OrderColumns,
    Resting,
    Row,
    Terms,
)
from polymarket_sim.generation.orders import (
    CONVERT,
    COVER,
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
from polymarket_sim.generation.resolution import ResolutionProcess
from polymarket_sim.model import COLUMNS, CREATED_BEFORE, Entries

LOWEST, HIGHEST = 0.004, 0.996
SWEEP_FROM = 0.965
MOST_SHARES = 1_000_000.0
TRADE_KIND, SPLIT_KIND, MERGE_KIND, CONVERSION_KIND = 1, 2, 3, 5
BUY, SELL = 1, 2


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
def _write(rows: LedgerColumns, at: int, row: Row) -> None:
    rows.ts[at], rows.trader[at], rows.kind[at], rows.market[at] = (
        row.ts,
        row.trader,
        row.kind,
        row.market,
    )
    rows.outcome[at], rows.side[at], rows.size_micro[at] = row.outcome, row.side, row.size
    rows.fee_micro[at], rows.cash_micro[at] = row.fee, row.cash
    rows.price_pico[at] = np.int64(np.round(row.notional / row.size * 1e12)) if row.side else 0
    rows.tx[at], rows.legs[at], rows.is_taker[at] = row.tx, row.legs, row.taker


@njit(cache=True)
def _operate(
    x: Floor, i: int, kind: int, market: int, size: int, cash: int, tx: int, legs: int
) -> None:
    """Write an operation on whole sets, which has no price and no counterparty."""
    ts, trader, at = int(x.orders.ts[i]), int(x.orders.taker[i]), x.rows.used[0]
    row = Row(ts, trader, kind, int(market), -1, 0, size, 0, 0, cash, tx, legs, False)
    _write(x.rows, at, row)
    x.rows.used[0] = at + 1


@njit(cache=True)
def _rest(x: Floor, deal: Deal, leg: int, part: int) -> int:
    """Write one maker's row and move his shares; returns the dollars of his part."""
    market, dollars = int(x.orders.market[deal.order]), part * deal.price // 1_000_000
    mine = x.resting.slot[leg] + 2 * x.terms.position[market]
    if deal.side == BUY:
        sells = x.held[mine + deal.outcome] >= part
        token, act = (deal.outcome, SELL) if sells else (1 - deal.outcome, BUY)
    else:
        sells = x.held[mine + 1 - deal.outcome] >= part and np.random.random() < 0.4
        token, act = (1 - deal.outcome, SELL) if sells else (deal.outcome, BUY)
    paid = dollars if token == deal.outcome else part - dollars
    x.held[mine + token] += part if act == BUY else -part
    ts, maker, at = int(x.orders.ts[deal.order]), int(x.resting.maker[leg]), x.rows.used[0]
    row = Row(ts, maker, TRADE_KIND, market, token, act, part, paid, 0, paid, deal.tx, 0, False)
    _write(x.rows, at, row)
    x.rows.used[0] = at + 1
    return dollars


@njit(cache=True)
def _meet(x: Floor, deal: Deal) -> None:
    """Write a match: the taker's row and its makers' rows, and move the shares."""
    i, taker_row, notional, left = deal.order, x.rows.used[0], 0, deal.size
    market = int(x.orders.market[i])
    x.rows.used[0] += 1
    begin, end = x.resting.first[i], x.resting.first[i + 1]
    for leg in range(begin, end):
        part = left if leg == end - 1 else int(deal.size * x.resting.part[leg]) // 10_000 * 10_000
        if part > 0:
            left -= part
            notional += _rest(x, deal, leg, part)
    share = deal.price / 1e6
    curve = x.terms.fee[market] * (deal.size / 1e6) * share * (1.0 - share)
    fee = int(np.round(curve * 1e5)) * 10
    buys = deal.side == BUY
    cash = notional + fee if buys else notional - fee
    mine = x.orders.slot[i] + 2 * x.terms.position[market] + deal.outcome
    x.held[mine] += deal.size if buys else -deal.size
    ts, taker = int(x.orders.ts[i]), int(x.orders.taker[i])
    row = Row(
        ts,
        taker,
        TRADE_KIND,
        market,
        deal.outcome,
        deal.side,
        deal.size,
        notional,
        fee,
        cash,
        deal.tx,
        0,
        True,
    )
    _write(x.rows, taker_row, row)


@njit(cache=True)
def _given_up(x: Floor, i: int, q: int) -> tuple[int, int]:
    """How much of each NO token a conversion gives up, and of which (bit j: the question's j-th market)."""
    slot, ts, size, count, mask, there = x.orders.slot[i], x.orders.ts[i], 0, 0, 0, 0
    for j in range(x.news.ends[q]):
        there += x.terms.created[x.news.first_market[q] + j] <= ts
    for j in range(x.news.ends[q]):
        have = x.held[slot + 2 * j + 1]
        if have >= 5_000_000 and count < there - 1:
            size = have if count == 0 else min(size, have)
            count, mask = count + 1, mask | (1 << j)
    size = int(size * x.orders.stake[i])
    if size < 1_000_000:
        return size, mask
    count, mask = 0, 0
    for j in range(x.news.ends[q]):
        if x.held[slot + 2 * j + 1] >= size:
            count, mask = count + 1, mask | (1 << j)
    return size, mask if count < there else 0


@njit(cache=True)
def _convert(x: Floor, i: int, q: int, tx: int) -> None:
    """Give up NO tokens of an event, for YES of its other markets that exist by then, and cash."""
    slot, ts, lead, count = x.orders.slot[i], x.orders.ts[i], -1, 0
    size, mask = _given_up(x, i, q)
    if mask == 0 or size < 1_000_000:
        return
    for j in range(x.news.ends[q]):
        if mask >> j & 1:
            x.held[slot + 2 * j + 1] -= size
            lead, count = (j if lead < 0 else lead), count + 1
        elif x.terms.created[x.news.first_market[q] + j] <= ts:
            x.held[slot + 2 * j] += size
    market, cash = x.news.first_market[q] + lead, (count - 1) * size
    _operate(x, i, CONVERSION_KIND, market, size, cash, tx, mask)


@njit(cache=True)
def _wanted(x: Floor, i: int, fair: float, place: int) -> int:
    """The outcome an order means at the price of the moment; -1 where it wants nothing now."""
    want, mode = x.orders.want[i], x.orders.mode[i]
    if mode == SWEEP:
        if max(fair, 1.0 - fair) < SWEEP_FROM:
            return -1
        return 0 if fair >= SWEEP_FROM else 1
    if want >= IF_FAVOURITE:
        dear = want < IF_LONG_SHOT
        want = want & 1
        return -1 if mode not in (EXIT, COVER) and ((fair >= 0.5) == (want == 0)) != dear else want
    if want >= FAVOURITE and mode in (EXIT, COVER):  # whichever it came to hold
        return 0 if x.held[place] >= x.held[place + 1] else 1
    if want >= FAVOURITE:
        return 0 if (fair >= 0.5) == (want == FAVOURITE) else 1
    return int(want)


@njit(cache=True)
def _trade(x: Floor, i: int, fair: float, tx: int) -> None:
    """Turn one order into a match at the fair price, or into nothing when it cannot be filled."""
    market, stake, mode = x.orders.market[i], x.orders.stake[i], x.orders.mode[i]
    place = x.orders.slot[i] + 2 * x.terms.position[market]
    want = int(_wanted(x, i, fair, place))
    if want < 0:
        return
    price = _quoted(fair if want == 0 else 1.0 - fair, x.terms.tick[market])
    have = x.held[place + want]
    if mode == EXIT:
        size = have if stake >= 1.0 else min(have, int(have * stake) // 10_000 * 10_000)
        if size >= 10_000:
            _meet(x, Deal(i, want, SELL, int(size), price, tx))
    elif mode == COVER:
        other = _quoted(1.0 - fair if want == 0 else fair, x.terms.tick[market])
        if have >= 1_000_000:
            _meet(x, Deal(i, 1 - want, BUY, int(have), other, tx))
    else:
        size = _whole(stake / 0.5 if mode == SHARES else stake / (price / 1e6))
        _meet(x, Deal(i, want, BUY, size, price, tx))


@njit(cache=True)
def _run(x: Floor, tx: int, seed: int) -> int:
    """All orders in turn; returns the next free transaction number."""
    np.random.seed(seed)
    for i in range(len(x.orders.ts)):
        market, mode, before = x.orders.market[i], x.orders.mode[i], x.rows.used[0]
        q, mine = x.terms.question[market], x.orders.slot[i] + 2 * x.terms.position[market]
        if mode == SPLIT:
            size = _whole(x.orders.stake[i])
            x.held[mine] += size
            x.held[mine + 1] += size
            _operate(x, i, SPLIT_KIND, market, size, size, tx, 0)
        elif mode == MERGE:
            size = int(min(x.held[mine], x.held[mine + 1]) * x.orders.stake[i])
            if size >= 1_000_000:
                x.held[mine] -= size
                x.held[mine + 1] -= size
                _operate(x, i, MERGE_KIND, market, size, size, tx, 0)
        elif mode == CONVERT:
            _convert(x, i, q, tx)
        else:
            _learn(x.news, q, x.orders.ts[i])
            fair = _fair(x.news, q, x.terms.position[market])
            if LOWEST <= fair <= HIGHEST:
                _trade(x, i, fair, tx)
        tx += x.rows.used[0] > before
    return tx


def match(
    orders: Orders,
    legs: Legs,
    process: ResolutionProcess,
    terms: tuple[np.ndarray, np.ndarray],
    slots: tuple[np.ndarray, np.ndarray],
    held: np.ndarray,
    tx: int,
    seed: int,
) -> tuple[Entries, int]:
    """Match all orders (time order) and return their ledger rows and the next transaction number.

    `terms` is the fee rate and the tick (micro-dollars) by market; `slots` gives, for each order's taker
    and each leg's maker, where in `held` (micro-shares, changed in place) the tokens of that wallet and
    question begin: two per market.
    """
    most = int(len(orders) + len(legs.maker))
    rows = LedgerColumns(
        **{name: np.zeros(most, dtype) for name, dtype in COLUMNS.items()},
        used=np.zeros(1, np.int64),
    )
    fee, tick = terms
    floor = Floor(
        rows,
        held,
        OrderColumns(
            orders.ts, orders.taker, orders.market, orders.mode, orders.want, orders.stake, slots[0]
        ),
        Resting(legs.first, legs.maker, legs.part, slots[1]),
        News(*(getattr(process, name) for name in News._fields)),
        Terms(process.question_of, process.position, tick, fee, process.open_at - CREATED_BEFORE),
    )
    free = _run(floor, tx, seed)
    count = int(rows.used[0])
    return Entries({name: getattr(rows, name)[:count] for name in COLUMNS}), int(free)
