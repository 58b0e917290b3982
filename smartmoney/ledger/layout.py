"""What one row of each table of the ledger holds, and what the compiled code is given; amounts in millionths."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from smartmoney.ledger.columns import IntArray

LARGEST_AMOUNT = 1 << 53
CENT = 10_000
NEVER = -1


def _record(*names: str) -> np.dtype[np.void]:
    return np.dtype([(name, np.int64) for name in names])


POSITION = _record(
    "shares_micro",
    "cost_micro",
    "realized_micro",
    "bought_shares_micro",
    "bought_cost_micro",
    "entry_fee_micro",
    "sold_shares_micro",
    "sold_cash_micro",
    "other_shares_micro",
    "other_cost_micro",
    "reversible_micro",
    "redeemed_cash_micro",
    "redeemed_cost_micro",
    "redeemed_ts",
    "first_ts",
    "last_ts",
    "n_fills",
)
ACCOUNT = _record(
    "n_rows",
    "n_trades",
    "maker_fills",
    "taker_fills",
    "volume_micro",
    "traded_shares_micro",
    "fee_micro",
    "cash_flow_micro",
    "reward_micro",
    "rebate_micro",
    "yield_micro",
    "unexplained_cash_micro",
    "missing_shares_micro",
    "n_missing",
    "n_conflicts",
    "n_bad_rows",
    "bad_cash_micro",
    "n_open_conversions",
    "open_shares_micro",
    "open_cash_micro",
    "open_event",
    "n_transfers",
    "old_redeems",
    "first_ts",
    "last_ts",
    "last_trade_ts",
)
DAY = _record(
    "realized_micro",
    "invested_micro",
    "released_micro",
    "income_micro",
    "volume_micro",
    "n_trades",
    "hours",
)
CURSOR = _record("conversion", "now", "today", "trader", "first", "used", "days_used", "overflow")
"""Where the pass is: number of the conversion, second, day, row of the trader, its first position, positions and days in use, and whether there was
too little room."""


class Rows(NamedTuple):
    """Columns of activity and the order to read them in."""

    order: NDArray[np.int64]
    trader: IntArray
    ts: IntArray
    kind: IntArray
    market: IntArray
    outcome: IntArray
    size: IntArray
    cash: IntArray
    fee: IntArray
    tx: IntArray
    maker: IntArray


class World(NamedTuple):
    """Market columns; the markets of event e are event_market[event_start[e]:event_start[e + 1]], and so those of a
    group."""

    event: IntArray
    group: IntArray
    combo: NDArray[np.bool_]
    existed_from: IntArray
    first_outcome: IntArray
    n_outcomes: IntArray
    outcome_market: IntArray
    payout: IntArray
    event_start: IntArray
    event_market: IntArray
    group_start: IntArray
    group_market: IntArray


class Book(NamedTuple):
    """What the pass writes.

    Attributes:
        outcome, positions: of every trader read so far, one after the other; `blank` is a new position.
        accounts: one per trader.
        day, days: of every trader, one after the other.
        slot: per outcome, the last position made for it; -1 for none.
        leg: per market, number of the last conversion that took its NO shares.
        cursor: one row.
    """

    outcome: NDArray[np.int32]
    positions: NDArray[np.void]
    blank: NDArray[np.void]
    accounts: NDArray[np.void]
    day: NDArray[np.int32]
    days: NDArray[np.void]
    slot: NDArray[np.int64]
    leg: NDArray[np.int64]
    cursor: NDArray[np.void]
