"""The actions of the compiled pass: what each kind of row does to a trader's positions, account and day."""

from __future__ import annotations

from smartmoney.ledger.arithmetic import compiled, inlined, muldiv
from smartmoney.ledger.layout import (
    A_BAD,
    A_CASH,
    A_CONFLICTS,
    A_FEE,
    A_HOURS,
    A_LAST_TRADE,
    A_MAKER,
    A_MISSING,
    A_MISSING_SHARES,
    A_OLD_REDEEMS,
    A_TAKER,
    A_TRADES,
    A_UNEXPLAINED,
    A_VOLUME,
    BOUGHT_COST,
    BOUGHT_SHARES,
    BUY,
    CENT,
    CONVERSION,
    COST,
    D_INVESTED,
    D_REALIZED,
    D_RELEASED,
    D_TRADES,
    D_VOLUME,
    DAY_SECONDS,
    DAYS_USED,
    ENTRY_FEE,
    FIRST,
    FIRST_TS,
    LARGEST_AMOUNT,
    LAST_TS,
    N_FILLS,
    NEVER,
    NOW,
    OTHER_COST,
    OTHER_SHARES,
    OVERFLOW,
    REALIZED,
    REDEEM,
    REDEEMED_CASH,
    REDEEMED_COST,
    REDEEMED_TS,
    REWARD,
    SELL,
    SHARES,
    SOLD_CASH,
    SOLD_SHARES,
    TRANSFER,
    USED,
    WHO,
    Book,
    Rows,
    World,
)

CALLEES = "e8c65ce1a456"
"""Digest of arithmetic.py and layout.py: numba caches by file and does not follow imports, so a change there must
change this file too (tests/ledger/test_compiled_cache.py says how)."""


@inlined
def _is_bad(rows: Rows, world: World, r: int) -> bool:
    kind, market, outcome = rows.kind[r], rows.market[r], rows.outcome[r]
    size, cash = rows.size[r], rows.cash[r]
    if kind < BUY or kind > TRANSFER or size < 0 or cash < 0 or rows.fee[r] < 0:
        return True
    if size > LARGEST_AMOUNT or cash > LARGEST_AMOUNT or rows.ts[r] < 0:
        return True
    if kind >= REWARD:
        return False
    if market < 0 or market >= len(world.event) or world.n_outcomes[market] < 2:
        return True
    if (outcome == -1 and kind in (BUY, SELL)) or (kind == CONVERSION and world.event[market] < 0):
        return True
    if outcome < -1 or outcome >= len(world.outcome_market):
        return True
    if outcome != -1 and world.outcome_market[outcome] != market:
        return True
    return size == 0 and cash > 0 and not (kind == REDEEM and outcome == -1)


@inlined
def _find(book: Book, outcome: int) -> int:
    """The trader's row of an outcome, -1 for none: those of earlier traders come before his first."""
    i = book.slot[outcome]
    return i if i >= book.at[FIRST] else -1


@inlined
def _next(book: Book, counter: int, room: int) -> int:
    """The next free row; the last one, a spare, takes what was not counted, and the overflow is noted."""
    i = book.at[counter]
    if i >= room - 1:
        book.at[OVERFLOW] = 1
        return room - 1
    book.at[counter] += 1
    return int(i)


@inlined
def _touch(book: Book, outcome: int) -> int:
    i = _find(book, outcome)
    if i < 0:
        i = _next(book, USED, len(book.outcome))
        book.slot[outcome] = i
        book.outcome[i] = outcome
        book.values[i, :] = 0
        book.values[i, FIRST_TS] = book.at[NOW]
        book.values[i, REDEEMED_TS] = NEVER
    book.values[i, LAST_TS] = book.at[NOW]
    return i


@inlined
def _account(book: Book, column: int, amount: int) -> None:
    book.account[book.at[WHO], column] += amount


@inlined
def _daily(book: Book, column: int, amount: int) -> None:
    book.day_values[book.at[DAYS_USED] - 1, column] += amount


@inlined
def _add(book: Book, i: int, shares: int, cost: int) -> None:
    book.values[i, SHARES] += shares
    book.values[i, COST] += cost
    _daily(book, D_INVESTED, cost)


@inlined
def _remove(book: Book, i: int, shares: int) -> int:
    """Take shares at average cost, rounded to the nearest millionth; gives the cost removed."""
    held = book.values[i, SHARES]
    if shares == 0:
        return 0
    cost = muldiv(book.values[i, COST], shares, held, held // 2)
    book.values[i, SHARES] -= shares
    book.values[i, COST] -= cost
    _daily(book, D_RELEASED, cost)
    return cost


@inlined
def _cover(book: Book, i: int, shares: int, cash: int) -> tuple[int, int]:
    """How much of a sale was held: (shares, cash in proportion); the rest is put on record as unexplained."""
    held = book.values[i, SHARES] if i >= 0 else 0
    if shares <= held:
        return shares, cash
    covered = muldiv(cash, held, shares, 0)
    _account(book, A_MISSING, 1)
    _account(book, A_MISSING_SHARES, shares - held)
    _account(book, A_UNEXPLAINED, cash - covered)
    return held, covered


@inlined
def _book_gain(book: Book, i: int, gain: int) -> None:
    book.values[i, REALIZED] += gain
    _daily(book, D_REALIZED, gain)


@inlined
def _trade(book: Book, rows: Rows, r: int, cash: int) -> None:
    """Count one fill in the account; `cash` is signed, money in is positive."""
    _account(book, A_TRADES, 1)
    _account(book, A_VOLUME, abs(cash))
    _account(book, A_FEE, rows.fee[r])
    _account(book, A_CASH, cash)
    if rows.maker[r] >= 0:
        _account(book, A_MAKER if rows.maker[r] == 1 else A_TAKER, 1)
    book.account[book.at[WHO], A_LAST_TRADE] = book.at[NOW]
    book.account[book.at[WHO], A_HOURS] |= 1 << (book.at[NOW] % DAY_SECONDS // 3600)
    _daily(book, D_VOLUME, abs(cash))
    _daily(book, D_TRADES, 1)


@inlined
def _buy(book: Book, rows: Rows, r: int) -> None:
    if rows.size[r] == 0:
        return
    i = _touch(book, rows.outcome[r])
    _add(book, i, rows.size[r], rows.cash[r])
    book.values[i, BOUGHT_SHARES] += rows.size[r]
    book.values[i, BOUGHT_COST] += rows.cash[r]
    book.values[i, ENTRY_FEE] += min(rows.fee[r], rows.cash[r])
    book.values[i, N_FILLS] += 1
    _trade(book, rows, r, -rows.cash[r])


@inlined
def _sell(book: Book, outcome: int, shares: int, cash: int, fills: int) -> None:
    i = _touch(book, outcome)
    book.values[i, N_FILLS] += fills
    shares, cash = _cover(book, i, shares, cash)
    _book_gain(book, i, cash - _remove(book, i, shares))
    book.values[i, SOLD_SHARES] += shares
    book.values[i, SOLD_CASH] += cash


@compiled
def _add_other(book: Book, outcome: int, shares: int, cost: int) -> None:
    i = _touch(book, outcome)
    _add(book, i, shares, cost)
    book.values[i, OTHER_SHARES] += shares
    book.values[i, OTHER_COST] += cost


@compiled
def _split(book: Book, world: World, market: int, sets: int) -> None:
    n = world.n_outcomes[market]
    for k in range(n):
        cost = sets // n if k < n - 1 else sets - (n - 1) * (sets // n)
        _add_other(book, world.first_outcome[market] + k, sets, cost)


@compiled
def _merge(book: Book, world: World, market: int, sets: int) -> None:
    n = world.n_outcomes[market]
    for k in range(n):
        cash = sets // n if k < n - 1 else sets - (n - 1) * (sets // n)
        i = _touch(book, world.first_outcome[market] + k)
        shares, cash = _cover(book, i, sets, cash)
        _book_gain(book, i, cash - _remove(book, i, shares))
        book.values[i, OTHER_SHARES] -= shares


@compiled
def _redeem(book: Book, i: int, shares: int, cash: int) -> None:
    """Gain and released cost of redemptions are dated when the book is closed, by the resolution."""
    cost = _remove(book, i, shares)
    _daily(book, D_RELEASED, -cost)
    book.values[i, REDEEMED_COST] += cost
    book.values[i, REDEEMED_CASH] += cash
    book.values[i, REDEEMED_TS] = book.at[NOW]


@compiled
def _redeem_outcome(book: Book, outcome: int, shares: int, cash: int) -> None:
    i = _find(book, outcome)
    shares, cash = _cover(book, i, shares, cash)
    if i >= 0:
        _redeem(book, i, shares, cash)


@compiled
def _redeemed_outcome(book: Book, world: World, market: int, size: int, cash: int) -> int:
    """The outcome row that a redemption of unknown payouts must have paid; -2 for none (all lost, or nothing
    was held), -1 when what is held contradicts it."""
    first, held = world.first_outcome[market], 0
    for outcome in range(first, first + world.n_outcomes[market]):
        i = _find(book, outcome)
        if i >= 0 and book.values[i, SHARES] == size and cash > 0:
            return outcome
        held += book.values[i, SHARES] if i >= 0 else 0
    return -2 if cash == 0 or held == 0 else -1


@compiled
def _redeem_market(book: Book, world: World, market: int, size: int, cash: int) -> None:
    """A redemption that names no outcome settles everything held in the market."""
    _account(book, A_OLD_REDEEMS, 1)
    first = world.first_outcome[market]
    stop = first + world.n_outcomes[market]
    known = True
    for k in range(first, stop):
        known = known and world.payout[k] >= 0
    winner = -1 if known else _redeemed_outcome(book, world, market, size, cash)
    if not known and winner == -1:
        _account(book, A_CONFLICTS, 1)
        _account(book, A_UNEXPLAINED, cash)
        return
    paid = 0
    for outcome in range(first, stop):
        i = _find(book, outcome)
        if i < 0:
            continue
        shares = book.values[i, SHARES]
        part = cash if outcome == winner else 0
        if known:
            part = muldiv(world.payout[outcome], shares, 1_000_000, 0)
        _redeem(book, i, shares, part)
        paid += part
    _account(book, A_UNEXPLAINED, cash - paid)
    if cash - paid > CENT:
        _account(book, A_MISSING, 1)
        _account(book, A_MISSING_SHARES, cash - paid)
    elif paid - cash > CENT:
        _account(book, A_CONFLICTS, 1)


@compiled
def _give_up_legs(
    book: Book, rows: Rows, world: World, start: int, stop: int
) -> tuple[int, int, int, bool]:
    """Take the NO legs of a conversion: (cost in the pool, legs, last leg's position, any share held)."""
    pool, legs, last, found, previous = 0, 0, -1, False, -1
    for n in range(start, stop):
        r = rows.order[n]
        if _is_bad(rows, world, r) or rows.market[r] == previous or rows.size[r] == 0:
            _account(book, A_BAD, 1)
            continue
        previous = rows.market[r]
        legs += 1
        outcome = rows.outcome[r] if rows.outcome[r] >= 0 else world.first_outcome[previous] + 1
        i = _find(book, outcome)
        shares, _ = _cover(book, i, rows.size[r], 0)
        if i >= 0:
            last, found = i, found or shares > 0
            book.values[i, LAST_TS] = book.at[NOW]
            pool += _remove(book, i, shares)
            book.values[i, OTHER_SHARES] -= shares
    return pool, legs, last, found


@compiled
def _receives(rows: Rows, world: World, start: int, stop: int, market: int) -> int:
    """1 when a conversion gives a YES of this market: no leg of the conversion names it."""
    for n in range(start, stop):
        if rows.market[rows.order[n]] == market:
            return 0
    return 1 if world.n_outcomes[market] >= 2 else 0


@compiled
def _convert(book: Book, rows: Rows, world: World, start: int, stop: int) -> None:
    """k NO legs become (k - 1) dollars a share and one YES of each other market of the event."""
    first = rows.order[start]
    pool, legs, last, found = _give_up_legs(book, rows, world, start, stop)
    if legs == 0:
        return
    shares = rows.size[first]
    cash = (legs - 1) * shares
    _account(book, A_CASH, cash)
    if not found:
        _account(book, A_UNEXPLAINED, cash)
        return
    event = world.event[rows.market[first]]
    here, end = world.event_start[event], world.event_start[event + 1]
    others = 0
    for n in range(here, end):
        others += _receives(rows, world, start, stop, world.event_market[n])
    if others == 0:
        _book_gain(book, last, cash - pool)
        return
    part, given = (pool - cash) // others, 0
    for n in range(here, end):
        market = world.event_market[n]
        if _receives(rows, world, start, stop, market):
            given += 1
            _add_other(
                book,
                world.first_outcome[market],
                shares,
                part if given < others else pool - cash - part * (others - 1),
            )
