"""Whose wallet is whose: an owner's address signs for a trading wallet, and has no rows of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from psycopg import Connection

from smartmoney.store.addresses import wallet_address
from smartmoney.store.db import Store
from smartmoney.store.sql import Statements

SQL = Statements(__file__)

Standing = Literal["known", "owner", "unknown", "new"]


@dataclass(frozen=True)
class WalletStanding:
    """What is known of an address.

    Attributes:
        standing: known (a wallet with rows, or being read); owner (it signs for `wallet`); unknown (the API has never
            seen it); new (nobody asked yet).
        wallet: the trading wallet: the address itself, or of an owner the wallet it signs for.
    """

    standing: Standing
    wallet: str

    def sentence(self, address: str) -> str:
        """What to tell whoever asked for the address; "" where there is nothing to tell."""
        if self.standing == "owner":
            return f"{address} is an owner's address; its trading wallet is {self.wallet}."
        if self.standing == "unknown":
            return f"Polymarket has never seen {address} trade."
        return ""


def standing(store: Store, address: str) -> WalletStanding:
    """What is known of an address, in lower case, without asking the API."""
    row = SQL.fetch_one(store, "standing", address=address) or {}
    if row.get("trades"):
        return WalletStanding("known", address)
    if row.get("wallet"):
        return WalletStanding("owner", row["wallet"])
    if row.get("note") == "unknown":
        return WalletStanding("unknown", address)
    return WalletStanding("known" if row.get("known") else "new", address)


def trading_wallet(store: Store, address: str) -> str:
    """The wallet an owner signs for, in lower case; any other address is its own.

    Raises:
        ParameterError: no wallet address.
    """
    return standing(store, wallet_address(address)).wallet


def trading_wallets(connection: Connection[Any], addresses: Sequence[str]) -> dict[str, str]:
    """Of those of the addresses that are an owner's, the wallet each signs for."""
    return dict(SQL.run(connection, "wallets", owners=list(addresses)).fetchall())


def save_owner(connection: Connection[Any], owner: str, wallet: str) -> None:
    """Note whose wallet it is: what was asked of the owner's address is the wallet's from now on.

    The address is taken out of the population, for it never trades, and who watched it watches the wallet.
    """
    for step in ("save", "add_wallet", "move_watch", "remove_owner"):
        SQL.run(connection, step, owner=owner, wallet=wallet)
