"""The lists on a trader's page."""

from __future__ import annotations

from typing import Any

from smartmoney.store import reads
from smartmoney.store.db import Store
from smartmoney.store.reads import ActivityFilter, Page, PositionFilter, TradeFilter
from smartmoney.widgets.listing import OwnedList
from smartmoney.widgets.screens.trader.columns import ACTIVITY, POSITIONS, TRADES


class PositionsModel(OwnedList):
    """Open and closed positions."""

    name = "positions"
    title = "Positions"
    filter_class = PositionFilter
    columns = POSITIONS
    rows_called = "positions"

    def fetch(self, store: Store, wanted: Any) -> Page:
        """One page of positions."""
        return reads.trader_positions(store, self.owner_id, wanted)


class TradesModel(OwnedList):
    """Fills, newest first."""

    name = "trades"
    title = "Trades"
    filter_class = TradeFilter
    columns = TRADES
    rows_called = "trades"

    def fetch(self, store: Store, wanted: Any) -> Page:
        """One page of fills."""
        return reads.trader_trades(store, self.owner_id, wanted)


class ActivityModel(OwnedList):
    """What trades alone miss."""

    name = "activity"
    title = "Activity"
    filter_class = ActivityFilter
    columns = ACTIVITY
    rows_called = "activity rows"

    def fetch(self, store: Store, wanted: Any) -> Page:
        """One page of activity."""
        return reads.trader_activity(store, self.owner_id, wanted)
