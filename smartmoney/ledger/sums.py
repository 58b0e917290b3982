"""Sums per trader, in the order of the rows, so that no partition of traders changes a bit of them."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smartmoney.ledger.columns import IntArray
from smartmoney.ledger.compiling import compiled


class Sums:
    """Adds up columns of a table by trader; `traders` is ascending and holds every trader of the table, which is sorted
    by trader.

    Attributes:
        bounds: int64; bounds[t]:bounds[t + 1] are trader t's rows.
        size: how many traders.
    """

    def __init__(self, traders: IntArray, owner: IntArray) -> None:
        self.bounds = np.append(np.searchsorted(owner, traders), len(owner)).astype(np.int64)
        self.size = len(traders)

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Rows of each trader."""
        return np.diff(self.bounds)

    @cached_property
    def row(self) -> NDArray[np.int64]:
        """Place of its trader among the traders, per row of the table."""
        return np.repeat(np.arange(self.size), self.counts)

    def of(self, column: NDArray[Any]) -> NDArray[Any]:
        """Sum per trader: int64 for integers and booleans, float64 for floats; 0 for traders without rows."""
        column, sums = self._prepared(column)
        _add_up(self.bounds, column, sums)
        return sums

    def largest(self, column: NDArray[Any]) -> NDArray[Any]:
        """Largest value per trader, 0 for traders without rows or with negative ones only."""
        column, most = self._prepared(column)
        _find_largest(self.bounds, column, most)
        return most

    def _prepared(self, column: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        dtype = np.float64 if column.dtype.kind == "f" else np.int64
        return np.ascontiguousarray(column, dtype), np.zeros(self.size, dtype)


@compiled
def _add_up(bounds: IntArray, column: NDArray[Any], sums: NDArray[Any]) -> None:
    for t in range(len(sums)):
        for i in range(bounds[t], bounds[t + 1]):
            sums[t] += column[i]


@compiled
def _find_largest(bounds: IntArray, column: NDArray[Any], most: NDArray[Any]) -> None:
    for t in range(len(most)):
        for i in range(bounds[t], bounds[t + 1]):
            most[t] = max(most[t], column[i])
