"""The list of markets that smart money is in."""

from __future__ import annotations

from ipywidgets import Widget

from smartmoney.widgets import movers
from smartmoney.widgets.controls import Control, of_filter
from smartmoney.widgets.screens.market.charts import flow_by_tier
from smartmoney.widgets.screens.smart_markets.model import SmartMarketsModel
from smartmoney.widgets.view import ListView, row_of

FLOW = {
    "note": "net USD bought in all markets, by tier; above zero towards YES, below towards NO",
    "height": 240,
    "empty": "No smart wallet has traded in this time.",
}


class SmartMarketsPage(ListView[SmartMarketsModel]):
    """Smart markets with filters; who moved, and the flow of all markets by tier."""

    model_class = SmartMarketsModel

    def build(self) -> list[Widget]:
        """Filter bar and table, moves, flow per hour and day."""
        model = self.model
        hours = self.chart(
            "Smart flow per hour, 48 h",
            lambda: flow_by_tier(model.data.hours, "hour", model.clock()),
            **FLOW,
        )
        days = self.chart(
            "Smart flow per day, 30 days",
            lambda: flow_by_tier(model.data.days, "day", model.clock()),
            **FLOW,
        )
        moves = self.table(
            movers.TITLE, movers.IN_ALL_MARKETS, lambda: model.data.movers, movers.NONE_MOVED
        )
        return [*super().build(), moves, row_of(hours, days)]

    def fields(self) -> list[Control]:
        """The conditions of the list."""
        return of_filter(self.model.filter, self.model.data.categories)
