"""What a run of scoring keeps beside the scores: wallets' books for pages and analysts, and what it knew of markets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from psycopg import Connection

from smartmoney.store.arrow import column
from smartmoney.store.bulk import Bulk
from smartmoney.store.sql import Statements

SQL = Statements(__file__)
IntArray = NDArray[np.integer[Any]]
BOOKS = {
    "ledger_position": ("trader_id", "outcome_id"),
    "trader_event": ("trader_id", "event_id"),
    "trader_days": ("trader_id",),
}
"""What pages and analysts read of a wallet's book, and the key of each table."""


def save_books(bulk: Bulk, tables: dict[str, pa.Table], rebuilt: IntArray) -> None:
    """Store rows of BOOKS.

    Args:
        bulk: the transaction.
        tables: by name; the rows that changed, or all rows of a wallet that is rebuilt.
        rebuilt: wallets of which nothing older stays.
    """
    for name, key in BOOKS.items():
        rows = tables[name]
        if len(rebuilt):
            bulk.clear(name, rebuilt.tolist())
        fresh = np.isin(column(rows, "trader_id"), rebuilt)
        bulk.append(name, rows.filter(pa.array(fresh)))
        bulk.upsert(name, key, rows.filter(pa.array(~fresh)))


def known_markets(connection: Connection[Any]) -> NDArray[np.int64]:
    """What the last run knew of the markets: (id, structure, facts) by id."""
    rows = SQL.run(connection, "known_markets").fetchall()
    return np.array(rows, np.int64).reshape(-1, 3)


def save_markets(bulk: Bulk, rows: pa.Table) -> None:
    """Note what this run knew of some markets: market_id, structure, facts."""
    bulk.upsert("ledger_market", ["market_id"], rows)


def holders(connection: Connection[Any], markets: IntArray, in_rows: bool = False) -> list[int]:
    """Wallets with a position in some markets (ids); with `in_rows` also those whose rows only name one."""
    if not len(markets):
        return []
    wallets = SQL.run(connection, "holders", markets=markets.tolist(), in_rows=in_rows)
    return [row[0] for row in wallets]
