"""What one row of each table of the ledger holds, and what the compiled code is given; amounts in millionths."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from smartmoney.ledger.columns import IntArray

POSITION = (
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
    "redeemed_cash_micro",
    "redeemed_cost_micro",
    "redeemed_ts",
    "first_ts",
    "last_ts",
    "n_fills",
)
(
    SHARES,
    COST,
    REALIZED,
    BOUGHT_SHARES,
    BOUGHT_COST,
    ENTRY_FEE,
    SOLD_SHARES,
    SOLD_CASH,
    OTHER_SHARES,
    OTHER_COST,
    REDEEMED_CASH,
    REDEEMED_COST,
    REDEEMED_TS,
    FIRST_TS,
    LAST_TS,
    N_FILLS,
) = range(16)
ACCOUNT = (
    "n_rows",
    "n_trades",
    "maker_fills",
    "taker_fills",
    "volume_micro",
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
    "n_transfers",
    "old_redeems",
    "first_ts",
    "last_ts",
    "last_trade_ts",
    "hours",
)
(
    A_ROWS,
    A_TRADES,
    A_MAKER,
    A_TAKER,
    A_VOLUME,
    A_FEE,
    A_CASH,
    A_REWARD,
    A_REBATE,
    A_YIELD,
    A_UNEXPLAINED,
    A_MISSING_SHARES,
    A_MISSING,
    A_CONFLICTS,
    A_BAD,
    A_TRANSFERS,
    A_OLD_REDEEMS,
    A_FIRST,
    A_LAST,
    A_LAST_TRADE,
    A_HOURS,
) = range(21)
DAY = (
    "realized_micro",
    "invested_micro",
    "released_micro",
    "income_micro",
    "volume_micro",
    "n_trades",
)
D_REALIZED, D_INVESTED, D_RELEASED, D_INCOME, D_VOLUME, D_TRADES = range(6)

BUY, SPLIT, CONVERSION, SELL, MERGE, REDEEM, REWARD, REBATE, YIELD, TRANSFER = range(10)
LARGEST_AMOUNT = 1 << 53
CENT = 10_000
DAY_SECONDS = 86_400
NEVER = -1


class Rows(NamedTuple):
    """Event columns and the order to read them in."""

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
    """Market columns; the markets of event e are event_market[event_start[e]:event_start[e + 1]]."""

    event: IntArray
    first_outcome: IntArray
    n_outcomes: IntArray
    outcome_market: IntArray
    payout: IntArray
    event_start: IntArray
    event_market: IntArray


class Book(NamedTuple):
    """What the pass writes; `slot` is the last row made for an outcome, -1 for none; `at` holds the counters below."""

    outcome: NDArray[np.int32]
    values: NDArray[np.int64]
    account: NDArray[np.int64]
    day: NDArray[np.int32]
    day_values: NDArray[np.int64]
    slot: NDArray[np.int64]
    at: NDArray[np.int64]


USED, DAYS_USED, WHO, FIRST, NOW, TODAY, OVERFLOW = range(7)
