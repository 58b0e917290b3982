"""The lists on a market's page."""

from __future__ import annotations

from typing import Any

from smartmoney.store import reads
from smartmoney.store.db import Store
from smartmoney.store.reads import HolderFilter, Page, TradeFilter
from smartmoney.widgets.listing import OwnedList
from smartmoney.widgets.screens.market.columns import HOLDERS, TRADES


class HoldersModel(OwnedList):
    """Who holds the market now."""

    name = "holders"
    title = "Holders"
    filter_class = HolderFilter
    columns = HOLDERS
    rows_called = "holders"

    def fetch(self, store: Store, wanted: Any) -> Page:
        """One page of holders."""
        return reads.market_holders(store, self.owner_id, wanted)


class MarketTradesModel(OwnedList):
    """The market's fills of the wallets we follow, newest first."""

    name = "market_trades"
    title = "Trades of the wallets we follow"
    filter_class = TradeFilter
    columns = TRADES
    rows_called = "trades"

    def fetch(self, store: Store, wanted: Any) -> Page:
        """One page of fills."""
        return reads.market_trades(store, self.owner_id, wanted)
