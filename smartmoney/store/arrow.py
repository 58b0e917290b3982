"""Whole columns out of Postgres, by ADBC: no value ever becomes a Python object."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import adbc_driver_postgresql.dbapi
import numpy as np
import pyarrow as pa
from adbc_driver_postgresql.dbapi import Connection, Cursor
from numpy.typing import NDArray

from smartmoney.store.db import Store, translated
from smartmoney.store.greeting import HELLO, check_role
from smartmoney.units import MICROSECONDS

BATCH_BYTES = 16 * 2**20
_open: ContextVar[dict[str, Connection] | None] = ContextVar("open ADBC connections", default=None)


@contextmanager
def connected(store: Store) -> Iterator[Connection]:
    """An ADBC connection, shared by all that is done inside the block: making one costs more than most queries.

    Raises:
        SettingError: a pooler is between that ignores the role.
        StoreUnavailable: the database does not answer, or went away meanwhile.
    """
    known = _open.get() or {}
    with translated():
        if store.url in known:
            yield known[store.url]
            return
        with adbc_driver_postgresql.dbapi.connect(store.url) as connection:
            _greet(connection, store.url)
            token = _open.set({**known, store.url: connection})
            try:
                yield connection
            finally:
                _open.reset(token)


def _greet(connection: Connection, url: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(HELLO)
        row = cursor.fetchone()
        assert row is not None
        check_role(url, row[0])
        if row[1] != "UTC":
            cursor.execute("set timezone to 'UTC'")
    connection.commit()


@contextmanager
def opened(store: Store, query: str, parameters: Sequence[object] = ()) -> Iterator[Cursor]:
    """A cursor that has run a query, to be read batch by batch; `$1`, `$2` … are bound to `parameters`.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    with connected(store) as connection, connection.cursor() as cursor:
        cursor.adbc_statement.set_options(
            **{"adbc.postgresql.batch_size_hint_bytes": str(BATCH_BYTES)}
        )
        if store.patience_s is not None:
            cursor.execute(f"set local statement_timeout = '{store.patience_s}s'")
        cursor.execute(query, list(parameters) or None)
        yield cursor
        connection.rollback()  # no transaction stays open while the caller computes


def fetch(store: Store, query: str, parameters: Sequence[object] = ()) -> pa.Table:
    """The rows of a query as an Arrow table.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    with opened(store, query, parameters) as cursor:
        return cursor.fetch_arrow_table()


def listed(numbers: Sequence[int], kind: str = "integer") -> str:
    """Integers as an array literal of Postgres: ADBC binds no arrays."""
    return f"'{{{','.join(map(str, map(int, numbers)))}}}'::{kind}[]"


def column(table: pa.Table | pa.RecordBatch, name: str) -> NDArray[Any]:
    """A column without nulls as a numpy array; timestamps become Unix seconds."""
    array = table.column(name)
    if pa.types.is_timestamp(array.type):
        return np.asarray(array.cast(pa.int64()).to_numpy() // MICROSECONDS)
    return np.asarray(array.to_numpy())


def times(seconds: NDArray[Any]) -> pa.Array:
    """Unix seconds as Arrow timestamps; negative ones are null."""
    micro = seconds.astype(np.int64) * MICROSECONDS
    return pa.array(micro, pa.int64(), mask=seconds < 0).cast(pa.timestamp("us", "UTC"))
