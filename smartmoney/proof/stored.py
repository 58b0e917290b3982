"""All that scoring reads of a database, as the ledger numbers it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from smartmoney.books.catalog import load_catalog
from smartmoney.books.history import load_activity
from smartmoney.ledger import Activity, Markets
from smartmoney.store.db import Store
from smartmoney.store.scores import dirty


@dataclass(frozen=True)
class Stored:
    """Rows of all wallets, the markets they name, and columns `trader` and `address` of the wallets."""

    activity: Activity
    markets: Markets
    wallets: pd.DataFrame


def read(store: Store) -> Stored:
    """All that scoring reads of a database."""
    catalog = load_catalog(store)
    with store.raw() as connection:
        wallets = dirty.wallets(connection)[["trader", "address"]]
    return Stored(load_activity(store, catalog), catalog.markets, wallets)
