"""One pass over all traders: rows in replay order, run by run, each handed to the actions of the kernel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smartmoney.ledger.activity import Kind
from smartmoney.ledger.columns import IntArray
from smartmoney.ledger.combos import dispose_of_combo
from smartmoney.ledger.compiling import compiled, inlined
from smartmoney.ledger.conversions import convert, convert_legs, restore
from smartmoney.ledger.kernel import (
    account_of,
    buy,
    count_bad,
    count_fill,
    find,
    is_bad,
    merge,
    next_position,
    redeem_market,
    redeem_outcome,
    sell,
    shares_of,
    split,
    today_of,
)
from smartmoney.ledger.layout import NEVER, Book, Rows, World
from smartmoney.units import DAY_SECONDS


@inlined
def _note(book: Book, ts: int) -> None:
    """Every row, readable or not, counts and moves the account's clock."""
    account = account_of(book)
    account.n_rows += 1
    if account.first_ts == NEVER:
        account.first_ts = ts
    account.last_ts = max(account.last_ts, ts)


@inlined
def _set_clock(book: Book, ts: int) -> None:
    cursor = book.cursor[0]
    cursor.now = ts
    day = ts // DAY_SECONDS
    if day == cursor.today:
        return
    cursor.today = day
    i = cursor.days_used
    if i >= len(book.day) - 1:
        cursor.overflow = 1
        i = len(book.day) - 1
    else:
        cursor.days_used += 1
    book.day[i] = day
    book.days[i] = book.days[len(book.days) - 1]


@inlined
def _run_end(rows: Rows, world: World, start: int, stop: int) -> int:
    """The end of the rows that one action takes together: one second, kind and outcome, or one conversion."""
    a = rows.order[start]
    kind = rows.kind[a]
    end = start + 1
    if kind < Kind.CONVERSION_LEG or kind > Kind.REDEEM or kind == Kind.CONVERSION:
        return end
    while end < stop:
        b = rows.order[end]
        if rows.ts[b] != rows.ts[a] or rows.kind[b] != kind:
            break
        if kind == Kind.CONVERSION_LEG:
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
    kind, cash, account = rows.kind[r], rows.cash[r], account_of(book)
    if kind == Kind.BUY:
        buy(book, rows, r)
        return
    if kind == Kind.SPLIT:
        account.cash_flow_micro -= rows.size[r]
        split(book, world, rows.market[r], rows.size[r])
        return
    if kind == Kind.TRANSFER:
        account.n_transfers += 1
        return
    today_of(book).income_micro += cash
    if kind == Kind.REWARD:
        account.reward_micro += cash
    elif kind == Kind.REBATE:
        account.rebate_micro += cash
    else:
        account.yield_micro += cash


@inlined
def _dispose(
    book: Book, world: World, kind: int, market: int, outcome: int, size: int, cash: int, fills: int
) -> None:
    if kind == Kind.SELL:
        sell(book, outcome, size, cash, fills)
    elif kind == Kind.MERGE:
        merge(book, world, market, size)
    elif outcome >= 0:
        redeem_outcome(book, outcome, size, cash)
    else:
        redeem_market(book, world, market, size, cash)


@inlined
def _covered(book: Book, world: World, kind: int, market: int, outcome: int, size: int) -> bool:
    """The whole run was held, so that its rows can be booked one by one."""
    if kind == Kind.REDEEM and outcome < 0:
        return False
    first, count = outcome, 1
    if kind == Kind.MERGE:
        first, count = world.first_outcome[market], world.n_outcomes[market]
    for k in range(first, first + count):
        if shares_of(book, find(book, k)) < size:
            return False
    return True


@compiled
def _restore(
    book: Book, world: World, kind: int, market: int, outcome: int, size: int, cash: int
) -> None:
    """Undo inferred conversions that took what is disposed of now."""
    if world.group[market] < 0:
        return
    if kind == Kind.MERGE:
        restore(book, world, world.first_outcome[market], size)
        restore(book, world, world.first_outcome[market] + 1, size)
    elif outcome >= 0:
        restore(book, world, outcome, size)
    else:
        for k in range(world.n_outcomes[market]):
            if world.payout[world.first_outcome[market] + k] > 0:
                restore(book, world, world.first_outcome[market] + k, min(size, cash))


@inlined
def _count_disposals(
    book: Book, rows: Rows, world: World, start: int, stop: int
) -> tuple[int, int, int]:
    """(readable rows, shares, cash) of a run; fills and cash flow go to the account."""
    good, size, cash, account = 0, 0, 0, account_of(book)
    for n in range(start, stop):
        r = rows.order[n]
        if is_bad(rows, world, r):
            count_bad(book, rows, n, n + 1)
            continue
        good, size, cash = good + 1, size + rows.size[r], cash + rows.cash[r]
        if rows.kind[r] == Kind.SELL:
            count_fill(book, rows, r, rows.cash[r])
        elif rows.kind[r] == Kind.MERGE:
            account.cash_flow_micro += rows.size[r]
        else:
            account.cash_flow_micro += rows.cash[r]
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
    if world.combo[market]:
        for n in range(start, stop):
            r = rows.order[n]
            if not is_bad(rows, world, r):
                dispose_of_combo(book, world, kind, market, outcome, rows.size[r], rows.cash[r])
        return
    if not _covered(book, world, kind, market, outcome, size):
        _restore(book, world, kind, market, outcome, size, cash)
    if not _covered(book, world, kind, market, outcome, size):
        _dispose(book, world, kind, market, outcome, size, cash, good)
        return
    for n in range(start, stop):
        r = rows.order[n]
        if not is_bad(rows, world, r):
            _dispose(book, world, kind, market, outcome, rows.size[r], rows.cash[r], 1)


@inlined
def _run(book: Book, rows: Rows, world: World, start: int, stop: int) -> None:
    a = rows.order[start]
    for n in range(start, stop):
        _note(book, rows.ts[rows.order[n]])
    kind = rows.kind[a]
    if kind < Kind.BUY or kind > Kind.TRANSFER or rows.ts[a] < 0:
        count_bad(book, rows, start, stop)
    elif kind == Kind.CONVERSION_LEG:
        _set_clock(book, rows.ts[a])
        convert_legs(book, rows, world, start, stop)
    elif kind == Kind.CONVERSION:
        _set_clock(book, rows.ts[a])
        convert(book, rows, world, a)
    elif Kind.SELL <= kind <= Kind.REDEEM:
        _set_clock(book, rows.ts[a])
        _disposals(book, rows, world, start, stop)
    elif is_bad(rows, world, a):
        count_bad(book, rows, start, stop)
    else:
        _set_clock(book, rows.ts[a])
        _single(book, rows, world, a)


@compiled
def replay_rows(
    rows: Rows,
    world: World,
    book: Book,
    bounds: IntArray,
    outcome: IntArray,
    positions: NDArray[np.void],
    kept: IntArray,
    used: NDArray[np.int64],
) -> None:
    """Replay trader t's rows order[bounds[t]:bounds[t + 1]] on top of its positions kept[t, 0]:kept[t, 1].

    The positions and the days in use when trader t is done are written to `used[t]`.
    """
    cursor = book.cursor[0]
    for t in range(len(bounds) - 1):
        cursor.trader, cursor.first, cursor.today = t, cursor.used, NEVER
        for k in range(kept[t, 0], kept[t, 1]):
            i = next_position(book, outcome[k])
            book.positions[i] = positions[k]
        n = bounds[t]
        while n < bounds[t + 1]:
            end = _run_end(rows, world, n, bounds[t + 1])
            _run(book, rows, world, n, end)
            n = end
        used[t, 0], used[t, 1] = cursor.used, cursor.days_used
