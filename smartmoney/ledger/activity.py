"""What the ledger reads: rows of activity of wallets."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from smartmoney.errors import ParameterError
from smartmoney.ledger.columns import Columns, IntArray
from smartmoney.ledger.markets import UNKNOWN


class Kind(IntEnum):
    """Kinds of activity, numbered in the order in which one second is replayed: what brings shares first.

    The API gives whole seconds and no order within one, so a sale can be listed before the purchase it sells.
    """

    BUY = 0
    SPLIT = 1
    CONVERSION_LEG = 2
    CONVERSION = 3
    SELL = 4
    MERGE = 5
    REDEEM = 6
    REWARD = 7
    REBATE = 8
    YIELD = 9
    TRANSFER = 10


_TYPES: dict[str, type[np.integer[Any]]] = {
    "trader": np.int32,
    "ts": np.int64,
    "kind": np.int8,
    "market": np.int32,
    "outcome": np.int32,
    "size_micro": np.int64,
    "cash_micro": np.int64,
    "fee_micro": np.int64,
    "seq": np.int64,
    "tx": np.int64,
    "maker": np.int8,
}


@dataclass(frozen=True)
class Activity(Columns):
    """Rows of activity, in any order; build with `Activity.of`.

    Attributes:
        trader: int32 id of the wallet.
        ts: int64 Unix seconds, UTC.
        kind: int8, a `Kind`.
        market: int32 row of `Markets`, -1 for income. A CONVERSION, which does not say which NO shares it took, names
            any market of its negative-risk group, -1 where that group is not known.
        outcome: int32 row of the outcome tables of `Markets`; -1 where the row names none (SPLIT, MERGE, the
            REDEEM of before August 2026, CONVERSION, income).
        size_micro: int64 millionths of a share, never negative.
        cash_micro: int64 millionths of a dollar that moved, never negative: paid with fee for BUY, received
            after fee for SELL, the payout for REDEEM, the amount for income.
        fee_micro: int64, the fee inside `cash_micro`; 0 where none was reported.
        seq: int64, breaks ties within one second and kind; the row number when not given.
        tx: int64, equal for rows of one transaction (a digest of its hash): groups the rows of CONVERSION_LEG.
        maker: int8, 1 maker, 0 taker, -1 unknown.
    """

    trader: IntArray
    ts: IntArray
    kind: IntArray
    market: IntArray
    outcome: IntArray
    size_micro: IntArray
    cash_micro: IntArray
    fee_micro: IntArray
    seq: IntArray
    tx: IntArray
    maker: IntArray

    @classmethod
    def of(
        cls,
        *,
        trader: ArrayLike,
        ts: ArrayLike,
        kind: ArrayLike,
        market: ArrayLike,
        outcome: ArrayLike,
        size_micro: ArrayLike,
        cash_micro: ArrayLike,
        fee_micro: ArrayLike = 0,
        seq: ArrayLike | None = None,
        tx: ArrayLike = 0,
        maker: ArrayLike = UNKNOWN,
    ) -> Self:
        """Rows from anything numpy can read; scalars are repeated.

        Raises:
            ParameterError: columns of different length, or a value that its integer type cannot hold.
        """
        every = locals()
        given = {name: every[name] for name in _TYPES if every[name] is not None}
        rows = max((np.size(value) for value in given.values() if np.ndim(value)), default=1)
        given.setdefault("seq", np.arange(rows))
        return cls(**{name: _column(name, given[name], rows) for name in _TYPES})

    @classmethod
    def empty(cls) -> Self:
        """No rows."""
        return cls(**{name: np.zeros(0, dtype) for name, dtype in _TYPES.items()})

    def between(self, after: int | None = None, until: int | None = None) -> Self:
        """Rows with after < ts <= until."""
        keep = np.ones(len(self), np.bool_)
        if after is not None:
            keep &= self.ts > after
        if until is not None:
            keep &= self.ts <= until
        return self.take(keep)


def _column(name: str, value: ArrayLike, rows: int) -> IntArray:
    array = np.asarray(value)
    if array.ndim == 0:
        array = np.full(rows, array)
    if len(array) != rows:
        raise ParameterError(
            f"activity: column {name} has {len(array)} rows where {rows} are needed"
        )
    cast = array.astype(_TYPES[name], copy=False)
    if cast.dtype != array.dtype and not np.array_equal(cast, array):
        kind = _TYPES[name].__name__
        raise ParameterError(f"activity: column {name} holds values that {kind} cannot")
    return np.ascontiguousarray(cast)
