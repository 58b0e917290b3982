"""Reading activity: `replay` turns rows into a state, or carries a state on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smartmoney.errors import ParameterError
from smartmoney.ledger.activity import Activity, Kind
from smartmoney.ledger.columns import IntArray, Records, numbers, read_only
from smartmoney.ledger.layout import (
    ACCOUNT,
    CURSOR,
    DAY,
    NEVER,
    POSITION,
    Book,
    Rows,
    World,
)
from smartmoney.ledger.markets import Markets
from smartmoney.ledger.ordering import canonical_order
from smartmoney.ledger.passes import replay_rows
from smartmoney.ledger.state import Accounts, Days, LedgerState, Positions


def replay(
    activity: Activity,
    markets: Markets,
    *,
    as_of: int | None = None,
    state: LedgerState | None = None,
) -> LedgerState:
    """Read activity in time order, exactly, on top of what `state` has read already.

    Args:
        activity: rows in any order; of a trader in `state`, only rows later than those it has read.
        markets: every market that the rows or the state name.
        as_of: ignore rows after this time (Unix seconds).
        state: what an earlier call returned, at best only the traders that appear in `activity`.

    Returns:
        The state of all traders of `state` and `activity`; equal to one replay of all their rows.

    Raises:
        ParameterError: some traders of the state cannot be carried on (see `stale_traders`).
    """
    before = state if state is not None else LedgerState.empty()
    if as_of is not None and len(activity) and activity.ts.max() > as_of:
        activity = activity.between(until=as_of)
    stale = stale_traders(before, activity, markets)
    if len(stale):
        raise ParameterError(
            f"ledger: the state of {len(stale)} traders (first: {stale[0]}) cannot be "
            "carried on (late rows, or changed payouts); replay them from their first row"
        )
    return before.replace(_read(activity, markets, before))


def late_traders(state: LedgerState, activity: Activity) -> IntArray:
    """Traders of `state` with a row at or before the last second it has read: they need a full replay."""
    row = np.searchsorted(state.accounts.trader, activity.trader)
    known = row < len(state.accounts)
    known[known] = state.accounts.trader[row[known]] == activity.trader[known]
    late = activity.ts[known] <= state.accounts["last_ts"][row[known]]
    return np.unique(activity.trader[known][late])


def stale_traders(state: LedgerState, activity: Activity, markets: Markets) -> IntArray:
    """Traders whose state cannot be carried on: they have late rows, or redeemed at payouts that changed."""
    n = min(len(state.payout_micro), len(markets.payout_micro))
    changed = np.flatnonzero(state.payout_micro[:n] != markets.payout_micro[:n])
    outcomes = np.flatnonzero(np.isin(markets.outcome_market, markets.outcome_market[changed]))
    holders = np.unique(state.positions.trader[np.isin(state.positions.outcome, outcomes)])
    redeemers = state.accounts.trader[state.accounts["old_redeems"] > 0]
    return np.union1d(late_traders(state, activity), np.intersect1d(holders, redeemers)).astype(
        np.int32
    )


def _read(activity: Activity, markets: Markets, before: LedgerState) -> LedgerState:
    order = canonical_order(activity, markets)
    rows, world = _rows(activity, order), _world(markets)
    sorted_traders = activity.trader[order]
    starts = np.flatnonzero(np.diff(sorted_traders, prepend=NEVER))
    traders = sorted_traders[starts].astype(np.int32)
    bounds = np.append(starts, len(order)).astype(np.int64)
    kept = before.positions
    ranges = _ranges(kept, traders)
    positions = int((ranges[:, 1] - ranges[:, 0]).sum()) + _new_positions(activity, markets)
    book = _book(before, traders, positions, len(activity), markets)
    used = np.zeros((len(traders), 2), np.int64)
    replay_rows(
        rows, world, book, bounds, read_only(kept.key), read_only(kept.records), ranges, used
    )
    assert not book.cursor["overflow"][0], "more positions or days than _new_positions allows for"
    accounts = Accounts(traders, np.zeros_like(traders), numbers(book.accounts))
    return LedgerState(
        _positions(book, traders, used[:, 0]),
        accounts,
        _days(book, traders, used[:, 1], before.days),
        markets.payout_micro,
    )


def _rows(activity: Activity, order: NDArray[np.int64]) -> Rows:
    columns = (
        order,
        activity.trader,
        activity.ts,
        activity.kind,
        activity.market,
        activity.outcome,
        activity.size_micro,
        activity.cash_micro,
        activity.fee_micro,
        activity.tx,
        activity.maker,
    )
    return Rows(*map(read_only, columns))


def _world(markets: Markets) -> World:
    columns = (
        markets.event,
        markets.group,
        markets.combo,
        markets.existed_from,
        markets.first_outcome,
        markets.n_outcomes,
        markets.outcome_market,
        markets.payout_micro,
        *markets.by_event,
        *markets.by_group,
    )
    return World(*map(read_only, columns))


def _ranges(records: Records, traders: IntArray) -> NDArray[np.int64]:
    left = np.searchsorted(records.trader, traders, "left")
    return np.stack([left, np.searchsorted(records.trader, traders, "right")], axis=1).astype(
        np.int64
    )


def _book(
    before: LedgerState, traders: IntArray, positions: int, days: int, markets: Markets
) -> Book:
    account = np.zeros(len(traders), ACCOUNT)
    for name in ("first_ts", "last_ts", "last_trade_ts", "open_event"):
        account[name] = NEVER
    blank = np.zeros(1, POSITION)
    blank["redeemed_ts"] = NEVER
    ranges = _ranges(before.accounts, traders)
    old = ranges[:, 1] > ranges[:, 0]
    numbers(account)[old] = before.accounts.values[ranges[old, 0]]
    day_values = np.empty(days + 1, DAY)
    day_values[-1] = 0
    return Book(
        np.empty(positions + 1, np.int32),
        np.empty(positions + 1, POSITION),
        blank,
        account,
        np.empty(days + 1, np.int32),
        day_values,
        np.full(len(markets.outcome_market), NEVER, np.int64),
        np.zeros(len(markets), np.int64),
        np.zeros(1, CURSOR),
    )


def _new_positions(activity: Activity, markets: Markets) -> int:
    """What a replay of these rows can open at most; the room for what it does not open is never touched.

    A fill opens one position, a split or merge one per outcome of its market, a conversion one per outcome of its event.
    """
    known = (activity.market >= 0) & (activity.market < len(markets))
    sets = activity.market[known & ((activity.kind == Kind.SPLIT) | (activity.kind == Kind.MERGE))]
    turned = (activity.kind == Kind.CONVERSION) | (activity.kind == Kind.CONVERSION_LEG)
    converted = activity.market[known & turned]
    per_event = np.bincount(markets.event, markets.n_outcomes).astype(np.int64)
    grouped = markets.group >= 0
    per_group = np.bincount(markets.group[grouped], markets.n_outcomes[grouped], minlength=1)
    groups = markets.group[converted]
    return (
        len(activity)
        + int(markets.n_outcomes[sets].sum())
        + int(per_event[markets.event[converted]].sum())
        + int(per_group[groups[groups >= 0]].sum())
    )


def _positions(book: Book, traders: IntArray, used: NDArray[np.int64]) -> Positions:
    n = int(used[-1]) if len(used) else 0
    rank = np.repeat(np.arange(len(traders)), np.diff(used, prepend=0))
    order = np.argsort((rank << 32) | book.outcome[:n])
    return Positions(traders[rank], book.outcome[order], numbers(book.positions)[order])


def _days(book: Book, traders: IntArray, used: NDArray[np.int64], before: Days) -> Days:
    n = int(used[-1]) if len(used) else 0
    fresh = Days(np.repeat(traders, np.diff(used, prepend=0)), book.day[:n], numbers(book.days)[:n])
    old = before.of_traders(traders)
    return sum_days(Days.concat([old, fresh])) if len(old) else fresh


def sum_days(days: Days) -> Days:
    """Rows of the same trader and day added up; `days` must be sorted by both."""
    new = np.ones(len(days), np.bool_)
    new[1:] = (np.diff(days.trader) != 0) | (np.diff(days.key) != 0)
    starts = np.flatnonzero(new)
    if len(starts) == len(days):
        return days
    sums = Days(days.trader[starts], days.key[starts], np.add.reduceat(days.values, starts, axis=0))
    sums["hours"][:] = np.bitwise_or.reduceat(days["hours"], starts)
    return sums
