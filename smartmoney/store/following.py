"""What the live stream of trades needs from the database: whom it follows, what has arrived, and its sign of life."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from smartmoney.store.db import Store


def followed(store: Store, tiers: Sequence[str]) -> dict[str, int]:
    """Id by address of the wallets on the watchlist and of the unflagged ones of these tiers."""
    with store.raw() as connection:
        rows = connection.execute(
            "select address, id from trader where tier = any(%s) and flags = '{}' "
            "union select address, trader.id from watchlist join trader on trader.id = watchlist.trader_id",
            [list(tiers)],
        ).fetchall()
    return dict(rows)


def arrived(
    store: Store, wallets: Collection[str], hashes: Collection[str], since: datetime
) -> set[tuple[str, str]]:
    """Which (wallet, transaction hash) pairs are stored as fills, among those given, at `since` or later.

    Args:
        wallets: lower-case addresses.
        hashes: 0x and hexadecimal digits; others are never found.
        since: earliest time of a fill looked at.
    """
    known = [bytes.fromhex(text[2:]) for text in hashes if _is_hex(text)]
    with store.raw() as connection:
        rows = connection.execute(
            "select distinct trader.address, '0x' || encode(trade.tx_hash, 'hex') from trade "
            "join trader on trader.id = trade.trader_id "
            "where trader.address = any(%s) and trade.ts >= %s and trade.tx_hash = any(%s)",
            [list(wallets), since, known],
        ).fetchall()
    return {(row[0], row[1]) for row in rows}


def _is_hex(text: str) -> bool:
    return text.startswith("0x") and len(text) == 66 and not set(text[2:]) - set("0123456789abcdef")


def beat(store: Store, service: str, started_at: datetime, detail: dict[str, Any]) -> None:
    """Note that a service of this process lives, and how it is."""
    with store.raw() as connection:
        connection.execute(
            "insert into heartbeat (service, pid, started_at, seen_at, detail) values (%s, %s, %s, now(), %s) "
            "on conflict (service) do update set pid = excluded.pid, started_at = excluded.started_at, "
            "seen_at = excluded.seen_at, detail = excluded.detail",
            [service, os.getpid(), started_at, Jsonb(detail)],
        )
