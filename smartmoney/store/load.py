"""Bulk load of what wallets did: rows in binary, then one INSERT that ignores what is known.

A page travels as arrays, with the statement; a large batch by COPY into a staging table, which is faster from some
thousand rows on.

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

from smartmoney.polymarket.types import ActivityRecord, FillRecord, MarketStub
from smartmoney.store import dims
from smartmoney.store.arrays import Array, ArrayDumper
from smartmoney.store.keys import EMPTY_HASH, Occurrences, activity_identity, digest, fill_identity
from smartmoney.store.remembered import recall, remember

POSTGRES_EPOCH = 946_684_800  # 2000-01-01 UTC in Unix seconds
CASH_REPORTED = 1
PICO = 10**12
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
STAGE = """create temporary table if not exists stage_trade (
    ts timestamptz, key bigint, size_micro bigint, price_pico bigint, cash_micro bigint, trader_id integer,
    outcome_id integer, market_id integer, side smallint, occurrence smallint, flags smallint, tx_hash bytea
) on commit delete rows"""
STAGED_FROM = 5_000
"""Rows from which on a batch is staged."""
ARRAYS = (
    "(select to_timestamp(second) as ts, {fields} from unnest({arrays}) as x(second, {fields}))".format(
        fields=", ".join(list(COLUMNS)[1:]),
        arrays=", ".join(
            {">i8": "%s::bigint[]", ">i4": "%s::integer[]", ">i2": "%s::smallint[]", "V32": "%s::bytea[]"}[kind]
            for kind in COLUMNS.values()
        ),
    )
)
# What was really new is noted per wallet, so that the ledger reads those rows and no others.
NEWS = """, seen as (select trader_id, min(ts) as first_new, max(ts) as last_seen from fresh group by 1 order by 1),
news as (
    insert into trader_news as n (trader_id, first_new) select trader_id, first_new from seen
    on conflict (trader_id) do update set first_new = least(n.first_new, excluded.first_new),
                                          marks = n.marks + 1),
active as (
    update trader t set last_active_at = last_seen from seen
    where t.id = trader_id and (t.last_active_at is null or t.last_active_at < last_seen))
select count(*) from fresh"""
INSERT_TRADES = (
    """with fresh as (
    insert into trade select * from {rows} as s on conflict do nothing returning trader_id, ts
)"""
    + NEWS
)
# Nearly always there is no such fill, and then the rows are not looked at.
FILL_CASH = """update trade t set cash_micro = s.cash_micro, flags = t.flags | 1 from {rows} as s
where t.ts = s.ts and t.key = s.key and t.flags & 1 = 0 and s.flags & 1 = 1
  and t.ts between to_timestamp(%s) and to_timestamp(%s)
  and exists (select from trade where flags & 1 = 0 and ts between to_timestamp(%s) and to_timestamp(%s))"""
STATEMENTS = {
    rows: (INSERT_TRADES.format(rows=rows), FILL_CASH.format(rows=rows)) for rows in ("stage_trade", ARRAYS)
}
INSERT_ACTIVITY = (
    """with fresh as (
    insert into activity (ts, key, kind, size_micro, cash_micro, trader_id, market_id, outcome_id, occurrence, tx_hash,
                          raw_kind)
    select to_timestamp(a), b, c, d, e, f, g, h, i, j, k from unnest(%s::bigint[], %s::bigint[], %s::text[],
        %s::bigint[], %s::bigint[], %s::int[], %s::int[], %s::int[], %s::smallint[], %s::bytea[], %s::text[])
        as x(a, b, c, d, e, f, g, h, i, j, k)
    order by a, b on conflict do nothing returning trader_id, ts
)"""
    + NEWS
)


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
        rows[name] = (
            columns[name] if name != "ts" else (columns[name].astype("i8") - POSTGRES_EPOCH) * 1_000_000
        )
    return COPY_HEADER + rows.tobytes() + COPY_TRAILER


def copy_fills(connection: Connection[Any], columns: dict[str, np.ndarray]) -> Saved:
    """Insert fills given as columns (see `packed`); known ones stay, and get their cash where it was missing."""
    if not len(columns["ts"]):
        return Saved()
    ensure_partitions(connection, int(columns["ts"].min()), int(columns["ts"].max()))
    return _insert(connection, columns)


def ensure_partitions(connection: Connection[Any], first: int, last: int) -> None:
    """Make the monthly partitions for fills from one second to another, both included."""
    ends = [datetime.fromtimestamp(second, UTC) for second in (first, last)]
    months = [str(month) for month in range(*(end.year * 12 + end.month + n for n, end in enumerate(ends)))]
    if recall(connection, "months").keys() >= set(months):
        return
    connection.execute("select ensure_trade_partitions(to_timestamp(%s), to_timestamp(%s))", [first, last])
    remember(connection, "months", dict.fromkeys(months, 1))


def _insert(connection: Connection[Any], columns: dict[str, np.ndarray]) -> Saved:
    """Insert in the order of the key, so that two writers of the same rows wait for each other, never in a circle."""
    order = np.lexsort((columns["key"], columns["ts"]))
    columns = {name: columns[name][order] for name in COLUMNS}
    count, seconds, staged = len(order), columns["ts"], len(order) >= STAGED_FROM
    given = [] if staged else [Array(columns[name], kind) for name, kind in COLUMNS.items()]
    insert, fill_cash = STATEMENTS["stage_trade" if staged else ARRAYS]
    with connection.cursor() as cursor:
        cursor.adapters.register_dumper(Array, ArrayDumper)
        if staged:
            _stage(cursor, columns)
        new = cursor.execute(insert, given).fetchone()[0]  # type: ignore[index]
        if new < count and (columns["flags"] & CASH_REPORTED).any():
            cursor.execute(fill_cash, [*given, *2 * [int(seconds[0]), int(seconds[-1])]])
        if staged:
            cursor.execute("truncate stage_trade")
    return Saved(new, count - new)


def _stage(cursor: Cursor[Any], columns: dict[str, np.ndarray]) -> None:
    cursor.execute(STAGE)
    with cursor.copy("copy stage_trade from stdin (format binary)") as copy:
        copy.write(packed(columns))


def save_fills(connection: Connection[Any], fills: Sequence[FillRecord], occurrences: Occurrences) -> Saved:
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
    numbers = [occurrences.number(each, fill.ts) for each, fill in zip(identities, fills, strict=True)]
    columns = {
        "ts": seconds,
        "key": np.array([digest((*each, n)) for each, n in zip(identities, numbers, strict=True)], "i8"),
        "size_micro": np.array([fill.size_micro for fill in fills], "i8"),
        "price_pico": np.array([fill.price_pico for fill in fills], "i8"),
        "cash_micro": np.array([_cash(fill) for fill in fills], "i8"),
        "trader_id": np.array([traders[fill.address] for fill in fills], "i4"),
        "outcome_id": np.array([tokens[str(fill.market.token_id)] for fill in fills], "i4"),
        "market_id": np.array([markets[fill.market.condition_id] for fill in fills], "i4"),
        "side": np.array([1 if fill.side == "BUY" else -1 for fill in fills], "i2"),
        "occurrence": np.array(numbers, "i2"),
        "flags": np.array([0 if fill.cash_micro is None else CASH_REPORTED for fill in fills], "i2"),
        "tx_hash": _hashes([fill.tx_hash for fill in fills]),
    }
    return _insert(connection, columns)


def _cash(fill: FillRecord) -> int:
    if fill.cash_micro is not None:
        return fill.cash_micro
    return (fill.size_micro * fill.price_pico + PICO // 2) // PICO


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
    numbers = [occurrences.number(activity_identity(row), row.ts) for row in rows]
    values = [
        (
            row.ts,
            digest((*activity_identity(row), n)),
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
        for row, n in zip(rows, numbers, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(INSERT_ACTIVITY, [list(column) for column in zip(*values, strict=True)])
        new = cursor.fetchone()[0]  # type: ignore[index]
    return Saved(new, len(rows) - new)
