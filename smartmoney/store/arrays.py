"""Numpy arrays as Postgres arrays and back, in the binary form: what a page of rows asks travels with its statement."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from psycopg.adapt import Dumper
from psycopg.pq import Format

TYPES = {"bigint": (20, ">i8"), "integer": (23, ">i4"), "timestamptz": (1184, ">i8")}
"""Number and binary form of the element types; a timestamptz counts microseconds since 2000."""


@dataclass(frozen=True, slots=True)
class Array:
    """One column of values without nulls.

    Attributes:
        values: one-dimensional.
        kind: type of its elements, one of TYPES.
    """

    values: np.ndarray
    kind: str


class ArrayDumper(Dumper):
    """Writes an `Array`; the statement says the type."""

    format = Format.BINARY

    def dump(self, obj: Array) -> bytes:
        """Header (dimensions, no nulls, element type, length, first index), then length and value of each element."""
        number, form = TYPES[obj.kind]
        rows = np.empty(len(obj.values), dtype=[("length", ">i4"), ("value", form)])
        rows["length"], rows["value"] = np.dtype(form).itemsize, obj.values
        return np.array([1, 0, number, len(rows), 1], ">i4").tobytes() + rows.tobytes()


def read_array(raw: bytes | None) -> np.ndarray:
    """The inverse for elements of eight bytes: int64, empty for null."""
    rows = np.frombuffer(raw or bytes(20), [("length", ">i4"), ("value", ">i8")], offset=20)
    return rows["value"].astype(np.int64)
