"""Per wallet, what a run keeps so that the next one reads only what is new: its measures, and the book of a busy wallet."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from psycopg import Connection

from smartmoney.ledger import Accounts, Days, LedgerState, Positions
from smartmoney.ledger.columns import IntArray
from smartmoney.metrics import Measures
from smartmoney.store.arrow import column, fetch, listed
from smartmoney.store.bulk import Bulk
from smartmoney.store.columns import Catalog
from smartmoney.store.db import Store

RECORD = np.dtype([(name, "<i8") for name in Measures.__dataclass_fields__])
"""One wallet's measures: every field in eight bytes, floats as their own bits."""
LAYOUT = int.from_bytes(
    hashlib.blake2b(
        repr((1, Positions.NAMES, Accounts.NAMES, Days.NAMES)).encode(), digest_size=7
    ).digest()
)
"""First number of a kept book; one of another layout is not read back."""
CODEC = pa.Codec("lz4_raw")
PLACE_BITS = 8


def packed(measures: Measures) -> np.ndarray:
    """Measures as an array of RECORD."""
    rows = np.zeros(len(measures), RECORD)
    for name, values in measures.arrays().items():
        rows[name] = values.astype("<f8").view("<i8") if values.dtype.kind == "f" else values
    return rows


def unpacked(rows: np.ndarray) -> Measures:
    """The inverse of `packed`."""
    example = Measures.__annotations__
    return Measures(
        **{
            name: rows[name].copy().view("<f8")
            if "Float" in str(example[name])
            else _whole(name, rows[name])
            for name in RECORD.names or ()
        }
    )


def _whole(name: str, values: np.ndarray) -> np.ndarray:
    kinds = {"trader": np.int32, "best_category": np.int16}
    return values.astype(kinds.get(name, np.int64))


@dataclass(frozen=True)
class Known:
    """What earlier runs kept of the wallets, ascending by trader.

    Attributes:
        trader: int32.
        book_to: int64, Unix second of the last row in the kept book; -1 where none is kept.
    """

    trader: IntArray
    book_to: IntArray


def load_known(connection: Connection[Any], version: str) -> Known:
    """The wallets whose kept measures are of this version."""
    rows = connection.execute(
        "select trader_id, coalesce(book_to, -1) from ledger_state where version = %s order by trader_id",
        [version],
    ).fetchall()
    table = np.array(rows, np.int64).reshape(-1, 2)
    return Known(table[:, 0].astype(np.int32), table[:, 1])


def load_parts(connection: Connection[Any], version: str) -> Measures:
    """The kept measures of all wallets of this version, ascending by wallet."""
    rows = connection.execute(
        "select part from ledger_state where version = %s order by trader_id", [version]
    ).fetchall()
    return unpacked(np.frombuffer(b"".join(row[0] for row in rows), RECORD))


def save_parts(
    bulk: Bulk,
    measures: Measures,
    books: LedgerState,
    replaced: IntArray,
    version: str,
    catalog: Catalog,
    as_of: datetime,
) -> None:
    """Keep the measures of some wallets.

    Args:
        bulk: the transaction.
        measures: of the wallets read.
        books: the books to keep, of some of them.
        replaced: wallets whose kept book ends here; those not in `books` have none from now on.
        version: of formulas and categories; parts of another version are not read back.
        catalog: the numbering of `books`.
        as_of: all activity up to this second was read.
    """
    rows = packed(measures)
    blobs = dict(zip(books.accounts.trader.tolist(), _books(books, catalog), strict=True))
    last = dict(
        zip(books.accounts.trader.tolist(), books.accounts["last_ts"].tolist(), strict=True)
    )
    traders = measures.trader.tolist()
    table = pa.table(
        {
            "trader_id": pa.array(measures.trader, pa.int32()),
            "covered_to": pa.array([as_of] * len(traders), pa.timestamp("us", "UTC")),
            "version": pa.array([version] * len(traders), pa.string()),
            "part": pa.array([row.tobytes() for row in rows], pa.binary()),
            "book": pa.array([blobs.get(trader) for trader in traders], pa.binary()),
            "book_to": pa.array([last.get(trader) for trader in traders], pa.int64()),
        }
    )
    fresh = np.isin(measures.trader, replaced)
    if fresh.any():
        bulk.clear("ledger_state", measures.trader[fresh].tolist())
    bulk.append("ledger_state", table.filter(pa.array(fresh)))
    bulk.upsert(
        "ledger_state",
        ["trader_id"],
        table.filter(pa.array(~fresh)).drop_columns(["book", "book_to"]),
    )


def _books(state: LedgerState, catalog: Catalog) -> list[bytes]:
    """One compressed array of int64 per trader: layout, counts, account, then positions and days column by column.

    Outcomes are named by market and place: rows of the catalog move when markets are added.
    """
    markets, positions, days = catalog.markets, state.positions, state.days
    market = catalog.market_ids[markets.outcome_market[positions.outcome]].astype(np.int64)
    key = (market << PLACE_BITS) | markets.outcome_position[positions.outcome]
    traders = state.accounts.trader
    held, dated = (_bounds(records.trader, traders) for records in (positions, days))
    found = []
    for i in range(len(traders)):
        p, d = slice(held[i, 0], held[i, 1]), slice(dated[i, 0], dated[i, 1])
        parts = (
            np.array([LAYOUT, p.stop - p.start, d.stop - d.start]),
            state.accounts.values[i],
            key[p],
            positions.values[p].T.ravel(),
            days.key[d],
            days.values[d].T.ravel(),
        )
        whole = np.concatenate(parts, dtype=np.int64).astype("<i8").tobytes()
        found.append(len(whole).to_bytes(4, "little") + CODEC.compress(whole, asbytes=True))
    return found


def _bounds(owner: IntArray, traders: IntArray) -> NDArray[np.int64]:
    return np.stack([np.searchsorted(owner, traders, side) for side in ("left", "right")], axis=1)


def load_books(store: Store, catalog: Catalog, traders: IntArray) -> LedgerState:
    """The kept books of some wallets, in the numbering of `catalog`; wallets without one are left out."""
    query = f"select trader_id, book from ledger_state where book is not null and trader_id = any({listed(traders.tolist())}) order by 1"
    table = fetch(store, query) if len(traders) else pa.table({"trader_id": [], "book": []})
    owners, account, keys, values, day_keys, day_values = [], [], [], [], [], []
    for trader, blob in zip(
        column(table, "trader_id").tolist(), table.column("book").to_pylist(), strict=True
    ):
        numbers = np.frombuffer(
            CODEC.decompress(blob[4:], int.from_bytes(blob[:4], "little")), "<i8"
        )
        if numbers[0] != LAYOUT:
            continue
        n, m = int(numbers[1]), int(numbers[2])
        sizes = np.cumsum([3, len(Accounts.NAMES), n, n * len(Positions.NAMES), m])
        _, one, key, held, day, dated = np.split(numbers, sizes)
        owners.append(trader)
        account.append(one)
        keys.append(key)
        values.append(held.reshape(len(Positions.NAMES), n).T)
        day_keys.append(day)
        day_values.append(dated.reshape(len(Days.NAMES), m).T)
    if not owners:
        return LedgerState.empty()
    who = np.array(owners, np.int32)
    return LedgerState(
        Positions(
            np.repeat(who, [len(key) for key in keys]),
            _outcomes(np.concatenate(keys), catalog),
            _rows(values),
        ),
        Accounts(who, np.zeros_like(who), _rows([one[None, :] for one in account])),
        Days(
            np.repeat(who, [len(key) for key in day_keys]),
            np.concatenate(day_keys).astype(np.int32),
            _rows(day_values),
        ),
        catalog.markets.payout_micro,
    )


def _rows(parts: list[np.ndarray]) -> NDArray[np.int64]:
    return np.ascontiguousarray(np.concatenate(parts), np.int64)


def _outcomes(key: NDArray[np.int64], catalog: Catalog) -> NDArray[np.int32]:
    market = catalog.market_rows((key >> PLACE_BITS).astype(np.int32))
    return (catalog.markets.first_outcome[market] + (key & ((1 << PLACE_BITS) - 1))).astype(
        np.int32
    )
