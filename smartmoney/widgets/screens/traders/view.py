"""The list of traders."""

from __future__ import annotations

from smartmoney.widgets.controls import Control, of_filter
from smartmoney.widgets.screens.traders.model import TradersModel
from smartmoney.widgets.view import ListView


class TradersPage(ListView[TradersModel]):
    """Traders with filters, sorted by any column."""

    model_class = TradersModel

    def fields(self) -> list[Control]:
        """The conditions of the list."""
        return of_filter(self.model.filter, self.model.data.categories)
