"""Closing the book: settlement at the payouts, and totals per event, trader and day."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smartmoney.ledger.activity import Activity
from smartmoney.ledger.arithmetic import settle
from smartmoney.ledger.columns import IntArray, numbers
from smartmoney.ledger.layout import DAY
from smartmoney.ledger.markets import UNKNOWN, Markets
from smartmoney.ledger.replaying import replay, sum_days
from smartmoney.ledger.state import (
    Days,
    EventBook,
    Ledger,
    LedgerState,
    Positions,
    Settlement,
    TraderTotals,
)
from smartmoney.ledger.sums import Sums
from smartmoney.units import DAY_SECONDS


def close(
    state: LedgerState,
    markets: Markets,
    *,
    as_of: int | None = None,
    marks_micro: IntArray | None = None,
) -> Ledger:
    """Settle what has resolved and add up.

    Args:
        state: what `replay` returned for the same markets and the same `as_of`.
        markets: with payouts; a market has resolved when its `resolved_at` is known and not after `as_of`.
        as_of: Unix seconds; None for everything known.
        marks_micro: int64 per outcome, the price of open shares in millionths of a dollar; -1 for none.
    """
    settlement = _settlement(state.positions, markets, as_of)
    order = np.argsort(
        (settlement.trader.astype(np.int64) << 32) | settlement.event, kind="stable"
    )  # by outcome within
    return Ledger(
        as_of,
        state,
        settlement,
        order,
        _events(state.positions, settlement, markets, order),
        _totals(state, settlement, marks_micro),
        _settled_days(state, settlement),
    )


def run(
    activity: Activity,
    markets: Markets,
    *,
    as_of: int | None = None,
    marks_micro: IntArray | None = None,
    state: LedgerState | None = None,
) -> Ledger:
    """`replay`, then `close`."""
    read = replay(activity, markets, as_of=as_of, state=state)
    return close(read, markets, as_of=as_of, marks_micro=marks_micro)


def _settlement(positions: Positions, markets: Markets, as_of: int | None) -> Settlement:
    market = markets.outcome_market[positions.outcome]
    settled = markets.resolved_by(as_of)[market]
    shares = positions["shares_micro"]
    paid = np.where(
        settled, settle(shares, np.maximum(markets.payout_micro[positions.outcome], 0)), 0
    )
    gain = positions["redeemed_cash_micro"] - positions["redeemed_cost_micro"]
    combo = markets.combo[market]
    booked = settled | combo
    realized = (
        positions["realized_micro"] + gain + np.where(booked, paid - positions["cost_micro"], 0)
    )
    touched = np.where(
        positions["redeemed_ts"] >= 0, positions["redeemed_ts"], positions["last_ts"]
    )
    decided_at = np.where(
        settled, np.maximum(markets.resolved_at[market], positions["last_ts"]), touched
    )
    net = (
        positions["bought_shares_micro"]
        - positions["sold_shares_micro"]
        + positions["other_shares_micro"]
    )
    return Settlement(
        positions.trader,
        positions.outcome,
        markets.event[market],
        settled,
        combo,
        np.where(settled, 0, shares),
        paid,
        realized,
        net,
        decided_at,
    )


def _events(
    positions: Positions, settlement: Settlement, markets: Markets, order: NDArray[np.int64]
) -> EventBook:
    trader, event = settlement.trader[order], settlement.event[order]
    start = np.flatnonzero(
        (np.diff(trader, prepend=UNKNOWN) != 0) | (np.diff(event, prepend=UNKNOWN) != 0)
    )
    first_market = markets.outcome_market[settlement.outcome[order[start]]]

    def fold(ufunc: np.ufunc, column: IntArray) -> IntArray:
        return ufunc.reduceat(column[order], start) if len(start) else column[:0]

    return EventBook(
        trader=trader[start],
        event=event[start],
        category=markets.category[first_market],
        pnl_micro=fold(np.add, settlement.realized_micro),
        invested_micro=fold(np.add, positions["bought_cost_micro"] + positions["other_cost_micro"]),
        n_fills=fold(np.add, positions["n_fills"]),
        first_ts=fold(np.minimum, positions["first_ts"]),
        decided=fold(np.maximum, settlement.open_shares_micro) == 0,
        decided_at=fold(np.maximum, settlement.decided_at),
        start=start.astype(np.int64),
        stop=np.append(start[1:], len(order))[: len(start)].astype(np.int64),
    )


def _totals(
    state: LedgerState, settlement: Settlement, marks_micro: IntArray | None
) -> TraderTotals:
    positions, traders = state.positions, state.accounts.trader
    booked = settlement.settled | settlement.combo
    is_open = (settlement.open_shares_micro > 0) & ~settlement.combo
    mark = (
        np.full(len(positions), UNKNOWN) if marks_micro is None else marks_micro[positions.outcome]
    )
    marked = is_open & (mark >= 0)
    worth = settle(settlement.open_shares_micro, np.maximum(mark, 0)) - positions["cost_micro"]
    total = Sums(traders, positions.trader).of

    return TraderTotals(
        traders,
        total(settlement.realized_micro),
        total(np.where(marked, worth, 0)),
        total(np.where(booked, 0, positions["cost_micro"])),
        total(settlement.settled_cash_micro),
        total(positions["bought_cost_micro"] + positions["other_cost_micro"]),
        total(is_open),
        total(is_open & ~marked),
    )


def _settled_days(state: LedgerState, settlement: Settlement) -> Days:
    """Days of trading plus the gains of redemption and settlement, on the day the market was decided."""
    positions = state.positions
    late = settlement.realized_micro - positions["realized_micro"]
    booked = settlement.settled | settlement.combo
    released = positions["redeemed_cost_micro"] + np.where(booked, positions["cost_micro"], 0)
    rows = np.flatnonzero((late != 0) | (released != 0))
    values = np.zeros(len(rows), DAY)
    values["realized_micro"] = late[rows]
    values["released_micro"] = released[rows]
    day = (settlement.decided_at[rows] // DAY_SECONDS).astype(np.int32)
    return sum_days(Days.concat([state.days, Days(positions.trader[rows], day, numbers(values))]))
