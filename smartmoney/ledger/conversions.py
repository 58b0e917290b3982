"""Conversions of negative-risk events: k NO legs become (k - 1) dollars a share and one YES of each other market."""

from __future__ import annotations

from smartmoney.ledger.compiling import compiled
from smartmoney.ledger.kernel import (
    account_of,
    add_other,
    book_gain,
    cover,
    find,
    is_bad,
    remove,
)
from smartmoney.ledger.layout import Book, Rows, World


@compiled
def _give_up_legs(
    book: Book, rows: Rows, world: World, start: int, stop: int
) -> tuple[int, int, int, bool]:
    """Take the NO legs of a conversion: (cost in the pool, legs, last leg's position, any share held)."""
    pool, legs, last, found, previous = 0, 0, -1, False, -1
    for n in range(start, stop):
        r = rows.order[n]
        if is_bad(rows, world, r) or rows.market[r] == previous or rows.size[r] == 0:
            account_of(book).n_bad_rows += 1
            continue
        previous = rows.market[r]
        legs += 1
        outcome = rows.outcome[r] if rows.outcome[r] >= 0 else world.first_outcome[previous] + 1
        i = find(book, outcome)
        shares, _ = cover(book, i, rows.size[r], 0)
        if i >= 0:
            last, found = i, found or shares > 0
            pool += remove(book, i, shares)
            position = book.positions[i]
            position.last_ts = book.cursor[0].now
            position.other_shares_micro -= shares
    return pool, legs, last, found


@compiled
def _receives(rows: Rows, world: World, start: int, stop: int, market: int) -> int:
    """1 when a conversion gives a YES of this market: no leg of the conversion names it."""
    for n in range(start, stop):
        if rows.market[rows.order[n]] == market:
            return 0
    return 1 if world.n_outcomes[market] >= 2 else 0


@compiled
def convert(book: Book, rows: Rows, world: World, start: int, stop: int) -> None:
    """A conversion whose rows name its legs."""
    first = rows.order[start]
    pool, legs, last, found = _give_up_legs(book, rows, world, start, stop)
    if legs == 0:
        return
    shares = rows.size[first]
    cash = (legs - 1) * shares
    account_of(book).cash_flow_micro += cash
    if not found:
        account_of(book).unexplained_cash_micro += cash
        return
    event = world.event[rows.market[first]]
    here, end = world.event_start[event], world.event_start[event + 1]
    others = 0
    for n in range(here, end):
        others += _receives(rows, world, start, stop, world.event_market[n])
    if others == 0:
        book_gain(book, last, cash - pool)
        return
    part, given = (pool - cash) // others, 0
    for n in range(here, end):
        market = world.event_market[n]
        if _receives(rows, world, start, stop, market):
            given += 1
            add_other(
                book,
                world.first_outcome[market],
                shares,
                part if given < others else pool - cash - part * (others - 1),
            )
