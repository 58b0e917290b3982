"""The overview."""

from __future__ import annotations

from ipywidgets import Widget

from smartmoney.widgets.charts.tiers import by_tier
from smartmoney.widgets.models.overview import OverviewModel
from smartmoney.widgets.pages.base import PageView, row_of, table_of
from smartmoney.widgets.parts import Chart, Kpis, Table


class OverviewPage(PageView[OverviewModel]):
    """Figures, then tables, then charts."""

    model_class = OverviewModel

    def build(self) -> list[Widget]:
        """The parts of the page."""
        self.kpis = Kpis()
        self.smart, self.movers, self.jobs = Table(), Table(), Table()
        self.traders = Chart(
            title="Traders by tier",
            note="scored wallets; S is the top 0.1 % with evidence",
            height=220,
        )
        self.money = Chart(
            title="Open positions by tier, USD", note="at the price of the moment", height=220
        )
        return [
            self.kpis,
            row_of(self.smart, self.movers),
            row_of(self.traders, self.money),
            self.jobs,
        ]

    def draw(self) -> None:
        """Fill every part."""
        model, data = self.model, self.model.data
        self.kpis.items = model.kpis()
        self.smart.table = table_of(
            model.smart_columns(),
            data["smart"].rows,
            "Top smart markets",
            "No market holds smart money yet.",
        )
        self.movers.table = table_of(
            model.mover_columns(),
            data["movers"],
            "Top movers, 24 h",
            "No open market has traded enough to have moved.",
        )
        self.jobs.table = table_of(
            model.job_columns(), data["jobs"], "Freshness of every stream", "No job has run yet."
        )
        self.traders.figure = by_tier(data["tiers"], "traders")
        self.money.figure = by_tier(data["at_work"], "value", money=True)
