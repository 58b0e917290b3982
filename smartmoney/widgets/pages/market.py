"""One market."""

from __future__ import annotations

from typing import Any

from ipywidgets import VBox, Widget

from smartmoney.store.reads import TIERS
from smartmoney.widgets.charts import market as charts
from smartmoney.widgets.models.market import MarketModel
from smartmoney.widgets.models.movers import NONE_MOVED
from smartmoney.widgets.pages.base import ListPart, PageView, row_of, table_of
from smartmoney.widgets.pages.watching import WatchPart
from smartmoney.widgets.parts import Chart, Kpis, Prose, Table

FLOW_NOTE = "net USD bought, by tier; above zero towards the first outcome"


class MarketPage(PageView[MarketModel]):
    """Header, figures, price with flow, holders, trades, statistics over time, resolution."""

    model_class = MarketModel

    def build(self) -> list[Widget]:
        """The parts of the page."""
        self.header, self.kpis, self.resolution = (
            Prose(kind="hero"),
            Kpis(),
            Prose(title="Resolution"),
        )
        self.price = Chart(
            title="Price with smart flow",
            height=360,
            empty="No prices yet.",
            note="price of the first outcome; beneath, net USD of smart wallets for (+) or against (−) it",
        )
        self.holders = Chart(
            title="Holders by tier and side",
            note="USD at the price of the moment, wallets we follow",
            empty="No wallet we follow holds it.",
            height=280,
        )
        self.lean = Chart(
            title="Smart lean over time",
            note="with its 90 % interval",
            height=280,
            empty="Lean needs two runs with at least 3 smart wallets.",
        )
        few = "No smart wallet has traded it in this time."
        self.hours = Chart(title="Smart flow per hour, 48 h", note=FLOW_NOTE, height=220, empty=few)
        self.days = Chart(
            title="Smart flow per day, 30 days", note=FLOW_NOTE, height=220, empty=few
        )
        self.sides, self.siblings, self.moves = Table(), Table(), Table()
        self.watch = WatchPart(self.model, self.guard)
        self.lists = {
            name: ListPart(model, self.guard, self._fields(name, model), title=model.title)
            for name, model in self.model.lists.items()
        }
        for name, part in self.lists.items():
            self.model.lists[name].observe(
                lambda _, drawn=part: self.guard(drawn.draw)(), "version"
            )
        lists = [widget for part in self.lists.values() for widget in part.widgets]
        self.body = VBox(
            [
                self.price,
                row_of(self.hours, self.days),
                self.moves,
                row_of(self.holders, self.lean),
                row_of(self.sides, self.siblings),
                self.watch.form,
                *lists,
                self.resolution,
            ]
        )
        return [self.header, self.kpis, self.body]

    def _fields(self, name: str, model: Any) -> Any:
        def fields() -> list[dict[str, Any]]:
            wanted = model.filter
            tiers = {
                "key": "tiers",
                "label": "Tier",
                "kind": "choices",
                "choices": list(TIERS),
                "value": list(wanted.tiers),
                "tiers": True,
            }
            if name == "holders":
                outcomes = (self.model.market or {}).get("outcomes", [])
                return [
                    tiers,
                    {
                        "key": "outcome_index",
                        "label": "Side",
                        "kind": "select",
                        "value": wanted.outcome_index,
                        "choices": [
                            (str(one["outcome_index"]), one["name"][:40]) for one in outcomes
                        ],
                    },
                ]
            return [
                tiers,
                {
                    "key": "sides",
                    "label": "Side",
                    "kind": "choices",
                    "choices": ["BUY", "SELL"],
                    "value": list(wanted.sides),
                },
            ]

        return fields

    def draw(self) -> None:
        """Fill every part."""
        model, data = self.model, self.model.data
        self.header.lines, self.kpis.items = model.header(), model.kpis()
        self.body.layout.display = "none" if model.market is None else None
        if model.market is None:
            return
        names = [one["name"] for one in model.market["outcomes"]]
        self.price.figure = charts.price_and_flow(data["prices"], data["flow"])
        self.holders.figure = charts.holders(data["sides"], names)
        self.lean.figure = charts.lean(data["history"])
        self.hours.figure = charts.flow_by_tier(data["hours"], "hour", model.clock())
        self.days.figure = charts.flow_by_tier(data["days"], "day", model.clock())
        self.moves.table = table_of(
            model.mover_columns(), data["movers"], "Movers of the last 24 h", NONE_MOVED
        )
        self.watch.draw()
        self.sides.table = table_of(
            model.side_columns(),
            model.sides(),
            "Cost basis per side",
            "No wallet we follow holds it.",
        )
        self.siblings.table = table_of(
            model.sibling_columns(),
            data["siblings"],
            "Other markets of the event",
            "The event has no other market.",
        )
        self.resolution.lines = model.resolution()
        for part in self.lists.values():
            part.draw()
