"""Per wallet, what a run keeps so that the next one reads only what is new: its measures, and the book of a busy wallet.

Both are kept as plain numbers. The version they are kept under is made from the names and types of all fields, so that
what was written in another layout is never read back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from smartmoney.books.catalog import Catalog
from smartmoney.ledger import Accounts, Days, LedgerState, Positions
from smartmoney.ledger.columns import Columns, IntArray
from smartmoney.metrics import Measures
from smartmoney.store.arrow import column
from smartmoney.store.bulk import Bulk
from smartmoney.store.db import PostgresConnection, Store
from smartmoney.store.scores import kept_books

CODEC = pa.Codec("lz4_raw")
PLACE_BITS = 8
WHOLE = {"trader": np.int32, "best_category": np.int16}
"""Integer measures of fewer than eight bytes."""


def record_of(measures: type[Columns]) -> np.dtype[np.void]:
    """One wallet's measures: every field in eight bytes, floats as their own bits."""
    return np.dtype([(field.name, "<i8") for field in fields(measures)])


def version_of(score_version: str, categories: Sequence[str], measures: type[Columns]) -> str:
    """The version under which measures and books are kept: of formulas, of the numbering of categories, and of the layout
    of what is stored."""
    layout = [(field.name, str(field.type)) for field in fields(measures)]
    records = [table.RECORD.descr for table in (Positions, Accounts, Days)]
    text = repr((layout, records, tuple(categories)))
    return f"{score_version}:{hashlib.blake2b(text.encode(), digest_size=8).hexdigest()}"


def packed(measures: Measures) -> NDArray[np.void]:
    """Measures as an array of `record_of`."""
    rows = np.zeros(len(measures), record_of(Measures))
    for name, values in measures.arrays().items():
        rows[name] = values.astype("<f8").view("<i8") if values.dtype.kind == "f" else values
    return rows


def unpacked(rows: NDArray[np.void]) -> Measures:
    """The inverse of `packed`."""
    return Measures(
        **{
            field.name: rows[field.name].copy().view("<f8")
            if "Float" in str(field.type)
            else rows[field.name].astype(WHOLE.get(field.name, np.int64))
            for field in fields(Measures)
        }
    )


@dataclass(frozen=True)
class Known:
    """What earlier runs kept of the wallets, ascending by trader.

    Attributes:
        trader: int32.
        book_to: int64, Unix second of the last row in the kept book; -1 where none is kept.
    """

    trader: IntArray
    book_to: IntArray


def load_known(connection: PostgresConnection[Any], version: str) -> Known:
    """The wallets whose kept measures are of this version."""
    table = kept_books.kept_until(connection, version)
    return Known(table[:, 0].astype(np.int32), table[:, 1])


def load_measures(connection: PostgresConnection[Any], version: str) -> Measures:
    """The kept measures of all wallets of this version, ascending by wallet."""
    return unpacked(np.frombuffer(kept_books.measures(connection, version), record_of(Measures)))


def save(
    bulk: Bulk,
    measures: Measures,
    books: LedgerState,
    replaced: IntArray,
    *,
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
        version: see `version_of`.
        catalog: the numbering of `books`.
        as_of: all activity up to this second was read.
    """
    owners = books.accounts.trader.tolist()
    blobs = dict(zip(owners, _books(books, catalog), strict=True))
    last = dict(zip(owners, books.accounts["last_ts"].tolist(), strict=True))
    traders = measures.trader.tolist()
    table = pa.table(
        {
            "trader_id": pa.array(measures.trader, pa.int32()),
            "covered_to": pa.array([as_of] * len(traders), pa.timestamp("us", "UTC")),
            "version": pa.array([version] * len(traders), pa.string()),
            "part": pa.array([row.tobytes() for row in packed(measures)], pa.binary()),
            "book": pa.array([blobs.get(trader) for trader in traders], pa.binary()),
            "book_to": pa.array([last.get(trader) for trader in traders], pa.int64()),
        }
    )
    kept_books.save(bulk, table, np.isin(measures.trader, replaced))


def _books(state: LedgerState, catalog: Catalog) -> list[bytes]:
    """One compressed array of int64 per trader: counts, account, then positions and days column by column.

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
            np.array([p.stop - p.start, d.stop - d.start]),
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


def load_books(store: Store, catalog: Catalog, traders: IntArray, version: str) -> LedgerState:
    """The kept books of some wallets, in the numbering of `catalog`; wallets without one are left out."""
    if not len(traders):
        return LedgerState.empty()
    table = kept_books.books(store, traders, version)
    owners, account, keys, values, day_keys, day_values = [], [], [], [], [], []
    for trader, blob in zip(
        column(table, "trader_id").tolist(), table.column("book").to_pylist(), strict=True
    ):
        numbers = np.frombuffer(
            CODEC.decompress(blob[4:], int.from_bytes(blob[:4], "little")), "<i8"
        )
        n, m = int(numbers[0]), int(numbers[1])
        sizes = np.cumsum([2, len(Accounts.names()), n, n * len(Positions.names()), m])
        _, one, key, held, day, dated = np.split(numbers, sizes)
        owners.append(trader)
        account.append(one)
        keys.append(key)
        values.append(held.reshape(len(Positions.names()), n).T)
        day_keys.append(day)
        day_values.append(dated.reshape(len(Days.names()), m).T)
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
