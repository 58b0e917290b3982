"""All that scoring reads of a database, as the ledger numbers it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
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
    return Stored(load_activity(store, catalog), by_place(catalog.markets), wallets)


def by_place(markets: Markets) -> Markets:
    """The same markets, their events numbered by the first of their markets and not as the database met them: events are
    drawn by number, and equal rows must give equal bounds."""
    if not len(markets.event):
        return markets
    known, number = np.unique(markets.event, return_inverse=True)
    first = np.full(len(known), np.iinfo(np.int64).max)
    np.minimum.at(first, number, markets.place)
    rank = np.empty(len(known), np.int32)
    rank[np.argsort(first)] = np.arange(len(known), dtype=np.int32)
    return replace(markets, event=rank[number])
