"""What the ledger reads: events (rows of activity) and markets (what can be held, and what it paid)."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import IntEnum
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from smartmoney.errors import ParameterError
from smartmoney.ledger.columns import BoolArray, Columns, IntArray
from smartmoney.units import MICRO as MICRO

UNKNOWN = -1
CRYPTO_SHORT = "crypto-short"


class Kind(IntEnum):
    """Kinds of activity, numbered in the order in which one second is replayed: what brings shares first.

    The API gives whole seconds and no order within one, so a sale can be listed before the purchase it sells.
    """

    BUY = 0
    SPLIT = 1
    CONVERSION = 2
    SELL = 3
    MERGE = 4
    REDEEM = 5
    REWARD = 6
    REBATE = 7
    YIELD = 8
    TRANSFER = 9


_EVENT_TYPES: dict[str, type[np.integer[Any]]] = {
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
class Events(Columns):
    """Rows of activity, in any order; build with `Events.of`.

    Attributes:
        trader: int32 id of the wallet.
        ts: int64 Unix seconds, UTC.
        kind: int8, a `Kind`.
        market: int32 row of `Markets`, -1 for income.
        outcome: int32 row of the outcome tables of `Markets`; -1 where the row names none (SPLIT, MERGE, the
            REDEEM of before August 2026, CONVERSION, income).
        size_micro: int64 millionths of a share, never negative.
        cash_micro: int64 millionths of a dollar that moved, never negative: paid with fee for BUY, received
            after fee for SELL, the payout for REDEEM, the amount for income.
        fee_micro: int64, the fee inside `cash_micro`; 0 where none was reported.
        seq: int64, breaks ties within one second and kind; the row number when not given.
        tx: int64, equal for rows of one transaction (a digest of its hash): groups the legs of a conversion.
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
        """Events from anything numpy can read; scalars are repeated.

        Raises:
            ParameterError: columns of different length, or a value that its integer type cannot hold.
        """
        every = locals()
        given = {name: every[name] for name in _EVENT_TYPES if every[name] is not None}
        rows = max((np.size(value) for value in given.values() if np.ndim(value)), default=1)
        given.setdefault("seq", np.arange(rows))
        return cls(**{name: _column(name, given[name], rows) for name in _EVENT_TYPES})

    @classmethod
    def empty(cls) -> Self:
        """No rows."""
        return cls(**{name: np.zeros(0, dtype) for name, dtype in _EVENT_TYPES.items()})

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
        raise ParameterError(f"events: column {name} has {len(array)} rows where {rows} are needed")
    cast = array.astype(_EVENT_TYPES[name], copy=False)
    if cast.dtype != array.dtype and not np.array_equal(cast, array):
        kind = _EVENT_TYPES[name].__name__
        raise ParameterError(f"events: column {name} holds values that {kind} cannot")
    return np.ascontiguousarray(cast)


@dataclass(frozen=True)
class Markets:
    """Markets, their outcomes and their resolutions; the outcomes of one market are neighbours.

    Attributes:
        event: int32 per market, id of its question group.
        first_outcome: int32 per market, the row of its first outcome; outcome k is `first_outcome + k`.
        outcome_market: int32 per outcome, the market it belongs to.
        outcome_position: int8 per outcome, 0 for the first (YES).
        payout_micro: int32 per outcome, millionths of a dollar per share; -1 when not resolved.
        resolved_at: int64 per market, Unix seconds; -1 when not resolved.
        category: int16 per market, a row of `categories`.
        neg_risk: bool per market: the markets of its event exclude each other.
        place: int64 per market, its order within its event, whatever its number: the last one takes what a conversion
            cannot divide.
        categories: names, one of them `crypto-short` for 5- and 15-minute crypto markets.
    """

    event: IntArray
    first_outcome: IntArray
    outcome_market: IntArray
    outcome_position: IntArray
    payout_micro: IntArray
    resolved_at: IntArray
    category: IntArray
    neg_risk: BoolArray
    place: IntArray
    categories: tuple[str, ...] = field(default=("",))

    @classmethod
    def of(
        cls,
        *,
        event: ArrayLike,
        n_outcomes: ArrayLike = 2,
        payout_micro: ArrayLike = UNKNOWN,
        resolved_at: ArrayLike = UNKNOWN,
        category: ArrayLike = 0,
        neg_risk: ArrayLike = False,
        place: ArrayLike = 0,
        categories: tuple[str, ...] = ("",),
    ) -> Self:
        """Markets from their events and outcome counts; scalars are repeated.

        Raises:
            ParameterError: a negative event id.
        """
        events = np.asarray(event, np.int32)
        if (events < 0).any():
            raise ParameterError(
                "markets: an event id is negative; give a market without event an id of its own"
            )
        counts = _repeat(n_outcomes, len(events), np.int32)
        first = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int32)
        market = np.repeat(np.arange(len(events), dtype=np.int32), counts)
        position = (np.arange(len(market)) - first[market]).astype(np.int8)
        return cls(
            events,
            first,
            market,
            position,
            _repeat(payout_micro, len(market), np.int32),
            _repeat(resolved_at, len(events), np.int64),
            _repeat(category, len(events), np.int16),
            _repeat(neg_risk, len(events), np.bool_),
            _repeat(place, len(events), np.int64),
            categories,
        )

    def __len__(self) -> int:
        return len(self.event)

    @cached_property
    def n_outcomes(self) -> IntArray:
        """int32 per market."""
        return np.bincount(self.outcome_market, minlength=len(self)).astype(np.int32)

    @cached_property
    def resolved(self) -> BoolArray:
        """Per market: it has a resolution time, and every outcome a payout between 0 and 1 dollar."""
        valid = (self.payout_micro >= 0) & (self.payout_micro <= MICRO)
        bad = np.bincount(self.outcome_market[~valid], minlength=len(self)) > 0
        return (self.resolved_at >= 0) & ~bad & (self.n_outcomes > 0)

    @cached_property
    def by_event(self) -> tuple[IntArray, IntArray]:
        """(start, market): the markets of event e, by place, are market[start[e]:start[e + 1]]."""
        order = np.lexsort((self.place, self.event)).astype(np.int32)
        size = int(self.event.max()) + 1 if len(self) else 0
        return np.searchsorted(self.event[order], np.arange(size + 1)).astype(np.int64), order

    def resolved_by(self, as_of: int | None) -> BoolArray:
        """Per market: resolved, and not later than `as_of` (None: ever)."""
        return self.resolved if as_of is None else self.resolved & (self.resolved_at <= as_of)

    def with_resolutions(self, payout_micro: IntArray, resolved_at: IntArray) -> Self:
        """The same markets with other resolutions."""
        named = {item.name: getattr(self, item.name) for item in fields(self)}
        return type(self)(**named | {"payout_micro": payout_micro, "resolved_at": resolved_at})


def _repeat(value: ArrayLike, rows: int, dtype: type[Any]) -> NDArray[Any]:
    array = np.asarray(value, dtype)
    return np.full(rows, array, dtype) if array.ndim == 0 else array
