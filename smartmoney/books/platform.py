"""What the platform says: prices of open shares, and its own positions of our wallets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from smartmoney.books.catalog import Catalog
from smartmoney.ledger import ApiPositions
from smartmoney.ledger.columns import IntArray
from smartmoney.store.arrow import column
from smartmoney.store.db import Store
from smartmoney.store.scores import ledger_rows
from smartmoney.units import MICRO


def load_marks(store: Store, catalog: Catalog) -> NDArray[np.int64]:
    """Price of an open share per outcome row, millionths of a dollar; -1 where there is none.

    Of a closed market the final prices, if they add up to a dollar: its quotes are those of before. Of an open one the
    middle where the spread is at most ten cents, else the last trade clipped into the quote, else the platform's own
    price of the outcome.
    """
    table = ledger_rows.quotes(store)
    marks = np.full(len(catalog.outcome_ids), -1, np.int64)
    rows = catalog.outcome_rows(column(table, "outcome").astype(np.int32))
    marks[rows] = table.column("mark").fill_null(-1).to_numpy()
    return marks


@dataclass(frozen=True)
class Snapshot:
    """The positions that the API shows of one wallet, and the Unix second at which it was asked."""

    taken_at: int
    positions: ApiPositions


def load_api_positions(
    store: Store, catalog: Catalog, traders: Sequence[int], marks: IntArray
) -> dict[int, Snapshot]:
    """What the API shows of some wallets, valued at our marks so that only shares and bookings are compared."""
    table = ledger_rows.api_positions(store, traders)
    table = _of_markets(table, catalog)
    owner = column(table, "trader_id")
    outcome = catalog.outcome_rows(column(table, "outcome_id").astype(np.int32))
    shares, payout = column(table, "shares_micro"), catalog.markets.payout_micro
    mark = np.where(payout[outcome] >= 0, payout[outcome], marks[outcome])
    average = table.column("avg_price").to_numpy(zero_copy_only=False).astype(np.float64)
    booked = table.column("realized_micro")
    held = shares > 0
    known = booked.is_valid().to_numpy(zero_copy_only=False)
    known = known & (~held | (np.isfinite(average) & (mark >= 0)))
    gain = np.where(held & known, shares * (mark / MICRO - np.nan_to_num(average)), 0.0)
    pnl = np.where(known, booked.fill_null(0).to_numpy() + np.rint(gain).astype(np.int64), 0)
    bought = column(table, "bought").astype(bool)
    order = np.argsort(owner, kind="stable")
    bounds = (
        np.searchsorted(owner[order], np.array(traders)),
        np.searchsorted(owner[order], np.array(traders), "right"),
    )
    at = ledger_rows.api_snapshots(store, traders)
    found = {}
    for trader, start, stop in zip(traders, *bounds, strict=True):
        if trader in at:
            rows = order[start:stop]
            found[trader] = Snapshot(
                at[trader],
                ApiPositions(outcome[rows], shares[rows], pnl[rows], known[rows], bought[rows]),
            )
    return found


def _of_markets(table: pa.Table, catalog: Catalog) -> pa.Table:
    """Without combos, whose positions stand on a route of their own."""
    outcome = catalog.outcome_rows(column(table, "outcome_id").astype(np.int32))
    market = catalog.market_of_outcome[outcome]
    return table.filter(pa.array(~catalog.markets.combo[market] | (market < 0)))
