"""Rows of a query as Arrow tables, straight from Postgres: no row ever becomes a Python object."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import adbc_driver_postgresql.dbapi
import pyarrow as pa
from adbc_driver_postgresql.dbapi import Connection, Cursor
from numpy.typing import NDArray

from smartmoney.store.db import Store, translated
from smartmoney.units import MICROSECONDS

BATCH_BYTES = 16 * 2**20


_open: ContextVar[dict[str, Connection] | None] = ContextVar("open ADBC connections", default=None)


@contextmanager
def connected(store: Store) -> Iterator[Connection]:
    """An ADBC connection, shared by all that is done inside the block: making one costs more than most queries.

    Raises:
        StoreUnavailable: the database does not answer, or went away meanwhile.
    """
    known = _open.get() or {}
    with translated():
        if store.url in known:
            yield known[store.url]
            return
        with adbc_driver_postgresql.dbapi.connect(store.url) as connection:
            token = _open.set({**known, store.url: connection})
            try:
                yield connection
            finally:
                _open.reset(token)


def fetch(store: Store, query: str, parameters: Sequence[object] = ()) -> pa.Table:
    """The rows of a query as an Arrow table, by ADBC; `$1`, `$2` … are bound to `parameters`.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    with opened(store, query, parameters) as cursor:
        return cursor.fetch_arrow_table()


@contextmanager
def opened(store: Store, query: str, parameters: Sequence[object] = ()) -> Iterator[Cursor]:
    """A cursor on the rows of a query, to be read batch by batch."""
    with connected(store) as connection, connection.cursor() as cursor:
        cursor.adbc_statement.set_options(
            **{"adbc.postgresql.batch_size_hint_bytes": str(BATCH_BYTES)}
        )
        cursor.execute(query, list(parameters) or None)
        yield cursor
        connection.rollback()  # no transaction stays open while the caller computes


def listed(numbers: Sequence[int], kind: str = "integer") -> str:
    """Integers as an array literal of Postgres."""
    return f"'{{{','.join(map(str, map(int, numbers)))}}}'::{kind}[]"


def column(table: pa.Table | pa.RecordBatch, name: str) -> NDArray[Any]:
    """A column without nulls as a numpy array; timestamps become Unix seconds."""
    array = table.column(name)
    timed = pa.types.is_timestamp(array.type)
    values: NDArray[Any] = (array.cast(pa.int64()) if timed else array).to_numpy()
    return values // MICROSECONDS if timed else values
