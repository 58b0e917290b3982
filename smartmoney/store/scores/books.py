"""What a run of scoring keeps beside the scores: wallets' books for pages and analysts, and what it knew of markets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from psycopg import Connection

from smartmoney.store.arrow import column
from smartmoney.store.bulk import Bulk
from smartmoney.store.sql import Statements

SQL = Statements(__file__)
IntArray = NDArray[np.integer[Any]]
BoolArray = NDArray[np.bool_]
BOOKS = {
    "ledger_position": ("trader_id", "outcome_id"),
    "trader_event": ("trader_id", "event_id"),
    "trader_days": ("trader_id",),
}
"""What pages and analysts read of a wallet's book, and the key of each table."""


class KnownMarkets(Protocol):
    """What is read here of a catalog of markets, see `smartmoney.store.columns.Catalog`."""

    @property
    def market_ids(self) -> NDArray[np.int32]:
        """Ids, ascending."""

    @property
    def structure(self) -> NDArray[np.int64]:
        """Digest per market of what a book is built on."""

    @property
    def facts(self) -> NDArray[np.int64]:
        """Digest per market of all that a score reads."""

    def market_rows(self, ids: NDArray[np.int32]) -> NDArray[np.int32]:
        """Rows of market ids; -1 for one that is not there."""


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


@dataclass(frozen=True)
class Differing:
    """Rows of the catalog whose market is not what the last run knew; both masks are per market.

    Attributes:
        structure: outcomes or the event's markets are others: books that name the market are built anew.
        facts: anything a score reads is another, or the market is new.
    """

    structure: BoolArray
    facts: BoolArray


def differing(connection: Connection[Any], catalog: KnownMarkets) -> Differing:
    """Compare the markets with what the last run knew of them."""
    rows = SQL.run(connection, "known_markets").fetchall()
    known = np.array(rows, np.int64).reshape(-1, 3)
    row = catalog.market_rows(known[:, 0].astype(np.int32))
    known, row = known[row >= 0], row[row >= 0]
    structure, facts = (
        np.zeros(len(catalog.market_ids), np.bool_),
        np.ones(len(catalog.market_ids), np.bool_),
    )
    structure[row] = catalog.structure[row] != known[:, 1]
    facts[row] = catalog.facts[row] != known[:, 2]
    return Differing(structure, facts)


def save_facts(bulk: Bulk, catalog: KnownMarkets, changed: BoolArray) -> None:
    """Note what this run knew of the markets that differed."""
    columns: dict[str, IntArray] = {
        "market_id": catalog.market_ids,
        "structure": catalog.structure,
        "facts": catalog.facts,
    }
    bulk.upsert(
        "ledger_market",
        ["market_id"],
        pa.table({name: rows[changed] for name, rows in columns.items()}),
    )


def holders(connection: Connection[Any], markets: IntArray, in_rows: bool = False) -> list[int]:
    """Wallets with a position in some markets (ids); with `in_rows` also those whose rows only name one."""
    if not len(markets):
        return []
    wallets = SQL.run(connection, "holders", markets=markets.tolist(), in_rows=in_rows)
    return [row[0] for row in wallets]
