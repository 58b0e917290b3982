"""Rows of histories from the chain as the ledger reads them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from smartmoney.chain import ChainKind
from smartmoney.ledger import Activity, Kind, Markets
from smartmoney.ledger.columns import IntArray
from smartmoney.store.arrow import column

KINDS = {
    ChainKind.BUY: Kind.BUY,
    ChainKind.SELL: Kind.SELL,
    ChainKind.SPLIT: Kind.SPLIT,
    ChainKind.MERGE: Kind.MERGE,
    ChainKind.REDEEM: Kind.REDEEM,
    ChainKind.CONVERSION: Kind.CONVERSION_LEG,
    ChainKind.TRANSFER: Kind.TRANSFER,
}


def activity_of(rows: pa.Table, markets: Markets, first: int = 0) -> Activity:
    """Histories as activity, in the order of the chain within a second and kind.

    A fee in shares is booked as the dollars that those shares cost: a BUY of version 1 brings fewer shares for the same
    cash, at the price of its order.

    Args:
        rows: of `Histories`.
        markets: with the row numbers that the histories were given.
        first: number of the first wallet of the table.
    """
    kind = _kinds(rows)
    fill, sale = kind == Kind.BUY, kind == Kind.SELL
    size, cash = (column(rows, name).astype(np.int64) for name in ("size_micro", "cash_micro"))
    fee, in_shares = column(rows, "fee_micro"), column(rows, "fee_shares_micro")
    outcome = np.where(fill | sale, column(rows, "outcome"), -1).astype(np.int32)
    market = np.where(fill | sale, _market(markets, outcome), column(rows, "market"))
    redeemed = _redeemed(rows, kind, size)
    named = (redeemed >= 0) & (market >= 0)
    outcome[named] = markets.first_outcome[market[named]] + redeemed[named]
    price = np.divide(cash, size, out=np.zeros(len(size)), where=fill & (size > 0))
    paid = np.where(sale, cash - fee, cash + np.where(fill, fee, 0))
    return Activity.of(
        trader=column(rows, "trader") + first,
        ts=column(rows, "ts"),
        kind=kind,
        market=market.astype(np.int32),
        outcome=outcome,
        size_micro=np.where(fill, size - in_shares, np.where(size < 0, cash, size)),
        cash_micro=np.where(kind == Kind.CONVERSION_LEG, 0, paid),
        fee_micro=np.where(
            fill, fee + np.rint(price * in_shares).astype(np.int64), np.where(sale, fee, 0)
        ),
        tx=column(rows, "log"),
        maker=column(rows, "maker"),
    )


def _kinds(rows: pa.Table) -> NDArray[np.int8]:
    words = rows.column("kind").combine_chunks().dictionary_encode()
    codes = np.array([KINDS[ChainKind(word)] for word in words.dictionary.to_pylist()], np.int8)
    return codes[words.indices.to_numpy()] if len(rows) else np.zeros(0, np.int8)


def _market(markets: Markets, outcome: IntArray) -> IntArray:
    """Market row per outcome row; -1 stays -1."""
    return np.append(markets.outcome_market, np.int32(-1))[outcome]


def _redeemed(rows: pa.Table, kind: IntArray, size: IntArray) -> IntArray:
    """The outcome of a redemption of one whose shares are known, else -1: the ledger then takes what was held."""
    bits = rows.column("index_set").combine_chunks().dictionary_encode()
    places = np.array(
        [{"1": 0, "2": 1}.get(text, -1) for text in bits.dictionary.to_pylist()], np.int32
    )
    found = places[bits.indices.to_numpy()] if len(rows) else np.zeros(0, np.int32)
    return np.where((kind == Kind.REDEEM) & (size >= 0), found, -1)
