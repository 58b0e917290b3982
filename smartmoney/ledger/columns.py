"""Tables of equal-length numpy columns: the shape of everything that enters and leaves the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

IntArray = NDArray[np.integer[Any]]
BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float64]


def read_only(array: NDArray[Any]) -> NDArray[Any]:
    """A view that cannot be written: compiled code is made once per type, and data from Arrow come as such."""
    view = array.view()
    view.flags.writeable = False
    return view


@dataclass(frozen=True)
class Columns:
    """Base of frozen dataclasses whose fields are all one-dimensional arrays of one length."""

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Field name to array, in the order of declaration; nothing is copied."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def take(self, index: NDArray[Any] | slice) -> Self:
        """The rows that a mask, an index array or a slice selects."""
        return type(self)(**{name: array[index] for name, array in self.arrays().items()})

    def to_frame(self) -> pd.DataFrame:
        """One column per field, a RangeIndex, the arrays' own dtypes."""
        return pd.DataFrame(self.arrays(), copy=False)

    @classmethod
    def concat(cls, parts: Sequence[Self]) -> Self:
        """All rows of all parts, in the order given; at least one part is needed."""
        names = [field.name for field in fields(cls)]
        return cls(
            **{name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
        )


@dataclass(frozen=True)
class Records:
    """Rows of one trader and one key (an outcome, a day, nothing) with the int64 values that `RECORD` names.

    Attributes:
        trader: int32, ascending.
        key: int32, ascending within a trader; what it means is the subclass's word.
        values: int64 of shape (rows, fields), because numpy copies records field by field, twenty times slower than
            rows of numbers; the compiled kernel is given `records`.
    """

    RECORD: ClassVar[np.dtype[np.void]] = np.dtype([])
    KEY: ClassVar[str] = "key"

    trader: IntArray
    key: IntArray
    values: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.trader)

    def __getitem__(self, name: str) -> NDArray[np.int64]:
        """The column called `name`: a view, one of the names of `RECORD`."""
        return self.values[:, self.names().index(name)]

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The fields of a row, in order."""
        return cls.RECORD.names or ()

    @property
    def records(self) -> NDArray[np.void]:
        """The values as records with named fields: a view."""
        return np.ascontiguousarray(self.values).view(self.RECORD).ravel()

    def take(self, index: NDArray[Any] | slice) -> Self:
        """The rows that a mask, an index array or a slice selects."""
        return type(self)(self.trader[index], self.key[index], self.values[index])

    def of_traders(self, traders: IntArray) -> Self:
        """The rows of `traders` only."""
        return self.take(np.isin(self.trader, traders))

    def to_frame(self) -> pd.DataFrame:
        """Columns `trader`, the key's name and every name of `RECORD` (int64), with a RangeIndex."""
        keys = pd.DataFrame({"trader": self.trader, self.KEY: self.key})
        return pd.concat([keys, pd.DataFrame(self.values, columns=list(self.names()))], axis=1)

    @classmethod
    def empty(cls) -> Self:
        """No rows."""
        none = np.zeros(0, np.int32)
        return cls(none, none, np.zeros((0, len(cls.names())), np.int64))

    @classmethod
    def concat(cls, parts: Sequence[Self]) -> Self:
        """All rows of all parts, sorted by trader and key."""
        parts = [part for part in parts if len(part)]
        if len(parts) < 2:
            return parts[0] if parts else cls.empty()
        trader = np.concatenate([part.trader for part in parts])
        key = np.concatenate([part.key for part in parts])
        order = np.argsort((trader.astype(np.int64) << 32) | key)
        return cls(
            trader[order], key[order], np.concatenate([part.values for part in parts])[order]
        )


def numbers(records: NDArray[np.void]) -> NDArray[np.int64]:
    """Records of int64 fields as numbers of shape (rows, fields): a view."""
    return records.view(np.int64).reshape(len(records), len(records.dtype.names or ()))
