"""What the ledger keeps and gives back: positions, accounts, days, and the closed book drawn from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from smartmoney.ledger.columns import BoolArray, Columns, IntArray, Records
from smartmoney.ledger.layout import ACCOUNT, DAY, POSITION
from smartmoney.units import MICRO

DUST = 100
"""One part in this many of what a wallet traded is no history that is missing."""


class Positions(Records):
    """One row per trader and outcome, before settlement. Amounts in millionths, times in Unix seconds.

    shares_micro, cost_micro      held now (unredeemed shares of resolved markets included) and their cost
    realized_micro                gain booked by SELL, MERGE and CONVERSION
    bought_shares_micro, bought_cost_micro, entry_fee_micro    by BUY only; the cost includes the fee
    sold_shares_micro, sold_cash_micro                         by SELL only, as far as shares were held
    other_shares_micro            net shares by SPLIT, MERGE and CONVERSION
    other_cost_micro              cost those brought in
    reversible_micro              NO shares taken by conversions whose legs were inferred: later rows may prove otherwise
    redeemed_cash_micro, redeemed_cost_micro, redeemed_ts      by REDEEM; the time is -1 when never
    first_ts, last_ts             of anything but REDEEM
    n_fills                       BUY and SELL rows
    """

    KEY = "outcome"
    RECORD = POSITION

    @property
    def outcome(self) -> IntArray:
        """int32, row of the outcome tables of `Markets`."""
        return self.key


class Accounts(Records):
    """One row per trader (key 0). Amounts in millionths, times in Unix seconds, -1 when never.

    n_rows, n_trades, maker_fills, taker_fills     counts; fills of unknown role are in neither
    volume_micro, fee_micro                        cash of BUY and SELL; fees reported
    cash_flow_micro                                trading cash in minus out, income apart
    reward_micro, rebate_micro, yield_micro        income, kept apart from skill
    unexplained_cash_micro, missing_shares_micro   proceeds and shares of sales of what was never seen bought
    traded_shares_micro                            shares of BUY and SELL
    n_missing, n_conflicts, n_bad_rows, n_transfers
        rows that sold too much, contradicted what was held, made no sense, moved shares
    bad_cash_micro                                 dollars that rows without sense say they moved
    n_open_conversions, open_shares_micro, open_cash_micro, open_event
        conversions whose legs nothing tells: shares, the most dollars they can have paid, the event of the last
    old_redeems                                    REDEEM rows without an outcome
    first_ts, last_ts, last_trade_ts
    """

    KEY = "account"
    RECORD = ACCOUNT

    @property
    def lacks_shares(self) -> BoolArray:
        """Shares left that were never seen coming, more than dust: beyond one share and 1 % of what was traded."""
        dust = np.maximum(MICRO, self["traded_shares_micro"] // DUST)
        lacks: BoolArray = self["missing_shares_micro"] > dust
        return lacks

    @property
    def partial(self) -> BoolArray:
        """History is missing or unreadable: unseen shares, open conversions, rows without sense, or transfers."""
        rows = self["n_bad_rows"] + self["n_transfers"] + self["n_open_conversions"]
        return self.lacks_shares | (rows > 0)

    @property
    def conflicted(self) -> BoolArray:
        """A redemption contradicts what was held."""
        return self["n_conflicts"] > 0


class Days(Records):
    """One row per trader and UTC day (days since 1970) with activity, settlement not included. Millionths.

    realized_micro    gain booked by SELL, MERGE and CONVERSION
    invested_micro, released_micro    cost that came into positions and left them
    income_micro, volume_micro, n_trades
    hours             bit h is set when a fill fell in hour h (UTC)
    """

    KEY = "day"
    RECORD = DAY

    @property
    def day(self) -> IntArray:
        """int32, days since 1970-01-01 UTC."""
        return self.key


@dataclass(frozen=True)
class LedgerState:
    """All that an increment needs instead of the rows already read; sorted by trader, then key.

    Attributes:
        positions, accounts, days: see their classes.
        payout_micro: int32 per outcome, the payouts that old-shape redemptions were read with.
    """

    positions: Positions
    accounts: Accounts
    days: Days
    payout_micro: IntArray

    @classmethod
    def empty(cls) -> Self:
        """Nothing read yet."""
        return cls(Positions.empty(), Accounts.empty(), Days.empty(), np.zeros(0, np.int32))

    def of_traders(self, traders: IntArray) -> Self:
        """The part that belongs to `traders`."""
        return type(self)(
            self.positions.of_traders(traders),
            self.accounts.of_traders(traders),
            self.days.of_traders(traders),
            self.payout_micro,
        )

    def replace(self, newer: Self) -> Self:
        """This state with every trader of `newer` taken from `newer`."""
        if not len(self.accounts):
            return newer
        old = ~np.isin(self.accounts.trader, newer.accounts.trader)
        rest = self.of_traders(self.accounts.trader[old])
        return type(self)(
            Positions.concat([rest.positions, newer.positions]),
            Accounts.concat([rest.accounts, newer.accounts]),
            Days.concat([rest.days, newer.days]),
            newer.payout_micro,
        )


@dataclass(frozen=True)
class Settlement(Columns):
    """One row per position, in the order of `positions`, seen from the as-of time.

    Attributes:
        trader: int32.
        outcome: int32.
        event: int32.
        settled: bool, its market had resolved.
        combo: bool, on a cash basis: its cost is realized, whether it had resolved or not.
        open_shares_micro: int64, shares whose fate is open (0 when settled).
        settled_cash_micro: int64, what the unredeemed shares pay: size * payout // 1_000_000.
        realized_micro: int64, everything booked: sales, redemptions and settlement.
        net_shares_micro: int64, X of the skill formulas: bought minus sold plus splits, merges, conversions.
        decided_at: int64, when settled or redeemed, else when last touched.
    """

    trader: IntArray
    outcome: IntArray
    event: IntArray
    settled: BoolArray
    combo: BoolArray
    open_shares_micro: IntArray
    settled_cash_micro: IntArray
    realized_micro: IntArray
    net_shares_micro: IntArray
    decided_at: IntArray


@dataclass(frozen=True)
class EventBook(Columns):
    """One row per trader and event, sorted by both.

    Attributes:
        trader: int32.
        event: int32.
        category: int16, of the event's first market held.
        pnl_micro: int64, realized with settlement.
        invested_micro: int64, cost of BUY, SPLIT and CONVERSION.
        n_fills: int64.
        first_ts: int64, first entry.
        decided: bool, nothing is open any more.
        decided_at: int64, the latest of its positions.
        start, stop: int64, its rows in the event order of the positions (`Ledger.event_order`).
    """

    trader: IntArray
    event: IntArray
    category: IntArray
    pnl_micro: IntArray
    invested_micro: IntArray
    n_fills: IntArray
    first_ts: IntArray
    decided: BoolArray
    decided_at: IntArray
    start: IntArray
    stop: IntArray


@dataclass(frozen=True)
class TraderTotals(Columns):
    """One row per trader, in the order of `accounts`.

    Attributes:
        trader: int32.
        realized_micro: int64, sales, redemptions, settlement.
        unrealized_micro: int64, marked value minus cost of what is open and has a mark.
        open_cost_micro: int64, cost of what is open.
        settled_cash_micro: int64, resolved shares not redeemed yet.
        invested_micro: int64.
        n_open: int64, open positions.
        n_unmarked: int64, open positions without a mark.
    """

    trader: IntArray
    realized_micro: IntArray
    unrealized_micro: IntArray
    open_cost_micro: IntArray
    settled_cash_micro: IntArray
    invested_micro: IntArray
    n_open: IntArray
    n_unmarked: IntArray


@dataclass(frozen=True)
class Ledger:
    """The closed book at one as-of time.

    For every trader, to the micro-dollar:

    realized + unexplained_cash = cash_flow + settled_cash + open_cost.

    Attributes:
        as_of: Unix seconds, None for everything known.
        state: what was read (positions, accounts, days), to be kept for the next increment.
        settlement: one row per row of `state.positions`.
        event_order: int64, row numbers of `state.positions` sorted by trader, event, outcome.
        events: per trader and event.
        traders: per trader.
        days: per trader and day with settlement booked on the day it was decided.
    """

    as_of: int | None
    state: LedgerState
    settlement: Settlement
    event_order: IntArray
    events: EventBook
    traders: TraderTotals
    days: Days
