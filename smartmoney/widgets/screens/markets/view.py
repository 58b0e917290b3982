"""The list of markets."""

from __future__ import annotations

from smartmoney.widgets.controls import Control, of_filter
from smartmoney.widgets.screens.markets.model import MarketsModel
from smartmoney.widgets.view import ListView


class MarketsPage(ListView[MarketsModel]):
    """Markets with filters."""

    model_class = MarketsModel

    def fields(self) -> list[Control]:
        """The conditions of the list."""
        return of_filter(self.model.filter, self.model.data.categories)
