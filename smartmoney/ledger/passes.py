"""One pass over all traders: rows in replay order, run by run, each handed to the actions of the kernel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smartmoney.ledger.arithmetic import compiled, inlined
from smartmoney.ledger.columns import IntArray
from smartmoney.ledger.kernel import (
    _account,
    _buy,
    _convert,
    _daily,
    _find,
    _is_bad,
    _merge,
    _next,
    _redeem_market,
    _redeem_outcome,
    _sell,
    _split,
    _trade,
)
from smartmoney.ledger.layout import (
    A_BAD,
    A_CASH,
    A_FIRST,
    A_LAST,
    A_REBATE,
    A_REWARD,
    A_ROWS,
    A_TRANSFERS,
    A_YIELD,
    BUY,
    CONVERSION,
    D_INCOME,
    DAY_SECONDS,
    DAYS_USED,
    FIRST,
    MERGE,
    NEVER,
    NOW,
    REBATE,
    REDEEM,
    REWARD,
    SELL,
    SHARES,
    SPLIT,
    TODAY,
    TRANSFER,
    USED,
    WHO,
    Book,
    Rows,
    World,
)

CALLEES = "1ae34ecb2bb8"
"""Digest of arithmetic.py, layout.py and kernel.py, as in kernel.py."""


@inlined
def _note(book: Book, rows: Rows, r: int) -> None:
    """Every row, readable or not, counts and moves the account's clock."""
    who, ts = book.at[WHO], rows.ts[r]
    book.account[who, A_ROWS] += 1
    if book.account[who, A_FIRST] == NEVER:
        book.account[who, A_FIRST] = ts
    book.account[who, A_LAST] = max(book.account[who, A_LAST], ts)


@inlined
def _set_clock(book: Book, ts: int) -> None:
    book.at[NOW] = ts
    day = ts // DAY_SECONDS
    if day != book.at[TODAY]:
        book.at[TODAY] = day
        i = _next(book, DAYS_USED, len(book.day))
        book.day[i] = day
        book.day_values[i, :] = 0


@inlined
def _run_end(rows: Rows, world: World, start: int, stop: int) -> int:
    """The end of the rows that one action takes together: one second, kind and outcome, or one conversion."""
    a = rows.order[start]
    kind = rows.kind[a]
    end = start + 1
    if kind < CONVERSION or kind > REDEEM:
        return end
    while end < stop:
        b = rows.order[end]
        if rows.ts[b] != rows.ts[a] or rows.kind[b] != kind:
            break
        if kind == CONVERSION:
            same = rows.tx[b] == rows.tx[a] and rows.size[b] == rows.size[a]
            if not same or _event(rows, world, b) != _event(rows, world, a):
                break
        elif rows.market[b] != rows.market[a] or rows.outcome[b] != rows.outcome[a]:
            break
        end += 1
    return end


@inlined
def _event(rows: Rows, world: World, r: int) -> int:
    market = rows.market[r]
    return world.event[market] if 0 <= market < len(world.event) else -1


@inlined
def _single(book: Book, rows: Rows, world: World, r: int) -> None:
    """An action that stands alone: what brings shares, and what touches none."""
    kind, cash = rows.kind[r], rows.cash[r]
    if kind == BUY:
        _buy(book, rows, r)
    elif kind == SPLIT:
        _account(book, A_CASH, -rows.size[r])
        _split(book, world, rows.market[r], rows.size[r])
    elif kind == TRANSFER:
        _account(book, A_TRANSFERS, 1)
    else:
        _account(
            book, A_REWARD if kind == REWARD else A_REBATE if kind == REBATE else A_YIELD, cash
        )
        _daily(book, D_INCOME, cash)


@inlined
def _dispose(
    book: Book, world: World, kind: int, market: int, outcome: int, size: int, cash: int, fills: int
) -> None:
    if kind == SELL:
        _sell(book, outcome, size, cash, fills)
    elif kind == MERGE:
        _merge(book, world, market, size)
    elif outcome >= 0:
        _redeem_outcome(book, outcome, size, cash)
    else:
        _redeem_market(book, world, market, size, cash)


@inlined
def _covered(book: Book, world: World, kind: int, market: int, outcome: int, size: int) -> bool:
    """The whole run was held, so that its rows can be booked one by one."""
    if kind == REDEEM and outcome < 0:
        return False
    first = world.first_outcome[market] if kind == MERGE else outcome
    for k in range(first, first + (world.n_outcomes[market] if kind == MERGE else 1)):
        i = _find(book, k)
        if (book.values[i, SHARES] if i >= 0 else 0) < size:
            return False
    return True


@inlined
def _count_disposals(
    book: Book, rows: Rows, world: World, start: int, stop: int
) -> tuple[int, int, int]:
    """(readable rows, shares, cash) of a run; fills and cash flow go to the account."""
    good, size, cash = 0, 0, 0
    for n in range(start, stop):
        r = rows.order[n]
        if _is_bad(rows, world, r):
            _account(book, A_BAD, 1)
            continue
        good, size, cash = good + 1, size + rows.size[r], cash + rows.cash[r]
        if rows.kind[r] == SELL:
            _trade(book, rows, r, rows.cash[r])
        else:
            _account(book, A_CASH, rows.size[r] if rows.kind[r] == MERGE else rows.cash[r])
    return good, size, cash


@inlined
def _disposals(book: Book, rows: Rows, world: World, start: int, stop: int) -> None:
    """Sales, merges or redemptions of one second: together when they take more than was held, so that their
    order cannot matter; else one by one."""
    good, size, cash = _count_disposals(book, rows, world, start, stop)
    if good == 0:
        return
    a = rows.order[start]
    kind, market, outcome = rows.kind[a], rows.market[a], rows.outcome[a]
    if not _covered(book, world, kind, market, outcome, size):
        _dispose(book, world, kind, market, outcome, size, cash, good)
        return
    for n in range(start, stop):
        r = rows.order[n]
        if not _is_bad(rows, world, r):
            _dispose(book, world, kind, market, outcome, rows.size[r], rows.cash[r], 1)


@inlined
def _run(book: Book, rows: Rows, world: World, start: int, stop: int) -> None:
    a = rows.order[start]
    for n in range(start, stop):
        _note(book, rows, rows.order[n])
    kind = rows.kind[a]
    if kind < BUY or kind > TRANSFER or rows.ts[a] < 0:
        _account(book, A_BAD, stop - start)
    elif kind == CONVERSION:
        _set_clock(book, rows.ts[a])
        _convert(book, rows, world, start, stop)
    elif SELL <= kind <= REDEEM:
        _set_clock(book, rows.ts[a])
        _disposals(book, rows, world, start, stop)
    elif _is_bad(rows, world, a):
        _account(book, A_BAD, 1)
    else:
        _set_clock(book, rows.ts[a])
        _single(book, rows, world, a)


@inlined
def _load(book: Book, outcome: IntArray, values: IntArray, start: int, stop: int) -> None:
    """Take over a trader's positions from the state."""
    for n in range(start, stop):
        i = _next(book, USED, len(book.outcome))
        book.slot[outcome[n]] = i
        book.outcome[i] = outcome[n]
        for k in range(values.shape[1]):
            book.values[i, k] = values[n, k]


@compiled
def replay_rows(
    rows: Rows,
    world: World,
    book: Book,
    bounds: IntArray,
    outcome: IntArray,
    values: NDArray[np.int64],
    kept: IntArray,
    used: NDArray[np.int64],
) -> None:
    """Replay trader t's rows order[bounds[t]:bounds[t + 1]] on top of its positions kept[t, 0]:kept[t, 1].

    The positions and the days in use when trader t is done are written to `used[t]`.
    """
    for t in range(len(bounds) - 1):
        book.at[WHO], book.at[FIRST], book.at[TODAY] = t, book.at[USED], NEVER
        _load(book, outcome, values, kept[t, 0], kept[t, 1])
        n = bounds[t]
        while n < bounds[t + 1]:
            end = _run_end(rows, world, n, bounds[t + 1])
            _run(book, rows, world, n, end)
            n = end
        used[t, 0], used[t, 1] = book.at[USED], book.at[DAYS_USED]
