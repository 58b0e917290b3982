"""What can be held and what it paid: markets, their outcomes and their resolutions."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from smartmoney.errors import ParameterError
from smartmoney.ledger.columns import BoolArray, IntArray
from smartmoney.units import MICRO

UNKNOWN = -1
CRYPTO_SHORT = "crypto-short"


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
        group: int32 per market, number of its negative-risk group, within which shares are converted; -1 for none.
        existed_from: int64 per market, Unix seconds; -1 when not known. What a conversion gives is of markets of then.
        combo: bool per market, a bet on several markets at once: booked on a cash basis from its first row, because its
            result stands on other routes than that of a market, and may never come.
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
    group: IntArray
    existed_from: IntArray
    combo: BoolArray
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
        group: ArrayLike = UNKNOWN,
        existed_from: ArrayLike = UNKNOWN,
        combo: ArrayLike = False,
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
            _repeat(group, len(events), np.int32),
            _repeat(existed_from, len(events), np.int64),
            _repeat(combo, len(events), np.bool_),
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
        return self._members(self.event)

    @cached_property
    def by_group(self) -> tuple[IntArray, IntArray]:
        """(start, market): the markets of negative-risk group g, by place, are market[start[g]:start[g + 1]]."""
        return self._members(self.group)

    def _members(self, owner: IntArray) -> tuple[IntArray, IntArray]:
        order = np.lexsort((self.place, owner)).astype(np.int32)
        size = int(owner.max()) + 1 if len(self) else 0
        return np.searchsorted(owner[order], np.arange(size + 1)).astype(np.int64), order

    def resolved_by(self, as_of: int | None) -> BoolArray:
        """Per market: resolved, and not later than `as_of` (None: ever)."""
        return self.resolved if as_of is None else self.resolved & (self.resolved_at <= as_of)


def _repeat(value: ArrayLike, rows: int, dtype: type[Any]) -> NDArray[Any]:
    array = np.asarray(value, dtype)
    return np.full(rows, array, dtype) if array.ndim == 0 else array
