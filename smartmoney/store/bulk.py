"""Writing tables by the hundred thousand rows: Arrow columns by binary COPY, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pyarrow as pa
from adbc_driver_postgresql.dbapi import Cursor
from numpy.typing import NDArray

from smartmoney.store.columns import connected
from smartmoney.store.db import Store

MICROSECONDS = 1_000_000
NO_WAIT = "set local synchronous_commit = off"
"""For what can be made again: a crash may lose the last commits, in order, and with them that the news were read."""


class Bulk:
    """One transaction of `writing`; its methods take Arrow tables whose types are those of the columns."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor

    def execute(self, statement: str) -> None:
        """Run a statement without parameters and without rows."""
        self._cursor.execute(statement)

    def append(self, table: str, rows: pa.Table) -> None:
        """Add rows to a table."""
        if len(rows):
            self._cursor.adbc_ingest(table, rows, mode="append")

    def stage(self, name: str, rows: pa.Table) -> None:
        """A temporary table of these rows, which lives as long as the transaction."""
        self._cursor.adbc_ingest(name, rows, mode="create", temporary=True)

    def upsert(self, table: str, key: str, rows: pa.Table) -> None:
        """Add rows, replacing those of the same key (column names, separated by commas)."""
        if not len(rows):
            return
        names, keys = rows.column_names, key.split(", ")
        changes = ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys)
        self.stage("stage_bulk", rows)
        self.execute(
            f"insert into {table} ({', '.join(names)}) select {', '.join(names)} from stage_bulk order by {key} "
            f"on conflict ({key}) do update set {changes}"
        )
        self.execute("drop table stage_bulk")


@contextmanager
def writing(store: Store) -> Iterator[Bulk]:
    """A transaction of bulk writes: committed at the end, rolled back on any error.

    Raises:
        StoreUnavailable: the database does not answer, or went away meanwhile.
    """
    with connected(store) as connection, connection.cursor() as cursor:
        try:
            cursor.execute(NO_WAIT)
            yield Bulk(cursor)
        except BaseException:
            connection.rollback()
            raise
        connection.commit()


def times(seconds: NDArray[Any]) -> pa.Array:
    """Unix seconds as Arrow timestamps; negative ones are null."""
    micro = seconds.astype(np.int64) * MICROSECONDS
    return pa.array(micro, pa.int64(), mask=seconds < 0).cast(pa.timestamp("us", "UTC"))


def listed(numbers: NDArray[Any], kind: str = "integer") -> str:
    """Integers as an array literal of Postgres."""
    return f"'{{{','.join(map(str, numbers.tolist()))}}}'::{kind}[]"
