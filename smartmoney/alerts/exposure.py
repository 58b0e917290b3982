"""From fills to changes of a wallet's net exposure to the outcomes of a market.

Two shares, one of each outcome, are a dollar and no opinion. So what counts is how many shares of one outcome are held beyond
those of the other: buying No while Yes is held reduces the exposure to Yes, as if Yes had been sold for a dollar less the
price of No; selling Yes out of a split opens No at a dollar less the price of Yes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from smartmoney.alerts.inputs import Fill
from smartmoney.net_exposure import is_flat
from smartmoney.units import PICO


@dataclass(frozen=True, slots=True)
class Change:
    """What one fill did to the exposure to one outcome.

    Attributes:
        fill: its share of the fill, as if the outcome itself had been traded: side 1 adds to the exposure.
        before, after: net shares of the outcome, micro-units, 0 at least.
        flipped: the same fill closed a position in the other outcome.
    """

    fill: Fill
    before: int
    after: int
    flipped: bool = False


def changes(fills: Sequence[Fill], held: Mapping[tuple[int, int], int]) -> Iterator[Change]:
    """The changes that fills make, in their order; one that changes sides adds to one exposure, then reduces the other.

    Shares that were never seen to be acquired count as none: history may be incomplete.

    Args:
        fills: ascending; those that are no trades move balances only.
        held: micro-shares per (trader, outcome) before the first fill.
    """
    balances = {pair: max(0, shares) for pair, shares in held.items()}
    for fill in fills:
        other = (fill.trader_id, fill.other_id) if fill.other_id is not None else None
        opposite = balances.get(other, 0) if other else 0
        own = balances.get(fill.pair, 0)
        balances[fill.pair] = max(0, own + fill.side * fill.size_micro)
        if fill.traded:
            yield from _changes(fill, own - opposite, balances[fill.pair] - opposite)


def _changes(fill: Fill, before: int, after: int) -> Iterator[Change]:
    mirrored = _mirrored(fill)
    flips = before * after < 0 and not is_flat(abs(before), 0)
    sides = [(fill, max(0, before), max(0, after)), (mirrored, max(0, -before), max(0, -after))]
    for part, was, now in sorted(sides, key=lambda side: side[1] - side[2]):
        if was != now:
            yield Change(_part(part, abs(now - was)), was, now, flips and now > was)


def _mirrored(fill: Fill) -> Fill:
    """The same fill as a trade of the other outcome."""
    return replace(
        fill,
        outcome_id=fill.outcome_id if fill.other_id is None else fill.other_id,
        other_id=fill.outcome_id,
        side=-fill.side,
        cash_micro=max(0, fill.size_micro - fill.cash_micro),
        price_pico=max(0, PICO - fill.price_pico),
    )


def _part(fill: Fill, shares: int) -> Fill:
    if shares == fill.size_micro:
        return fill
    return replace(
        fill, size_micro=shares, cash_micro=fill.cash_micro * shares // max(fill.size_micro, 1)
    )
