"""The overview."""

from __future__ import annotations

from ipywidgets import Widget

from smartmoney.widgets.screens.overview.charts import by_tier
from smartmoney.widgets.screens.overview.columns import JOBS, PRICES, SMART
from smartmoney.widgets.screens.overview.model import OverviewModel
from smartmoney.widgets.view import PageView, row_of


class OverviewPage(PageView[OverviewModel]):
    """Figures, then tables, then charts."""

    model_class = OverviewModel

    def build(self) -> list[Widget]:
        """The components of the page."""
        model = self.model
        smart = self.table(
            "Top smart markets",
            SMART,
            lambda: model.data.smart.rows,
            "No market holds smart money yet.",
        )
        movers = self.table(
            "Prices that moved most, 24 h",
            PRICES,
            lambda: model.data.movers,
            "No open market has traded enough to have moved.",
        )
        traders = self.chart(
            "Traders by tier",
            lambda: by_tier(model.data.tiers, "traders"),
            note="scored wallets; S is the top 0.1 % with evidence",
            height=220,
        )
        money = self.chart(
            "Open positions by tier, USD",
            lambda: by_tier(model.data.at_work, "value", money=True),
            note="at the price of the moment",
            height=220,
        )
        jobs = self.table(
            "Freshness of every stream", JOBS, lambda: model.data.jobs, "No job has run yet."
        )
        return [self.kpis(model.kpis), row_of(smart, movers), row_of(traders, money), jobs]
