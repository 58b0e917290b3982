"""The table of what a run of the scores keeps per wallet, so that the next one reads only what is new."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from psycopg import Connection

from smartmoney.store.arrow import listed
from smartmoney.store.bulk import Bulk
from smartmoney.store.db import Store
from smartmoney.store.sql import Statements

SQL = Statements(__file__)


def kept_until(connection: Connection[Any], version: str) -> NDArray[np.int64]:
    """(trader, Unix second of the last row in its kept book, or -1) of the wallets kept in this version, ascending."""
    rows = SQL.run(connection, "kept_until", version=version).fetchall()
    return np.array(rows, np.int64).reshape(-1, 2)


def measures(connection: Connection[Any], version: str) -> bytes:
    """The kept measures of all wallets of this version, one after the other, ascending by wallet."""
    return b"".join(row[0] for row in SQL.run(connection, "measures", version=version))


def books(store: Store, traders: NDArray[np.integer[Any]], version: str) -> pa.Table:
    """The kept books of some wallets: trader_id, book."""
    return SQL.arrow(store, "books", {"traders": listed(traders.tolist())}, version=version)


def save(bulk: Bulk, rows: pa.Table, fresh: NDArray[np.bool_]) -> None:
    """Keep measures, and of the wallets that are `fresh` also their book, or that there is none.

    Args:
        bulk: the transaction.
        rows: trader_id, covered_to, version, part, book, book_to.
        fresh: per row.
    """
    replaced = rows.filter(pa.array(fresh))
    if len(replaced):
        bulk.clear("ledger_state", replaced.column("trader_id").to_pylist())
    bulk.append("ledger_state", replaced)
    rest = rows.filter(pa.array(~fresh)).drop_columns(["book", "book_to"])
    bulk.upsert("ledger_state", ["trader_id"], rest)
