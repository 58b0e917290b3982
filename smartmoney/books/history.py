"""Activity of wallets, from the database to the ledger's columns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from smartmoney.books.catalog import Catalog
from smartmoney.ledger import Activity, Kind
from smartmoney.ledger.columns import IntArray
from smartmoney.ledger.ordering import sort_by_trader
from smartmoney.store.arrow import column
from smartmoney.store.db import Store
from smartmoney.store.scores import ledger_rows
from smartmoney.units import PICO

KINDS = {
    "SPLIT": Kind.SPLIT,
    "MERGE": Kind.MERGE,
    "REDEEM": Kind.REDEEM,
    "CONVERSION": Kind.CONVERSION_LEG,
    "REWARD": Kind.REWARD,
    "REFERRAL_REWARD": Kind.REWARD,
    "MAKER_REBATE": Kind.REBATE,
    "TAKER_REBATE": Kind.REBATE,
    "YIELD": Kind.YIELD,
}
"""Kinds of activity the ledger reads; the others move no money of a position."""


def load_activity(
    store: Store,
    catalog: Catalog,
    traders: Sequence[int] | None = None,
    after: Sequence[int] | None = None,
) -> Activity:
    """Activity in the ledger's numbering of markets and outcomes, by ascending trader.

    Args:
        store: where the rows are.
        catalog: every market; a row that names another one is unreadable.
        traders: ids of wallets; None for everybody. A `range` is read in one scan of the table.
        after: per wallet, Unix seconds: only its later rows.
    """
    # batch by batch, while the processor's cache holds what was read last
    parts = [_fills(batch, catalog) for batch in ledger_rows.fills(store, traders, after)]
    for batch in ledger_rows.other_activity(store, KINDS, Kind.CONVERSION, traders, after):
        parts.append(_others(batch, catalog))
    return sort_by_trader(*parts)


def _fills(rows: pa.RecordBatch, catalog: Catalog) -> Activity:
    side = column(rows, "side")
    outcome = catalog.outcome_rows(column(rows, "outcome_id"))
    return Activity.of(
        trader=column(rows, "trader_id"),
        ts=column(rows, "ts"),
        kind=np.where(side > 0, np.int8(Kind.BUY), np.int8(Kind.SELL)),
        market=catalog.market_of_outcome[outcome],
        outcome=outcome,
        size_micro=column(rows, "size_micro"),
        cash_micro=column(rows, "cash_micro"),
        fee_micro=_fees(rows, side),
        seq=column(rows, "key"),
    )


def _others(rows: pa.RecordBatch, catalog: Catalog) -> Activity:
    return Activity.of(
        trader=column(rows, "trader_id"),
        ts=column(rows, "ts"),
        kind=column(rows, "code").astype(np.int8),
        market=catalog.market_rows(column(rows, "market_id")),
        outcome=catalog.outcome_rows(column(rows, "outcome_id")),
        size_micro=column(rows, "size_micro"),
        cash_micro=column(rows, "cash_micro"),
        seq=column(rows, "key"),
        tx=column(rows, "tx"),
    )


def _fees(trades: pa.RecordBatch, side: IntArray) -> NDArray[np.int64]:
    """What each fill paid beyond size x price; 0 where the API did not report the cash."""
    notional = column(trades, "size_micro") * (column(trades, "price_pico") / PICO)
    fee = np.rint((column(trades, "cash_micro") - notional) * side).astype(np.int64)
    reported = (column(trades, "flags").astype(np.int64) & 1) == 1
    return np.where(reported & (fee > 0), fee, 0)
