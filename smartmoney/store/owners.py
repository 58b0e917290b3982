"""Whose wallet is whose: an owner's address signs for a trading wallet, and has no rows of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from psycopg import Connection

from smartmoney.store.db import Store

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
    with store.raw() as connection:
        row = connection.execute(
            "select (select wallet from wallet_owner where owner = %(a)s), "
            "(select note ->> 'wallet' from ingestion_state where source = 'trades' and key = %(a)s), "
            "exists (select from trader where address = %(a)s)",
            {"a": address},
        ).fetchone()
    wallet, note, known = row or (None, None, False)
    if wallet:
        return WalletStanding("owner", wallet)
    if note == "unknown":
        return WalletStanding("unknown", address)
    return WalletStanding("known" if known else "new", address)


def trading_wallets(connection: Connection[Any], addresses: Sequence[str]) -> list[str]:
    """The addresses, each owner's replaced by the wallet it signs for, each once."""
    rows = connection.execute(
        "select owner, wallet from wallet_owner where owner = any(%s)", [list(addresses)]
    )
    wallets = dict(rows.fetchall())
    return list(dict.fromkeys(wallets.get(each, each) for each in addresses))


def save_owner(connection: Connection[Any], owner: str, wallet: str) -> None:
    """Note whose wallet it is: what was asked of the owner's address is the wallet's from now on.

    The address is taken out of the population, for it never trades, and who watched it watches the wallet.
    """
    connection.execute(
        "insert into wallet_owner (owner, wallet) values (%s, %s) "
        "on conflict (owner) do update set wallet = excluded.wallet",
        [owner, wallet],
    )
    connection.execute(
        "insert into trader (address, found_by) values (%s, 'owner') on conflict do nothing",
        [wallet],
    )
    connection.execute(
        "insert into watchlist (trader_id, note, created_by) select t.id, w.note, w.created_by "
        "from watchlist w join trader o on o.id = w.trader_id, trader t where o.address = %s and t.address = %s "
        "on conflict do nothing",
        [owner, wallet],
    )
    connection.execute(
        "delete from trader o where address = %s "
        "and not exists (select from trade where trader_id = o.id) "
        "and not exists (select from activity where trader_id = o.id)",
        [owner],
    )
