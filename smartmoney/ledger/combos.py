"""Combos on a cash basis: what was paid is cost, and what came in is a result, whatever is known of the shares.

Shares of a combo change their form in ways that are written nowhere (converted, wrapped, compressed), and some redemptions
do not say how many they took. So nothing of a combo is ever missing history.
"""

from __future__ import annotations

from smartmoney.ledger.activity import Kind
from smartmoney.ledger.arithmetic import muldiv
from smartmoney.ledger.compiling import compiled
from smartmoney.ledger.kernel import book_gain, find, redeem, remove, shares_of, touch
from smartmoney.ledger.layout import Book, World


@compiled
def _sell(book: Book, outcome: int, size: int, cash: int) -> None:
    """A sale; the price of what was never seen bought is a gain too."""
    i = touch(book, outcome)
    shares = min(size, shares_of(book, i))
    book_gain(book, i, cash - remove(book, i, shares))
    position = book.positions[i]
    position.n_fills += 1
    position.sold_shares_micro += shares
    position.sold_cash_micro += muldiv(cash, shares, size, 0) if size > 0 else 0


@compiled
def _largest(book: Book, world: World, market: int, size: int) -> int:
    """The outcome that a redemption is of which names none: the one held just so often, else the one held most."""
    first: int = world.first_outcome[market]
    found, most = first, -1
    for outcome in range(first, first + world.n_outcomes[market]):
        shares = shares_of(book, find(book, outcome))
        if shares == size and size > 0:
            return outcome
        if shares > most:
            found, most = outcome, shares
    return found


@compiled
def dispose_of_combo(
    book: Book, world: World, kind: int, market: int, outcome: int, size: int, cash: int
) -> None:
    """A sale, merge or redemption of a combo; a redemption without a size is of all there is."""
    if kind == Kind.SELL:
        _sell(book, outcome, size, cash)
        return
    if kind == Kind.MERGE:
        n = world.n_outcomes[market]
        for k in range(n):
            part = size // n if k < n - 1 else size - (n - 1) * (size // n)
            i = touch(book, world.first_outcome[market] + k)
            shares = min(size, shares_of(book, i))
            book_gain(book, i, part - remove(book, i, shares))
            book.positions[i].other_shares_micro -= shares
        return
    if outcome < 0:
        outcome = _largest(book, world, market, size)
    i = touch(book, outcome)
    held = shares_of(book, i)
    redeem(book, i, min(size, held) if size > 0 else held, cash)
