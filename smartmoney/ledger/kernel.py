"""The actions of the compiled pass: what each kind of row does to a trader's positions, account and day."""

from __future__ import annotations

from typing import Any

from smartmoney.ledger.activity import Kind
from smartmoney.ledger.arithmetic import muldiv
from smartmoney.ledger.compiling import compiled, inlined
from smartmoney.ledger.layout import CENT, LARGEST_AMOUNT, Book, Rows, World
from smartmoney.units import DAY_SECONDS, HOUR_SECONDS, MICRO

Record = Any
"""One row of a table of records: a reference, which compiled code reads and writes by field."""


@inlined
def is_bad(rows: Rows, world: World, r: int) -> bool:
    """The row makes no sense: an unknown kind, market or outcome, or impossible amounts."""
    kind, market, outcome = rows.kind[r], rows.market[r], rows.outcome[r]
    size, cash = rows.size[r], rows.cash[r]
    if kind < Kind.BUY or kind > Kind.TRANSFER or size < 0 or cash < 0 or rows.fee[r] < 0:
        return True
    if size > LARGEST_AMOUNT or cash > LARGEST_AMOUNT or rows.ts[r] < 0:
        return True
    if kind >= Kind.REWARD or (kind == Kind.CONVERSION and market == -1):
        return False
    named = outcome != -1
    if market < 0 or market >= len(world.event):
        return True
    whole = not named or kind == Kind.SPLIT or kind == Kind.MERGE
    if whole and world.n_outcomes[market] < 2:
        return True
    if named and (outcome < 0 or outcome >= len(world.outcome_market)):
        return True
    if named and world.outcome_market[outcome] != market:
        return True
    if not named and (kind == Kind.BUY or kind == Kind.SELL):
        return True
    return (
        size == 0 and cash > 0 and not (kind == Kind.REDEEM and (not named or world.combo[market]))
    )


@inlined
def count_bad(book: Book, rows: Rows, start: int, stop: int) -> None:
    """Rows that make no sense, and the dollars they speak of."""
    account = account_of(book)
    for n in range(start, stop):
        account.n_bad_rows += 1
        cash = max(min(rows.cash[rows.order[n]], LARGEST_AMOUNT), -LARGEST_AMOUNT)
        account.bad_cash_micro += abs(cash)


@inlined
def find(book: Book, outcome: int) -> int:
    """The trader's position of an outcome, -1 for none: those of earlier traders come before his first."""
    i = book.slot[outcome]
    return i if i >= book.cursor[0].first else -1


@inlined
def shares_of(book: Book, i: int) -> int:
    """Shares held in a position; 0 where there is none."""
    held: int = book.positions[i].shares_micro if i >= 0 else 0
    return held


@inlined
def account_of(book: Book) -> Record:
    """The trader's account."""
    return book.accounts[book.cursor[0].trader]


@inlined
def today_of(book: Book) -> Record:
    """The trader's day."""
    return book.days[book.cursor[0].days_used - 1]


@inlined
def next_position(book: Book, outcome: int) -> int:
    """A new position; the last one, a spare, takes what was not counted, and the overflow is noted."""
    cursor = book.cursor[0]
    i: int = cursor.used
    if i >= len(book.outcome) - 1:
        cursor.overflow = 1
        i = len(book.outcome) - 1
    else:
        cursor.used += 1
    book.slot[outcome] = i
    book.outcome[i] = outcome
    return i


@inlined
def touch(book: Book, outcome: int) -> int:
    """The position of an outcome, made when there is none, dated now."""
    i, now = find(book, outcome), book.cursor[0].now
    if i < 0:
        i = next_position(book, outcome)
        book.positions[i] = book.blank[0]
        book.positions[i].first_ts = now
    book.positions[i].last_ts = now
    return i


@inlined
def add(book: Book, i: int, shares: int, cost: int) -> None:
    """Shares come in at a cost."""
    position = book.positions[i]
    position.shares_micro += shares
    position.cost_micro += cost
    today_of(book).invested_micro += cost


@inlined
def remove(book: Book, i: int, shares: int) -> int:
    """Take shares at average cost, rounded to the nearest millionth; gives the cost removed."""
    position = book.positions[i]
    held = position.shares_micro
    if shares == 0:
        return 0
    cost = muldiv(position.cost_micro, shares, held, held // 2)
    position.shares_micro -= shares
    position.cost_micro -= cost
    today_of(book).released_micro += cost
    return cost


@inlined
def cover(book: Book, i: int, shares: int, cash: int) -> tuple[int, int]:
    """How much of a sale was held: (shares, cash in proportion); the rest is put on record as unexplained."""
    held = shares_of(book, i)
    if shares <= held:
        return shares, cash
    covered = muldiv(cash, held, shares, 0)
    account = account_of(book)
    account.n_missing += 1
    account.missing_shares_micro += shares - held
    account.unexplained_cash_micro += cash - covered
    return held, covered


@inlined
def book_gain(book: Book, i: int, gain: int) -> None:
    """Profit or loss of a position, today."""
    book.positions[i].realized_micro += gain
    today_of(book).realized_micro += gain


@inlined
def count_fill(book: Book, rows: Rows, r: int, cash: int) -> None:
    """Count one fill in the account; `cash` is signed, money in is positive."""
    account, today, now = account_of(book), today_of(book), book.cursor[0].now
    account.n_trades += 1
    account.volume_micro += abs(cash)
    account.traded_shares_micro += rows.size[r]
    account.fee_micro += rows.fee[r]
    account.cash_flow_micro += cash
    if rows.maker[r] == 1:
        account.maker_fills += 1
    elif rows.maker[r] == 0:
        account.taker_fills += 1
    account.last_trade_ts = now
    today.volume_micro += abs(cash)
    today.n_trades += 1
    today.hours |= 1 << (now % DAY_SECONDS // HOUR_SECONDS)


@inlined
def buy(book: Book, rows: Rows, r: int) -> None:
    """A purchase."""
    if rows.size[r] == 0:
        return
    i = touch(book, rows.outcome[r])
    add(book, i, rows.size[r], rows.cash[r])
    position = book.positions[i]
    position.bought_shares_micro += rows.size[r]
    position.bought_cost_micro += rows.cash[r]
    position.entry_fee_micro += min(rows.fee[r], rows.cash[r])
    position.n_fills += 1
    count_fill(book, rows, r, -rows.cash[r])


@inlined
def sell(book: Book, outcome: int, shares: int, cash: int, fills: int) -> None:
    """A sale of as much as was held."""
    i = touch(book, outcome)
    shares, cash = cover(book, i, shares, cash)
    book_gain(book, i, cash - remove(book, i, shares))
    position = book.positions[i]
    position.n_fills += fills
    position.sold_shares_micro += shares
    position.sold_cash_micro += cash


@compiled
def add_other(book: Book, outcome: int, shares: int, cost: int) -> None:
    """Shares come in by a split or a conversion."""
    i = touch(book, outcome)
    add(book, i, shares, cost)
    position = book.positions[i]
    position.other_shares_micro += shares
    position.other_cost_micro += cost


@compiled
def split(book: Book, world: World, market: int, sets: int) -> None:
    """A dollar becomes one share of every outcome."""
    n = world.n_outcomes[market]
    for k in range(n):
        cost = sets // n if k < n - 1 else sets - (n - 1) * (sets // n)
        add_other(book, world.first_outcome[market] + k, sets, cost)


@compiled
def merge(book: Book, world: World, market: int, sets: int) -> None:
    """One share of every outcome becomes a dollar."""
    n = world.n_outcomes[market]
    for k in range(n):
        cash = sets // n if k < n - 1 else sets - (n - 1) * (sets // n)
        i = touch(book, world.first_outcome[market] + k)
        shares, cash = cover(book, i, sets, cash)
        book_gain(book, i, cash - remove(book, i, shares))
        book.positions[i].other_shares_micro -= shares


@compiled
def redeem(book: Book, i: int, shares: int, cash: int) -> None:
    """Gain and released cost of redemptions are dated when the book is closed, by the resolution."""
    cost = remove(book, i, shares)
    today_of(book).released_micro -= cost
    position = book.positions[i]
    position.redeemed_cost_micro += cost
    position.redeemed_cash_micro += cash
    position.redeemed_ts = book.cursor[0].now


@compiled
def redeem_outcome(book: Book, outcome: int, shares: int, cash: int) -> None:
    """A redemption that names its outcome."""
    i = find(book, outcome)
    shares, cash = cover(book, i, shares, cash)
    if i >= 0:
        redeem(book, i, shares, cash)


@compiled
def _redeemed_outcome(book: Book, world: World, market: int, size: int, cash: int) -> int:
    """The outcome row that a redemption of unknown payouts must have paid; -2 for none (all lost, or nothing
    was held), -1 when what is held contradicts it, or does not tell."""
    first, held, enough, part = world.first_outcome[market], 0, 0, -1
    for outcome in range(first, first + world.n_outcomes[market]):
        shares = shares_of(book, find(book, outcome))
        if shares == size and cash > 0:
            return outcome
        held += shares
        if shares > size:
            enough, part = enough + 1, outcome
    if cash == 0 or held == 0:
        return -2
    return part if enough == 1 else -1


@compiled
def _pays(book: Book, world: World, market: int) -> int:
    """What everything held in a market pays; -1 while its payouts are not known."""
    due = 0
    for outcome in range(
        world.first_outcome[market], world.first_outcome[market] + world.n_outcomes[market]
    ):
        if world.payout[outcome] < 0:
            return -1
        due += muldiv(world.payout[outcome], shares_of(book, find(book, outcome)), MICRO, 0)
    return due


@compiled
def redeem_market(book: Book, world: World, market: int, size: int, cash: int) -> None:
    """A redemption that names no outcome settles what is held in the market, or as much of it as it paid for."""
    account = account_of(book)
    account.old_redeems += 1
    due = _pays(book, world, market)
    winner = -1 if due >= 0 else _redeemed_outcome(book, world, market, size, cash)
    if due < 0 and winner == -1:
        account.n_conflicts += 1
        account.unexplained_cash_micro += cash
        return
    first, paid = world.first_outcome[market], 0
    in_part = 0 < cash < due - CENT
    some_left = winner >= 0 and shares_of(book, find(book, winner)) > size
    for outcome in range(first, first + world.n_outcomes[market]):
        i = find(book, outcome)
        shares = shares_of(book, i)
        if i < 0:
            continue
        part = cash if outcome == winner else 0
        if due >= 0:
            part = muldiv(world.payout[outcome], shares, MICRO, 0)
        if in_part:
            shares, part = muldiv(shares, cash, due, 0), muldiv(part, cash, due, 0)
            if part == 0:
                continue
        elif some_left:
            if outcome != winner:
                continue
            shares = size
        redeem(book, i, shares, part)
        paid += part
    account.unexplained_cash_micro += cash - paid
    if cash - paid > CENT:
        account.n_missing += 1
        account.missing_shares_micro += cash - paid
    elif paid - cash > CENT:
        account.n_conflicts += 1
