"""Sums per trader, in the order of the rows, so that no partition of traders changes a bit of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from smartmoney.ledger.columns import IntArray


class Sums:
    """Adds up columns of a table by trader; `traders` is ascending and holds every trader of the table."""

    def __init__(self, traders: IntArray, owner: IntArray) -> None:
        self.row = np.searchsorted(traders, owner)
        self.size = len(traders)

    def of(self, column: NDArray[Any]) -> NDArray[Any]:
        """Sum per trader: int64 for integers and booleans, float64 for floats; 0 for traders without rows."""
        if column.dtype.kind == "f":
            return np.bincount(self.row, weights=column, minlength=self.size)
        sums = np.zeros(self.size, np.int64)
        np.add.at(sums, self.row, column)
        return sums

    def largest(self, column: NDArray[Any]) -> NDArray[Any]:
        """Largest value per trader, 0 for traders without rows or with negative ones only."""
        most = np.zeros(self.size, column.dtype)
        np.maximum.at(most, self.row, column)
        return most

    def bounds(self) -> NDArray[np.int64]:
        """bounds[t]:bounds[t + 1] are trader t's rows, for a table sorted by trader."""
        return np.searchsorted(self.row, np.arange(self.size + 1)).astype(np.int64)
