"""What people ask to be read now, and how far it is."""

from __future__ import annotations

from typing import Literal

from smartmoney.errors import ParameterError
from smartmoney.store.addresses import wallet_address
from smartmoney.store.db import Store
from smartmoney.store.sql import Row, Statements
from smartmoney.store.wallets.owners import trading_wallet

SQL = Statements(__file__)
Source = Literal["trades", "positions"]
SOURCES: tuple[Source, ...] = ("trades", "positions")


def request_sync(store: Store, address: str, sources: tuple[Source, ...] = SOURCES) -> int:
    """Put a trader's streams at the head of the queue, known or not; returns the trader's id.

    Of an owner's address, those of the wallet it signs for.

    Raises:
        ParameterError: no wallet address, or a source that does not exist.
    """
    unknown = set(sources) - set(SOURCES)
    if unknown or not sources:
        raise ParameterError(
            f"There is no source {', '.join(sorted(unknown)) or 'named'}; there are trades, positions."
        )
    wallet = trading_wallet(store, address)
    row = SQL.edit(store, "request_sync", address=wallet, sources=list(sources))
    assert row is not None
    return int(row["trader_id"])


def sync_progress(store: Store, address: str) -> list[Row]:
    """Per stream of the trader: due_at, leased, last_success_at, last_error_at, last_error, watermark."""
    return SQL.fetch(store, "sync_progress", address=wallet_address(address))
