"""Writing tables by the hundred thousand rows: Arrow columns by binary COPY, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pgpq import ArrowToPostgresBinaryEncoder
from psycopg import Connection, sql

from smartmoney.store.db import Store
from smartmoney.units import MICROSECONDS

BATCH_ROWS = 50_000
"""Rows encoded at a time."""
NO_WAIT = "set local synchronous_commit = off"
"""For what can be made again: a crash may lose the last commits, in order, and with them that the news were read."""


class Bulk:
    """One transaction of `writing`; its methods take Arrow tables whose types are those of the columns."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection

    def execute(self, statement: LiteralString, parameters: Sequence[object] = ()) -> None:
        """Run a statement without rows."""
        self._connection.execute(statement, parameters)

    def clear(self, table: str, traders: Sequence[int]) -> None:
        """Delete all rows of some wallets (ids)."""
        statement = sql.SQL("delete from {} where trader_id = any(%s)").format(
            sql.Identifier(table)
        )
        self._connection.execute(statement, [list(traders)])

    def append(self, table: str, rows: pa.Table) -> None:
        """Add rows to a table."""
        if not len(rows):
            return
        names = sql.SQL(", ").join(map(sql.Identifier, rows.column_names))
        encoder = ArrowToPostgresBinaryEncoder(rows.schema)
        into = sql.SQL("copy {} ({}) from stdin (format binary)").format(
            sql.Identifier(table), names
        )
        with self._connection.cursor() as cursor, cursor.copy(into) as copy:
            copy.write(encoder.write_header())
            for batch in rows.to_batches(BATCH_ROWS):
                copy.write(encoder.write_batch(batch))
            copy.write(encoder.finish())

    def upsert(self, table: str, key: Sequence[str], rows: pa.Table) -> None:
        """Add rows, replacing those of the same key (names of columns)."""
        if not len(rows):
            return
        named = {name: sql.Identifier(name) for name in rows.column_names}
        names, keys = (sql.SQL(", ").join(map(sql.Identifier, each)) for each in (named, key))
        changes = [
            sql.SQL("{0} = excluded.{0}").format(named[name]) for name in named if name not in key
        ]
        words = {
            "table": sql.Identifier(table),
            "names": names,
            "keys": keys,
            "changes": sql.SQL(", ").join(changes),
        }
        self._connection.execute(
            sql.SQL(
                "create temporary table stage_bulk on commit drop as select {names} from {table} with no data"
            ).format(**words)
        )
        self.append("stage_bulk", rows)
        self._connection.execute(
            sql.SQL(
                "insert into {table} ({names}) select {names} from stage_bulk order by {keys} "
                "on conflict ({keys}) do update set {changes}"
            ).format(**words)
        )
        self._connection.execute("drop table stage_bulk")


@contextmanager
def writing(store: Store) -> Iterator[Bulk]:
    """A transaction of bulk writes: committed at the end, rolled back on any error.

    Raises:
        StoreUnavailable: the database does not answer, or went away meanwhile.
    """
    with store.raw() as connection:
        connection.execute(NO_WAIT)
        yield Bulk(connection)


def times(seconds: NDArray[Any]) -> pa.Array:
    """Unix seconds as Arrow timestamps; negative ones are null."""
    micro = seconds.astype(np.int64) * MICROSECONDS
    return pa.array(micro, pa.int64(), mask=seconds < 0).cast(pa.timestamp("us", "UTC"))
