"""The list of markets that smart money is in."""

from __future__ import annotations

from ipywidgets import Widget

from smartmoney.store.reads import LEANS, STATUSES
from smartmoney.widgets import movers
from smartmoney.widgets.controls import Control, category, check, choices, number, search
from smartmoney.widgets.screens.market.charts import flow_by_tier
from smartmoney.widgets.screens.markets.view import liquidity
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
        """Text, lean, category, status, liquidity, number of wallets."""
        shown = self.model.filter
        return [
            search(shown.text, "question"),
            choices("leans", "Lean", LEANS, shown.leans),
            category("Category", self.model.data.categories, shown.category),
            choices("statuses", "Status", STATUSES, shown.statuses),
            liquidity(shown.min_liquidity),
            number("min_count", "Min wallets", shown.min_count, min=1),
            check("watched", "Watched", shown.watched),
            check("grouped", "One row per event", shown.grouped),
        ]
