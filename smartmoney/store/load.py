"""Bulk load of what wallets did: what is known already is left as it is, the rest is added in binary.

Fills are looked up by their key and copied where they are not known: a second walk only looks.

Every function works inside the transaction of the connection it is given, so that rows, quarantine and cursor commit
together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from psycopg import Connection, Cursor
from psycopg.errors import UniqueViolation

from smartmoney.polymarket.types import ActivityRecord, FillRecord, MarketStub
from smartmoney.store import dims
from smartmoney.store.arrays import Array, ArrayDumper, read_array
from smartmoney.store.keys import EMPTY_HASH, Occurrences, activity_identity, digest, fill_identity
from smartmoney.store.remembered import recall, remember
from smartmoney.units import PICO

POSTGRES_EPOCH = 946_684_800  # 2000-01-01 UTC in Unix seconds
CASH_REPORTED = 1
COPY_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
COPY_TRAILER = b"\xff\xff"
COLUMNS = {
    "ts": ">i8",
    "key": ">i8",
    "size_micro": ">i8",
    "price_pico": ">i8",
    "cash_micro": ">i8",
    "trader_id": ">i4",
    "outcome_id": ">i4",
    "market_id": ">i4",
    "side": ">i2",
    "occurrence": ">i2",
    "flags": ">i2",
    "tx_hash": "V32",
}
# Rows of the same time, of one wallet or of all, where they are few beside the batch; else each row is looked up by
# itself, in a nested loop by its form: whatever the planner thinks of the arrays, the table is never read as a whole.
NEAR = """select array_agg(ts), array_agg(key), count(*) filter (where flags & 1 = 0), count(*)
from (select ts, key, flags from trade where {whose} and ts between to_timestamp(%s) and to_timestamp(%s)
      order by ts, key limit %s) as t"""
NEAR_OF_WALLET, NEAR_OF_ALL = NEAR.format(whose="trader_id = %s"), NEAR.format(whose="true")
NAMED = """select array_agg(k.ts), array_agg(k.key), count(*) filter (where t.flags & 1 = 0)
from unnest(%s::timestamptz[], %s::bigint[]) as k(ts, key)
cross join lateral (select t.flags from trade t where t.ts = k.ts and t.key = k.key
                    and t.ts between to_timestamp(%s) and to_timestamp(%s) limit 1) as t"""
LARGE, NEARBY = 5_000, 2
"""Rows from which on a batch of several wallets looks at the rows of its time, and how many of them it reads for each of
its own, at most."""
FILL_CASH = """update trade t set cash_micro = s.cash_micro, flags = t.flags | 1
from unnest(%s::timestamptz[], %s::bigint[], %s::bigint[]) as s(ts, key, cash_micro)
where t.ts = s.ts and t.key = s.key and t.flags & 1 = 0 and t.ts between to_timestamp(%s) and to_timestamp(%s)"""
ATTEMPTS = 5
# What was really new is noted per wallet, so that the ledger reads those rows and no others.
NEWS = """, news as (
    insert into trader_news as n (trader_id, first_new) select trader_id, first_new from seen order by 1
    on conflict (trader_id) do update set first_new = least(n.first_new, excluded.first_new),
                                          marks = n.marks + 1),
active as (
    update trader t set last_active_at = last_seen from seen
    where t.id = trader_id and (t.last_active_at is null or t.last_active_at < last_seen))
select """
NOTE_FILLS = f"""with seen as (
    select * from unnest(%s::integer[], %s::timestamptz[], %s::timestamptz[]) as x(trader_id, first_new, last_seen)
){NEWS} null"""
INSERT_ACTIVITY = f"""with fresh as (
    insert into activity (ts, key, kind, size_micro, cash_micro, trader_id, market_id, outcome_id, occurrence, tx_hash,
                          raw_kind)
    select to_timestamp(a), b, c, d, e, f, g, h, i, j, k from unnest(%s::bigint[], %s::bigint[], %s::text[],
        %s::bigint[], %s::bigint[], %s::int[], %s::int[], %s::int[], %s::smallint[], %s::bytea[], %s::text[])
        as x(a, b, c, d, e, f, g, h, i, j, k)
    order by a, b on conflict do nothing returning trader_id, ts
), seen as (
    select trader_id, min(ts) as first_new, max(ts) as last_seen from fresh group by 1
){NEWS} count(*) from fresh"""


@dataclass(frozen=True)
class Saved:
    """How many rows were new, and how many were known already."""

    new: int = 0
    known: int = 0

    def __add__(self, other: Saved) -> Saved:
        return Saved(self.new + other.new, self.known + other.known)


def packed(columns: dict[str, np.ndarray]) -> bytes:
    """Rows in Postgres' binary COPY format.

    Args:
        columns: one array per name in COLUMNS; `ts` in Unix seconds, `tx_hash` of dtype V32.
    """
    fields: list[tuple[str, str]] = [("count", ">i2")]
    for name, kind in COLUMNS.items():
        fields += [(f"{name}_length", ">i4"), (name, kind)]
    rows = np.zeros(len(columns["ts"]), dtype=np.dtype(fields))
    rows["count"] = len(COLUMNS)
    for name, kind in COLUMNS.items():
        rows[f"{name}_length"] = np.dtype(kind).itemsize
        rows[name] = columns[name] if name != "ts" else _timestamps(columns[name])
    return COPY_HEADER + rows.tobytes() + COPY_TRAILER


def _timestamps(seconds: np.ndarray) -> np.ndarray:
    """Unix seconds as Postgres counts them: microseconds since 2000."""
    return (seconds.astype("i8") - POSTGRES_EPOCH) * 1_000_000


def copy_fills(connection: Connection[Any], columns: dict[str, np.ndarray]) -> Saved:
    """Insert fills given as columns (see `packed`); known ones stay, and get their cash where it was missing."""
    if not len(columns["ts"]):
        return Saved()
    ensure_partitions(connection, int(columns["ts"].min()), int(columns["ts"].max()))
    return _insert(connection, columns)


def ensure_partitions(connection: Connection[Any], first: int, last: int) -> None:
    """Make the monthly partitions for fills from one second to another, both included."""
    ends = [datetime.fromtimestamp(second, UTC) for second in (first, last)]
    months = [
        str(month)
        for month in range(*(end.year * 12 + end.month + n for n, end in enumerate(ends)))
    ]
    if recall(connection, "months").keys() >= set(months):
        return
    connection.execute(
        "select ensure_trade_partitions(to_timestamp(%s), to_timestamp(%s))", [first, last]
    )
    remember(connection, "months", dict.fromkeys(months, 1))


def _insert(connection: Connection[Any], columns: dict[str, np.ndarray]) -> Saved:
    """Look up which rows are known, copy the others. In the order of the key, so that two writers of the same rows wait
    for each other, never in a circle; what the other one has written meanwhile is looked up again.

    Faster than INSERT with ON CONFLICT, which writes row by row and confirms each.
    """
    order = np.lexsort((columns["key"], columns["ts"]))
    seconds, key = columns["ts"][order], columns["key"][order]
    first = np.append(True, (np.diff(seconds) != 0) | (np.diff(key) != 0))
    with connection.cursor(binary=True) as cursor:
        cursor.adapters.register_dumper(Array, ArrayDumper)
        for attempt in range(1, ATTEMPTS + 1):
            known, without_cash = _known(cursor, columns["trader_id"], seconds, key)
            new = first & ~known
            try:
                with connection.transaction():  # a savepoint
                    _copy(cursor, {name: columns[name][order[new]] for name in COLUMNS})
                break
            except UniqueViolation:
                if attempt == ATTEMPTS:
                    raise
        if without_cash or not first.all():
            _fill_cash(cursor, {name: columns[name][order[~new]] for name in COLUMNS})
    return Saved(int(new.sum()), int((~new).sum()))


def _known(
    cursor: Cursor[Any], trader: np.ndarray, seconds: np.ndarray, key: np.ndarray
) -> tuple[np.ndarray, bool]:
    """(bool per row, whether it is stored; some stored row may lack its cash). Rows are sorted by time."""
    begin, end, most = int(seconds[0]), int(seconds[-1]), NEARBY * len(key)
    near = most
    if (trader == trader[0]).all():
        *_, without_cash, near = cursor.execute(
            NEAR_OF_WALLET, [int(trader[0]), begin, end, most]
        ).fetchone()  # type: ignore[misc]
    elif len(key) >= LARGE:
        *_, without_cash, near = cursor.execute(NEAR_OF_ALL, [begin, end, most]).fetchone()  # type: ignore[misc]
    if near == most:
        given = [Array(_timestamps(seconds), "timestamptz"), Array(key, "bigint"), begin, end]
        *_, without_cash = cursor.execute(NAMED, given).fetchone()  # type: ignore[misc]
    assert cursor.pgresult is not None
    stored_at, stored = (read_array(cursor.pgresult.get_value(0, column)) for column in (0, 1))
    if not len(stored):
        return np.zeros(len(key), np.bool_), False
    order = np.argsort(stored)
    row = order[np.minimum(np.searchsorted(stored, key, sorter=order), len(stored) - 1)]
    return (stored[row] == key) & (stored_at[row] == _timestamps(seconds)), without_cash > 0


def _copy(cursor: Cursor[Any], columns: dict[str, np.ndarray]) -> None:
    """Add rows that are not there, and note whose they are."""
    if not len(columns["ts"]):
        return
    with cursor.copy("copy trade from stdin (format binary)") as copy:
        copy.write(packed(columns))
    traders, row = np.unique(columns["trader_id"], return_inverse=True)
    begin, end = np.full(len(traders), np.iinfo(np.int64).max), np.zeros(len(traders), np.int64)
    np.minimum.at(begin, row, columns["ts"])
    np.maximum.at(end, row, columns["ts"])
    cursor.execute(
        NOTE_FILLS,
        [
            Array(traders, "integer"),
            *(Array(_timestamps(each), "timestamptz") for each in (begin, end)),
        ],
    )


def _fill_cash(cursor: Cursor[Any], columns: dict[str, np.ndarray]) -> None:
    """Give stored fills the cash that this page reports of them, where they have none."""
    told = np.flatnonzero(columns["flags"] & CASH_REPORTED)
    if len(told):
        seconds = columns["ts"][told]
        rows = [
            Array(_timestamps(seconds), "timestamptz"),
            *(Array(columns[name][told], "bigint") for name in ("key", "cash_micro")),
        ]
        cursor.execute(FILL_CASH, [*rows, int(seconds[0]), int(seconds[-1])])


def save_fills(
    connection: Connection[Any], fills: Sequence[FillRecord], occurrences: Occurrences
) -> Saved:
    """Store one page of fills with the wallets, markets and tokens they name.

    Args:
        fills: the page in the order it came.
        occurrences: the walk's counter of equal fills.
    """
    if not fills:
        return Saved()
    seconds = np.array([fill.ts for fill in fills], "i8")
    # before any row is locked: making a partition waits for all writers
    ensure_partitions(connection, int(seconds.min()), int(seconds.max()))
    markets, tokens = dims.outcome_ids(connection, [fill.market for fill in fills])
    traders = dims.trader_ids(connection, [fill.address for fill in fills])
    identities = [fill_identity(fill) for fill in fills]
    numbers = [
        occurrences.number(each, fill.ts) for each, fill in zip(identities, fills, strict=True)
    ]
    columns = {
        "ts": seconds,
        "key": np.array(
            [digest(each, n) for each, n in zip(identities, numbers, strict=True)], "i8"
        ),
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
    worth: int = (fill.size_micro * fill.price_pico + PICO // 2) // PICO
    return worth


def _hashes(texts: list[str]) -> np.ndarray:
    if all(len(text) == 66 for text in texts):
        return np.frombuffer(bytes.fromhex("".join([text[2:] for text in texts])), "V32")
    return np.frombuffer(b"".join(map(_hash, texts)), "V32")


def _hash(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x")).rjust(32, b"\0")[:32] if text else EMPTY_HASH


def save_activity(
    connection: Connection[Any], rows: Sequence[ActivityRecord], occurrences: Occurrences
) -> Saved:
    """Store one page of splits, merges, redemptions, conversions, income and transfers."""
    if not rows:
        return Saved()
    stubs: list[MarketStub] = [row.market for row in rows if row.market]
    markets, tokens = dims.outcome_ids(connection, stubs)
    traders = dims.trader_ids(connection, [row.address for row in rows])
    identities = [activity_identity(row) for row in rows]
    numbers = [occurrences.number(each, row.ts) for each, row in zip(identities, rows, strict=True)]
    values = [
        (
            row.ts,
            digest(identity, n),
            row.kind,
            row.size_micro,
            row.cash_micro,
            traders[row.address],
            markets[row.market.condition_id] if row.market else None,
            tokens[row.market.token_id] if row.market and row.market.token_id else None,
            n,
            _hash(row.tx_hash),
            row.raw_kind,
        )
        for row, identity, n in zip(rows, identities, numbers, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(INSERT_ACTIVITY, [list(column) for column in zip(*values, strict=True)])
        new = cursor.fetchone()[0]  # type: ignore[index]
    return Saved(new, len(rows) - new)
