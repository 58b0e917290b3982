"""What each event said about its trader: result against the prices paid (scoring.md, section 3).

For outcomes j of an event with prices p_j (sum 1), net shares X_j and payouts y_j (1 for the winner):
dollar surprise D = sum X_j (y_j - p_j), null variance V0 = sum p_j X_j^2 - (sum p_j X_j)^2, payoff range
R = max X - min X; unit surprise u = D / R, information v = V0 / R^2.

The markets of a negative-risk event exclude each other: outcome j is "market j wins", a NO share of market i
pays in every other outcome, and what was not traded is one outcome more. Markets of other events do not
exclude each other; how they move together is not known, so they count as one bet: D and R add up, and so do
the standard deviations, which is the most careful choice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smartmoney.ledger import Ledger, Markets
from smartmoney.ledger.columns import BoolArray, Columns, FloatArray, IntArray
from smartmoney.metrics.thresholds import HEDGED_PAYOFF, PRICE_FLOOR
from smartmoney.units import MICRO

SCORED, OPEN, SOLD, HEDGED, UNCLEAR = range(5)
"""Status of an event: it counts; not decided yet; nothing held to the end; no risk; no price or no clear
winner."""


@dataclass(frozen=True)
class Surprises(Columns):
    """One row per row of `Ledger.events`. Floats mean something only where status is SCORED.

    Attributes:
        status: int8, SCORED, OPEN, SOLD, HEDGED or UNCLEAR.
        surprise: float64, u = D / R, in [-1, 1].
        information: float64, v = V0 / R^2, in [0, 0.25].
        payoff_range: float64, R in dollars.
        entry_price: float64, chance of a hit at the prices paid; the price paid for a one-sided bet.
        hit: float64, 1 when the surprise was good, else 0.
    """

    status: NDArray[np.int8]
    surprise: FloatArray
    information: FloatArray
    payoff_range: FloatArray
    entry_price: FloatArray
    hit: FloatArray


@dataclass(frozen=True)
class _Bets(Columns):
    """Trader and market: shares of the first outcome and the second, price and payout of the first."""

    row: IntArray
    market: IntArray
    yes: FloatArray
    no: FloatArray
    price: FloatArray
    payout: FloatArray
    resolved: BoolArray
    clear: BoolArray


def event_surprises(ledger: Ledger, markets: Markets) -> Surprises:
    """The surprise of every event of every trader in the closed book."""
    n = len(ledger.events)
    if n == 0:
        none = np.zeros(0)
        return Surprises(np.zeros(0, np.int8), none, none, none, none, none)
    bets = _bets(ledger, markets)
    start = np.searchsorted(bets.row, np.arange(n))
    held = np.diff(np.append(start, len(bets)))
    untraded = held < np.diff(markets.by_event[0])[ledger.events.event]
    exclusive = np.logical_and.reduceat(markets.neg_risk[bets.market], start) | (held == 1)
    pairs = zip(
        _excluding(bets, start, untraded | (held == 1)),
        _one_by_one(bets, start, markets.place[bets.market]),
        strict=True,
    )
    d, v0, r, price, hit = (np.where(exclusive, together, alone) for together, alone in pairs)
    width = np.where(r > 0, r, 1.0)
    return Surprises(_status(bets, start, exclusive, r), d / width, v0 / width**2, r, price, hit)


def _bets(ledger: Ledger, markets: Markets) -> _Bets:
    """Positions of one trader and market brought together, in the order of the events."""
    order = ledger.event_order
    outcome = ledger.settlement.outcome[order]
    market = markets.outcome_market[outcome]
    row = np.repeat(np.arange(len(ledger.events)), ledger.events.stop - ledger.events.start)
    new = (np.diff(row, prepend=-1) != 0) | (np.diff(market, prepend=-1) != 0)
    group, start = np.cumsum(new) - 1, np.flatnonzero(new)
    side = markets.outcome_position[outcome]

    def of_side(values: FloatArray, which: int, missing: float) -> FloatArray:
        out = np.full(len(start), missing)
        out[group[side == which]] = values[side == which]
        return out

    price = np.full(len(start), np.nan)
    for paid in _prices_paid(ledger, order):
        known = _first_price(of_side(paid, 0, np.nan), of_side(paid, 1, np.nan))
        price = np.where(np.isnan(price), known, price)
    net = ledger.settlement.net_shares_micro[order] / MICRO
    settled = ledger.settlement.settled[order][start]
    payout, fair = _payout(markets, market[start])
    settled, payout, fair = _of_combos(ledger, markets, order[start], settled, payout, fair)
    clear = fair & ~np.isnan(price)
    return _Bets(
        row[start],
        market[start],
        of_side(net, 0, 0.0),
        of_side(net, 1, 0.0),
        np.nan_to_num(price, nan=PRICE_FLOOR),
        np.where(settled, payout, 0.0),
        settled,
        clear,
    )


def _of_combos(
    ledger: Ledger,
    markets: Markets,
    row: IntArray,
    settled: BoolArray,
    payout: FloatArray,
    fair: BoolArray,
) -> tuple[BoolArray, FloatArray, BoolArray]:
    """Combos have one outcome that matters, and what a share of it brought is their result where no other is known: a
    dollar, nothing, or a part where a leg paid a part."""
    positions = ledger.state.positions.take(row)
    combo = markets.combo[markets.outcome_market[positions.outcome]]
    redeemed = combo & (positions["redeemed_ts"] >= 0)
    gone = ledger.settlement.net_shares_micro[row] - positions["shares_micro"]
    cash = positions["redeemed_cash_micro"]
    won = np.where(gone > 0, np.clip(cash / np.maximum(gone, 1), 0.0, 1.0), cash > 0)
    known = np.where(redeemed & ~settled, won, payout)
    return settled | redeemed, known, fair | (combo & (settled | redeemed))


def _prices_paid(ledger: Ledger, order: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Price per position by purchases (fee taken off), by sales, by splits and conversions; nan for none.

    The next is asked only where no purchase of the market tells: who splits and sells one side pays for the other.
    """
    held = ledger.state.positions
    paid = (held["bought_cost_micro"] - held["entry_fee_micro"], held["bought_shares_micro"])
    sold = (held["sold_cash_micro"], held["sold_shares_micro"])
    other = (held["other_cost_micro"], held["other_shares_micro"])
    return _ratio(*paid)[order], _ratio(*sold)[order], _ratio(*other)[order]


def _ratio(cash: IntArray, shares: IntArray) -> FloatArray:
    return np.where(shares > 0, cash / np.maximum(shares, 1), np.nan)


def _first_price(first: FloatArray, second: FloatArray) -> FloatArray:
    """Price of the first outcome from the prices of both, made to sum to one, or from the one there is."""
    both = first + second
    joint = np.where(both > 0, first / np.where(both > 0, both, 1.0), 0.5)
    price = np.where(np.isnan(first), 1 - second, np.where(np.isnan(second), first, joint))
    return np.clip(price, PRICE_FLOOR, 1 - PRICE_FLOOR)


def _payout(markets: Markets, market: IntArray) -> tuple[FloatArray, BoolArray]:
    """(payout of the first outcome, the market has two outcomes whose payouts sum to one)."""
    if not len(markets.payout_micro):
        return np.zeros(len(market)), np.zeros(len(market), np.bool_)
    first = np.minimum(markets.first_outcome[market], len(markets.payout_micro) - 1)
    second = np.minimum(first + 1, len(markets.payout_micro) - 1)
    total = markets.payout_micro[first] + markets.payout_micro[second]
    return markets.payout_micro[first] / MICRO, (markets.n_outcomes[market] == 2) & (total == MICRO)


_Numbers = tuple[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray]


def _excluding(bets: _Bets, start: IntArray, has_rest: BoolArray) -> _Numbers:
    """D, V0, R, price and hit where exactly one market wins, or, with `has_rest`, none of those traded."""
    size = np.diff(np.append(start, len(bets)))
    none_wins = np.add.reduceat(bets.no, start)
    pays = np.repeat(none_wins, size) - bets.no + bets.yes
    total = np.add.reduceat(bets.price, start)
    rest = np.where(has_rest, np.maximum(1 - total, 0), 0.0)
    p = bets.price / np.repeat(total + rest, size)
    rest = rest / (total + rest)
    mean = np.add.reduceat(p * pays, start) + rest * none_wins
    square = np.add.reduceat(p * pays**2, start) + rest * none_wins**2
    rest_pays = np.where(rest > 0, none_wins, pays[start])
    span = np.maximum(np.maximum.reduceat(pays, start), rest_pays)
    span = span - np.minimum(np.minimum.reduceat(pays, start), rest_pays)
    won = (
        np.add.reduceat(bets.payout * pays, start)
        + (1 - np.add.reduceat(bets.payout, start)) * none_wins
    )
    chance = np.add.reduceat(p * (pays > np.repeat(mean, size)), start) + rest * (none_wins > mean)
    return (
        won - mean,
        np.maximum(square - mean**2, 0),
        span,
        chance,
        (won > mean).astype(np.float64),
    )


def _one_by_one(bets: _Bets, start: IntArray, place: IntArray) -> _Numbers:
    """D, V0, R, price and hit where markets do not exclude each other; the largest bet lends price and hit."""
    size = bets.yes - bets.no
    span = np.abs(size)
    surprise = size * (bets.payout - bets.price)
    deviation = span * np.sqrt(bets.price * (1 - bets.price))
    price = np.where(size > 0, bets.price, 1 - bets.price)
    # of equal ones the dearest, and of those the first by place: what came of them has no say
    event = np.repeat(np.arange(len(start)), np.diff(np.append(start, len(bets))))
    largest = np.lexsort((place, -price, -span, event))[start]
    return (
        np.add.reduceat(surprise, start),
        np.add.reduceat(deviation, start) ** 2,
        np.add.reduceat(span, start),
        price[largest],
        (surprise > 0).astype(np.float64)[largest],
    )


def _status(
    bets: _Bets, start: IntArray, exclusive: BoolArray, payoff_range: FloatArray
) -> NDArray[np.int8]:
    """What stands in the way of counting an event, the first that applies."""
    risk = payoff_range >= HEDGED_PAYOFF
    gross = np.add.reduceat(bets.yes + bets.no, start)
    touched = (bets.yes > 0) | (bets.no > 0)
    settled = np.logical_and.reduceat(bets.resolved | ~touched, start)
    one_winner = ~exclusive | (np.add.reduceat(bets.payout, start) <= 1 + 0.5 / MICRO)
    clear = np.logical_and.reduceat(bets.clear | ~touched, start) & one_winner
    choices = [gross < HEDGED_PAYOFF, ~risk, ~settled, ~clear]
    return np.select(choices, [SOLD, HEDGED, OPEN, UNCLEAR], SCORED).astype(np.int8)
