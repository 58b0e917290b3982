"""What a connection saw committed, and need not ask for again: ids of wallets, markets and tokens; months with a partition.

Nothing of this is ever deleted, and a database can only be replaced while nobody is connected: so it holds for as long as
the connection lives. What was seen inside a transaction may be rolled back, and is not remembered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal
from weakref import WeakKeyDictionary

from psycopg import Connection
from psycopg.pq import TransactionStatus

Kind = Literal["wallets", "markets", "tokens", "months"]
MOST = 100_000
"""Entries of one kind; then it begins anew."""
_KEPT: WeakKeyDictionary[Connection[Any], dict[Kind, dict[str, int]]] = WeakKeyDictionary()


def recall(connection: Connection[Any], kind: Kind) -> Mapping[str, int]:
    """What the connection remembers of a kind."""
    return _KEPT.setdefault(connection, {}).setdefault(kind, {})


def remember(connection: Connection[Any], kind: Kind, found: Mapping[str, int]) -> None:
    """Remember what was just read, unless the connection is inside a transaction."""
    if connection.info.transaction_status == TransactionStatus.IDLE:
        known = _KEPT.setdefault(connection, {}).setdefault(kind, {})
        if len(known) > MOST:
            known.clear()
        known.update(found)
