"""What the live stream of trades needs from the database: whom it follows, what has arrived, and its heartbeat."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from smartmoney.store.db import Store
from smartmoney.store.sql import Statements

SQL = Statements(__file__)
HASH_LENGTH = 66
HEXADECIMAL = frozenset("0123456789abcdef")


def followed(store: Store, tiers: Sequence[str]) -> dict[str, int]:
    """Id by address of the wallets on the watchlist and of the unflagged ones of these tiers."""
    with store.raw() as connection:
        return dict(SQL.run(connection, "followed", tiers=list(tiers)).fetchall())


def arrived(
    store: Store, wallets: Collection[str], hashes: Collection[str], since: datetime
) -> set[tuple[str, str]]:
    """Which (wallet, transaction hash) pairs are stored as fills, among those given, at `since` or later.

    Args:
        store: where the fills are.
        wallets: lower-case addresses.
        hashes: 0x and hexadecimal digits; others are never found.
        since: earliest time of a fill looked at.
    """
    known = [bytes.fromhex(text[2:]) for text in hashes if _is_hex(text)]
    with store.raw() as connection:
        rows = SQL.run(connection, "arrived", wallets=list(wallets), since=since, hashes=known)
        return {(address, tx_hash) for address, tx_hash in rows}


def _is_hex(text: str) -> bool:
    return text.startswith("0x") and len(text) == HASH_LENGTH and set(text[2:]) <= HEXADECIMAL


def alert_seconds(store: Store, rules: Sequence[int], since: datetime) -> list[float]:
    """Seconds from the event to its alert, of the alerts these rules raised since then."""
    with store.raw() as connection:
        found = SQL.run(connection, "alert_seconds", rules=list(rules), since=since)
        return [seconds for (seconds,) in found]


def heartbeat(store: Store, service: str, started_at: datetime, detail: dict[str, Any]) -> None:
    """Note that a service of this process lives, and how it is."""
    with store.raw() as connection:
        SQL.run(
            connection,
            "heartbeat",
            service=service,
            pid=os.getpid(),
            started_at=started_at,
            detail=Jsonb(detail),
        )
