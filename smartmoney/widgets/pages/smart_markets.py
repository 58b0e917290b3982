"""The list of markets that smart money is in."""

from __future__ import annotations

from typing import Any

from ipywidgets import Widget

from smartmoney.store.reads import LEANS, STATUSES
from smartmoney.widgets.charts.market import flow_by_tier
from smartmoney.widgets.controls import check, choices, number, search, select
from smartmoney.widgets.models.markets import SmartMarketsModel
from smartmoney.widgets.models.movers import NONE_MOVED
from smartmoney.widgets.pages.base import ListView, row_of, table_of
from smartmoney.widgets.pages.markets import LIQUIDITY
from smartmoney.widgets.parts import Chart, Table

FLOW_NOTE = "net USD bought in all markets, by tier; above zero towards YES, below towards NO"


class SmartMarketsPage(ListView[SmartMarketsModel]):
    """Smart markets with filters; who moved, and the flow of all markets by tier."""

    model_class = SmartMarketsModel

    def build(self) -> list[Widget]:
        """Filter bar and table, moves, flow per hour and day."""
        few = "No smart wallet has traded in this time."
        self.hours = Chart(title="Smart flow per hour, 48 h", note=FLOW_NOTE, height=240, empty=few)
        self.days = Chart(
            title="Smart flow per day, 30 days", note=FLOW_NOTE, height=240, empty=few
        )
        self.moves = Table()
        return [*super().build(), self.moves, row_of(self.hours, self.days)]

    def draw(self) -> None:
        """Fill every part."""
        super().draw()
        model, data = self.model, self.model.data
        self.moves.table = table_of(
            model.mover_columns(), data["movers"], "Movers of the last 24 h", NONE_MOVED
        )
        self.hours.figure = flow_by_tier(data["hours"], "hour", model.clock())
        self.days.figure = flow_by_tier(data["days"], "day", model.clock())

    def fields(self) -> list[dict[str, Any]]:
        """Text, lean, category, status, liquidity, number of wallets."""
        wanted = self.model.filter
        liquidity = "" if wanted.min_liquidity is None else f"{wanted.min_liquidity:.0f}"
        return [
            search(wanted.text, "question"),
            choices("leans", "Lean", LEANS, wanted.leans),
            select(
                "category",
                "Category",
                [(name, name) for name in self.model.data.get("categories", [])],
                wanted.category,
            ),
            choices("statuses", "Status", STATUSES, wanted.statuses),
            select("min_liquidity", "Min liquidity", LIQUIDITY, liquidity),
            number("min_count", "Min wallets", wanted.min_count, min=1),
            check("watched", "Watched", wanted.watched),
            check("grouped", "One row per event", wanted.grouped),
        ]
