"""Bulk load of what wallets did: binary COPY into a staging table, then one INSERT that ignores what is known.

Every function works inside the transaction of the connection it is given, so that rows, quarantine and cursor commit
together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from psycopg import Connection

from smartmoney.polymarket.types import ActivityRecord, FillRecord, MarketStub
from smartmoney.store import dims
from smartmoney.store.keys import EMPTY_HASH, Occurrences, activity_identity, digest, fill_identity

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
# What was really new is noted per wallet, so that the ledger reads those rows and no others.
NEWS = """, news as (
    insert into trader_news as n (trader_id, first_new) select trader_id, min(ts) from fresh group by 1 order by 1
    on conflict (trader_id) do update set first_new = least(n.first_new, excluded.first_new),
                                          marks = n.marks + 1)
select count(*) from fresh"""
INSERT_TRADES = (
    """with fresh as (
    insert into trade select * from stage_trade order by ts, key on conflict do nothing returning trader_id, ts
)"""
    + NEWS
)
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
    _ensure_partitions(connection, columns["ts"])
    return _insert(connection, columns)


def _ensure_partitions(connection: Connection[Any], seconds: np.ndarray) -> None:
    connection.execute(
        "select ensure_trade_partitions(to_timestamp(%s), to_timestamp(%s))",
        [int(seconds.min()), int(seconds.max())],
    )


def _insert(connection: Connection[Any], columns: dict[str, np.ndarray]) -> Saved:
    count, seconds = len(columns["ts"]), columns["ts"]
    connection.execute(STAGE)
    with connection.cursor() as cursor:
        with cursor.copy("copy stage_trade from stdin (format binary)") as copy:
            copy.write(packed(columns))
        cursor.execute(INSERT_TRADES)
        new = cursor.fetchone()[0]  # type: ignore[index]
        if new < count and (columns["flags"] & CASH_REPORTED).any():
            cursor.execute(
                "update trade t set cash_micro = s.cash_micro, flags = t.flags | 1 from stage_trade s "
                "where t.ts = s.ts and t.key = s.key and t.flags & 1 = 0 and s.flags & 1 = 1 "
                "and t.ts between to_timestamp(%s) and to_timestamp(%s)",
                [int(seconds.min()), int(seconds.max())],
            )
        cursor.execute("truncate stage_trade")
    return Saved(new, count - new)


def save_fills(connection: Connection[Any], fills: Sequence[FillRecord], occurrences: Occurrences) -> Saved:
    """Store one page of fills with the wallets, markets and tokens they name.

    Args:
        fills: the page in the order it came.
        occurrences: the walk's counter of equal fills.
    """
    if not fills:
        return Saved()
    seconds = np.array([fill.ts for fill in fills], "i8")
    _ensure_partitions(
        connection, seconds
    )  # before any row is locked: making a partition waits for all writers
    markets, tokens = dims.outcome_ids(connection, [fill.market for fill in fills])
    traders = dims.trader_ids(connection, [fill.address for fill in fills])
    numbers = [occurrences.number(fill_identity(fill), fill.ts) for fill in fills]
    columns = {
        "ts": seconds,
        "key": np.array(
            [digest((*fill_identity(fill), n)) for fill, n in zip(fills, numbers, strict=True)], "i8"
        ),
        "size_micro": np.array([fill.size_micro for fill in fills], "i8"),
        "price_pico": np.array([fill.price_pico for fill in fills], "i8"),
        "cash_micro": np.array([_cash(fill) for fill in fills], "i8"),
        "trader_id": np.array([traders[fill.address] for fill in fills], "i4"),
        "outcome_id": np.array([tokens[str(fill.market.token_id)] for fill in fills], "i4"),
        "market_id": np.array([markets[fill.market.condition_id] for fill in fills], "i4"),
        "side": np.array([1 if fill.side == "BUY" else -1 for fill in fills], "i2"),
        "occurrence": np.array(numbers, "i2"),
        "flags": np.array([0 if fill.cash_micro is None else CASH_REPORTED for fill in fills], "i2"),
        "tx_hash": np.frombuffer(b"".join(_hash(fill.tx_hash) for fill in fills), "V32"),
    }
    saved = _insert(connection, columns)
    _touch(connection, {traders[fill.address]: fill.ts for fill in sorted(fills, key=lambda fill: fill.ts)})
    return saved


def _cash(fill: FillRecord) -> int:
    if fill.cash_micro is not None:
        return fill.cash_micro
    return (fill.size_micro * fill.price_pico + PICO // 2) // PICO


def _hash(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x")).rjust(32, b"\0")[:32] if text else EMPTY_HASH


def _touch(connection: Connection[Any], last_seen: dict[int, int]) -> None:
    """Move `last_active_at` of the wallets forward."""
    ids = sorted(last_seen)
    connection.execute(
        "update trader t set last_active_at = to_timestamp(x.ts) from unnest(%s::int[], %s::bigint[]) as x(id, ts) "
        "where t.id = x.id and (t.last_active_at is null or t.last_active_at < to_timestamp(x.ts))",
        [ids, [last_seen[key] for key in ids]],
    )


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
    _touch(connection, {traders[row.address]: row.ts for row in sorted(rows, key=lambda row: row.ts)})
    return Saved(new, len(rows) - new)
