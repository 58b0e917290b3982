"""Fills: what is known already is left as it is, the rest is added in binary. A second walk only looks.

Every function works inside the transaction of the connection it is given, so that rows, quarantine and cursor commit
together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
from psycopg import Connection
from psycopg.errors import UniqueViolation

from smartmoney.polymarket.types import FillRecord, MarketStub
from smartmoney.store.arrow import times
from smartmoney.store.bulk import Bulk
from smartmoney.store.ids import outcome_ids, recall, remember, trader_ids
from smartmoney.store.sql import Statements
from smartmoney.store.wallets.identity import Occurrences, digest, fill_identity, hash_bytes

SQL = Statements(__file__)
CASH_REPORTED = 1
PICO = 10**12
HASH_BYTES = 32
COLUMNS = {
    "ts": "i8",
    "key": "i8",
    "size_micro": "i8",
    "price_pico": "i8",
    "cash_micro": "i8",
    "trader_id": "i4",
    "outcome_id": "i4",
    "market_id": "i4",
    "side": "i2",
    "occurrence": "i2",
    "flags": "i2",
    "tx_hash": f"V{HASH_BYTES}",
}
"""The columns of table `trade`; in numpy `ts` counts Unix seconds."""
LARGE, NEARBY = 5_000, 2
"""Rows from which on a batch of several wallets looks at the rows of its time, and how many of them it reads for each of
its own, at most."""
ATTEMPTS = 5
Columns = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Saved:
    """How many rows were new, and how many were known already."""

    new: int = 0
    known: int = 0

    def __add__(self, other: Saved) -> Saved:
        return Saved(self.new + other.new, self.known + other.known)


def arrow_fills(columns: Columns) -> pa.Table:
    """Fills as the table `trade` takes them from Arrow; see COLUMNS."""
    made = {
        name: pa.array(np.asarray(columns[name], kind))
        for name, kind in COLUMNS.items()
        if name not in ("ts", "tx_hash")
    }
    hashes = pa.py_buffer(np.ascontiguousarray(columns["tx_hash"]))
    tx_hash = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(HASH_BYTES), len(columns["ts"]), [None, hashes]
    )
    return pa.table({"ts": times(columns["ts"]), **made, "tx_hash": tx_hash})


def prepare(
    connection: Connection[Any], address: str, stubs: Sequence[MarketStub], seconds: Sequence[int]
) -> None:
    """Make what a page's rows refer to, outside the page's own transaction.

    Two writers whose pages name the same new market or month would otherwise wait for each other, even in a circle.
    What is made and then not referred to does no harm.

    Args:
        connection: in autocommit mode.
        address: the wallet.
        stubs: markets and tokens the page names.
        seconds: when its fills happened.
    """
    if seconds:
        ensure_partitions(connection, min(seconds), max(seconds))
    outcome_ids(connection, stubs)
    trader_ids(connection, [address])


def ensure_partitions(connection: Connection[Any], first: int, last: int) -> None:
    """Make the monthly partitions for fills from one second to another, both included."""
    ends = [datetime.fromtimestamp(second, UTC) for second in (first, last)]
    months = range(*(end.year * 12 + end.month + n for n, end in enumerate(ends)))
    if recall(connection, "months").keys() >= set(map(str, months)):
        return
    SQL.run(connection, "ensure_partitions", first=first, last=last)
    remember(connection, "months", {str(month): 1 for month in months})


def save_fills(
    connection: Connection[Any], fills: Sequence[FillRecord], occurrences: Occurrences
) -> Saved:
    """Store one page of fills with the wallets, markets and tokens they name.

    Args:
        connection: in the page's transaction.
        fills: the page in the order it came.
        occurrences: the walk's counter of equal fills.
    """
    if not fills:
        return Saved()
    seconds = np.array([fill.ts for fill in fills], "i8")
    # before any row is locked: making a partition waits for all writers
    ensure_partitions(connection, int(seconds.min()), int(seconds.max()))
    markets, tokens = outcome_ids(connection, [fill.market for fill in fills])
    traders = trader_ids(connection, [fill.address for fill in fills])
    identities = [fill_identity(fill) for fill in fills]
    numbers = [
        occurrences.number(each, fill.ts) for each, fill in zip(identities, fills, strict=True)
    ]
    keys = [digest(each, n) for each, n in zip(identities, numbers, strict=True)]
    columns = {
        "ts": seconds,
        "key": np.array(keys, "i8"),
        "size_micro": np.array([fill.size_micro for fill in fills], "i8"),
        "price_pico": np.array([fill.price_pico for fill in fills], "i8"),
        "cash_micro": np.array([_cash(fill) for fill in fills], "i8"),
        "trader_id": np.array([traders[fill.address] for fill in fills], "i4"),
        "outcome_id": np.array([tokens[str(fill.market.token_id)] for fill in fills], "i4"),
        "market_id": np.array([markets[fill.market.condition_id] for fill in fills], "i4"),
        "side": np.array([1 if fill.side == "BUY" else -1 for fill in fills], "i2"),
        "occurrence": np.array(numbers, "i2"),
        "flags": np.array(
            [0 if fill.cash_micro is None else CASH_REPORTED for fill in fills], "i2"
        ),
        "tx_hash": _hashes([fill.tx_hash for fill in fills]),
    }
    return _insert(connection, columns)


def _cash(fill: FillRecord) -> int:
    if fill.cash_micro is not None:
        return fill.cash_micro
    return (fill.size_micro * fill.price_pico + PICO // 2) // PICO


def _hashes(texts: list[str]) -> np.ndarray:
    if all(len(text) == 2 + 2 * HASH_BYTES for text in texts):
        whole = bytes.fromhex("".join([text[2:] for text in texts]))
    else:
        whole = b"".join(map(hash_bytes, texts))
    return np.frombuffer(whole, COLUMNS["tx_hash"])


def copy_fills(connection: Connection[Any], columns: Columns) -> Saved:
    """Insert fills given as columns (see COLUMNS); known ones stay, and get their cash where it was missing."""
    if not len(columns["ts"]):
        return Saved()
    ensure_partitions(connection, int(columns["ts"].min()), int(columns["ts"].max()))
    return _insert(connection, columns)


def _insert(connection: Connection[Any], columns: Columns) -> Saved:
    """Look up which rows are known, copy the others. In the order of the key, so that two writers of the same rows wait
    for each other, never in a circle; what the other one has written meanwhile is looked up again.

    Faster than INSERT with ON CONFLICT, which writes row by row and confirms each.
    """
    order = np.lexsort((columns["key"], columns["ts"]))
    columns = {name: columns[name][order] for name in COLUMNS}
    seconds, key = columns["ts"], columns["key"]
    first = np.append(True, (np.diff(seconds) != 0) | (np.diff(key) != 0))
    for attempt in range(1, ATTEMPTS + 1):
        known, without_cash = _known(connection, columns["trader_id"], seconds, key)
        new = first & ~known
        try:
            with connection.transaction():  # a savepoint
                _append(connection, {name: values[new] for name, values in columns.items()})
            break
        except UniqueViolation:
            if attempt == ATTEMPTS:
                raise
    if without_cash or not first.all():
        _fill_cash(connection, {name: values[~new] for name, values in columns.items()})
    return Saved(int(new.sum()), int((~new).sum()))


def _known(
    connection: Connection[Any], trader: np.ndarray, seconds: np.ndarray, key: np.ndarray
) -> tuple[np.ndarray, bool]:
    """(bool per row, whether it is stored; some stored row may lack its cash). Rows are sorted by time."""
    span = {"begin": int(seconds[0]), "end": int(seconds[-1])}
    most = rows = NEARBY * len(key)
    alone = bool((trader == trader[0]).all())
    if alone or len(key) >= LARGE:
        whose = int(trader[0]) if alone else None
        found = SQL.run(connection, "near", **span, trader_id=whose, most=most).fetchone()
        stored_at, stored, without_cash, rows = found or ([], [], 0, 0)
    if rows == most:
        given = {"seconds": seconds.tolist(), "keys": key.tolist()}
        found = SQL.run(connection, "named", **span, **given).fetchone()
        stored_at, stored, without_cash = found or ([], [], 0)
    if not stored:
        return np.zeros(len(key), np.bool_), False
    keys, at = np.array(stored, "i8"), np.array(stored_at, "i8")
    order = np.argsort(keys)
    row = order[np.minimum(np.searchsorted(keys, key, sorter=order), len(keys) - 1)]
    return (keys[row] == key) & (at[row] == seconds), without_cash > 0


def _append(connection: Connection[Any], columns: Columns) -> None:
    """Add rows that are not there, and note whose they are."""
    if not len(columns["ts"]):
        return
    Bulk(connection).append("trade", arrow_fills(columns))
    traders, row = np.unique(columns["trader_id"], return_inverse=True)
    first, last = np.full(len(traders), np.iinfo(np.int64).max), np.zeros(len(traders), np.int64)
    np.minimum.at(first, row, columns["ts"])
    np.maximum.at(last, row, columns["ts"])
    SQL.run(connection, "note", traders=traders.tolist(), first=first.tolist(), last=last.tolist())


def _fill_cash(connection: Connection[Any], columns: Columns) -> None:
    """Give stored fills the cash that this page reports of them, where they have none."""
    reported = np.flatnonzero(columns["flags"] & CASH_REPORTED)
    if len(reported):
        seconds, keys, cash = (
            columns[name][reported].tolist() for name in ("ts", "key", "cash_micro")
        )
        SQL.run(
            connection,
            "fill_cash",
            seconds=seconds,
            keys=keys,
            cash=cash,
            begin=seconds[0],
            end=seconds[-1],
        )
