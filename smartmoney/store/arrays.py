"""Numpy arrays as Postgres arrays, in the binary form: a page of rows travels with its statement."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from psycopg.adapt import Dumper
from psycopg.pq import Format

OIDS = {">i8": 20, ">i4": 23, ">i2": 21, "V32": 17}
"""Element types by dtype: bigint, integer, smallint, bytea."""


@dataclass(frozen=True, slots=True)
class Array:
    """One column of values without nulls.

    Attributes:
        values: one-dimensional.
        kind: dtype it is sent as, one of OIDS.
    """

    values: np.ndarray
    kind: str


class ArrayDumper(Dumper):
    """Writes an `Array`; the statement says the type."""

    format = Format.BINARY

    def dump(self, obj: Array) -> bytes:
        """Header (dimensions, no nulls, element type, length, first index), then length and value of each element."""
        rows = np.empty(len(obj.values), dtype=[("length", ">i4"), ("value", obj.kind)])
        rows["length"], rows["value"] = np.dtype(obj.kind).itemsize, obj.values
        return np.array([1, 0, OIDS[obj.kind], len(rows), 1], ">i4").tobytes() + rows.tobytes()
