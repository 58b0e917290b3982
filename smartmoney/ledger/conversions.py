"""Conversions of negative-risk events: k NO legs become (k - 1) dollars a share and one YES of each other market.

The venue writes one row that names neither the legs nor their number. They are taken from what the wallet held then: the
NO balances of at least that size. Where a later row shows that one of them was kept, taking it is undone. That changes
no total, since a NO and a YES of one market are a dollar: who gives up one leg more has a dollar and one YES less.
"""

from __future__ import annotations

from smartmoney.ledger.compiling import compiled
from smartmoney.ledger.kernel import (
    account_of,
    add_other,
    book_gain,
    count_bad,
    cover,
    find,
    is_bad,
    remove,
    shares_of,
)
from smartmoney.ledger.layout import Book, Rows, World


@compiled
def _take(book: Book, world: World, market: int, outcome: int, size: int) -> tuple[int, int]:
    """Take a leg: (its cost, the shares that were held)."""
    book.leg[market] = book.cursor[0].conversion
    i = find(book, outcome)
    shares, _ = cover(book, i, size, 0)
    if i < 0:
        return 0, 0
    cost = remove(book, i, shares)
    position = book.positions[i]
    position.last_ts = book.cursor[0].now
    position.other_shares_micro -= shares
    return cost, shares


@compiled
def _begin(book: Book) -> None:
    book.cursor[0].conversion += 1


@compiled
def _receives(book: Book, world: World, market: int) -> bool:
    """A conversion gives a YES of this market: it existed, and was no leg."""
    existed = world.existed_from[market] <= book.cursor[0].now
    leg = book.leg[market] == book.cursor[0].conversion
    return bool(existed and not leg and world.n_outcomes[market] >= 2)


@compiled
def _give(book: Book, world: World, market: int, last: int, pool: int, shares: int) -> None:
    """Hand out a YES of each market that receives one, at the cost in the pool; without any it is a sale of the legs,
    booked with the last of them."""
    group = world.group[market]
    members, start, stop = world.event_market, 0, 0
    if group >= 0:
        members = world.group_market
        start, stop = world.group_start[group], world.group_start[group + 1]
    else:
        event = world.event[market]
        start, stop = world.event_start[event], world.event_start[event + 1]
    others = 0
    for n in range(start, stop):
        others += _receives(book, world, members[n])
    if others == 0:
        book_gain(book, last, -pool)
        return
    part, given = pool // others, 0
    for n in range(start, stop):
        if _receives(book, world, members[n]):
            given += 1
            cost = part if given < others else pool - part * (others - 1)
            add_other(book, world.first_outcome[members[n]], shares, cost)


@compiled
def convert_legs(book: Book, rows: Rows, world: World, start: int, stop: int) -> None:
    """A conversion whose rows name its legs."""
    _begin(book)
    pool, legs, last, found, previous = 0, 0, -1, False, -1
    for n in range(start, stop):
        r = rows.order[n]
        if is_bad(rows, world, r) or rows.market[r] == previous or rows.size[r] == 0:
            count_bad(book, rows, n, n + 1)
            continue
        previous = rows.market[r]
        legs += 1
        outcome = rows.outcome[r] if rows.outcome[r] >= 0 else world.first_outcome[previous] + 1
        cost, shares = _take(book, world, previous, outcome, rows.size[r])
        pool += cost
        found = found or shares > 0
        i = find(book, outcome)
        last = i if i >= 0 else last
    if legs == 0:
        return
    size = rows.size[rows.order[start]]
    cash = (legs - 1) * size
    account_of(book).cash_flow_micro += cash
    if found:
        _give(book, world, rows.market[rows.order[start]], last, pool - cash, size)
    else:
        account_of(book).unexplained_cash_micro += cash


@compiled
def _legs_held(book: Book, world: World, group: int, size: int) -> int:
    """How many markets of the group there were whose NO is held so often."""
    legs = 0
    for n in range(world.group_start[group], world.group_start[group + 1]):
        legs += _is_held(book, world, world.group_market[n], size)
    return legs


@compiled
def _is_held(book: Book, world: World, market: int, size: int) -> bool:
    if world.n_outcomes[market] != 2 or world.existed_from[market] > book.cursor[0].now:
        return False
    return bool(shares_of(book, find(book, world.first_outcome[market] + 1)) >= size)


@compiled
def convert(book: Book, rows: Rows, world: World, r: int) -> None:
    """A conversion that does not name its legs: all NO of its group that are held as often, or nothing at all."""
    market, size = rows.market[r], rows.size[r]
    if is_bad(rows, world, r) or size == 0:
        account_of(book).n_bad_rows += 1
        return
    group = world.group[market] if market >= 0 else -1
    legs = 0
    if group >= 0:
        legs = _legs_held(book, world, group, size)
        if legs == 0:
            for n in range(world.group_start[group], world.group_start[group + 1]):
                restore(book, world, world.first_outcome[world.group_market[n]] + 1, size)
            legs = _legs_held(book, world, group, size)
    if legs == 0:
        _leave_open(book, world, market, group, size)
        return
    _begin(book)
    pool, last = 0, -1
    for n in range(world.group_start[group], world.group_start[group + 1]):
        leg = world.group_market[n]
        if _is_held(book, world, leg, size):
            last = find(book, world.first_outcome[leg] + 1)
            pool += _take(book, world, leg, world.first_outcome[leg] + 1, size)[0]
            if legs > 1:
                book.positions[last].reversible_micro += size
    cash = (legs - 1) * size
    account_of(book).cash_flow_micro += cash
    _give(book, world, market, last, pool - cash, size)


@compiled
def _leave_open(book: Book, world: World, market: int, group: int, size: int) -> None:
    """Nothing tells which legs: shares and cash are bounded, and the book is left as it is."""
    account, markets = account_of(book), 0
    if group >= 0:
        for n in range(world.group_start[group], world.group_start[group + 1]):
            markets += world.existed_from[world.group_market[n]] <= book.cursor[0].now
        account.open_event = world.event[market]
    account.n_open_conversions += 1
    account.open_shares_micro += size
    account.open_cash_micro += max(markets - 1, 0) * size


@compiled
def restore(book: Book, world: World, outcome: int, shares: int) -> None:
    """Undo as much of inferred conversions as is needed to hold so many shares: the dollars go back, and a YES and a NO
    of the market are there again."""
    market = world.outcome_market[outcome]
    if world.group[market] < 0 or world.n_outcomes[market] != 2:
        return
    no = find(book, world.first_outcome[market] + 1)
    if no < 0:
        return
    lacking = shares - shares_of(book, find(book, outcome))
    sets = min(lacking, book.positions[no].reversible_micro)
    if sets <= 0:
        return
    book.positions[no].reversible_micro -= sets
    account_of(book).cash_flow_micro -= sets
    add_other(book, world.first_outcome[market], sets, sets // 2)
    add_other(book, world.first_outcome[market] + 1, sets, sets - sets // 2)
