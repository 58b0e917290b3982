"""One market."""

from __future__ import annotations

from collections.abc import Callable

from ipywidgets import VBox, Widget

from smartmoney.store.reads import TIERS
from smartmoney.widgets import movers
from smartmoney.widgets.controls import Control, choices, select
from smartmoney.widgets.figures import Figure
from smartmoney.widgets.listing import OwnedList
from smartmoney.widgets.screens.market import charts
from smartmoney.widgets.screens.market.columns import SIBLINGS, SIDES
from smartmoney.widgets.screens.market.model import MarketModel
from smartmoney.widgets.view import ListSection, PageView, WatchForm, row_of

FLOW = {
    "note": "net USD bought, by tier; above zero towards the first outcome",
    "height": 220,
    "empty": "No smart wallet has traded it in this time.",
}
HELD_BY_NOBODY = "No wallet we follow holds it."


class MarketPage(PageView[MarketModel]):
    """Header, figures, price with flow, holders, trades, statistics over time, resolution."""

    model_class = MarketModel

    def build(self) -> list[Widget]:
        """The components of the page."""
        model = self.model
        header, kpis = self.text(model.header, kind="hero"), self.kpis(model.kpis)
        self.moves = self.table(
            movers.TITLE, movers.IN_ONE_MARKET, lambda: model.data.movers, movers.NONE_MOVED
        )
        sides = self.table("Cost basis per side", SIDES, model.sides, HELD_BY_NOBODY)
        siblings = self.table(
            "Other markets of the event",
            SIBLINGS,
            lambda: model.data.siblings,
            "The event has no other market.",
        )
        self.watch = WatchForm(model, self.boundary)
        self.on_draw(self.watch.draw)
        self.body = VBox(
            [
                self._price(),
                row_of(*self._flows()),
                self.moves,
                row_of(*self._pictures()),
                row_of(sides, siblings),
                self.watch.form,
                *self._lists(),
                self.text(model.resolution, title="Resolution"),
            ]
        )
        return [header, kpis, self.body]

    def draw(self) -> None:
        """Fill every component; without a market there is only the header."""
        known = self.model.market is not None
        self.body.layout.display = None if known else "none"
        super().draw()

    def _price(self) -> Widget:
        return self.chart(
            "Price with smart flow",
            lambda: charts.price_and_flow(self.model.data.prices, self.model.data.flow),
            height=360,
            empty="No prices yet.",
            note="price of the first outcome; beneath, net USD of smart wallets for (+) or against (−) it",
        )

    def _flows(self) -> tuple[Widget, Widget]:
        model = self.model
        self.hours = self.chart(
            "Smart flow per hour, 48 h",
            lambda: charts.flow_by_tier(model.data.hours, "hour", model.clock()),
            **FLOW,
        )
        days = self.chart(
            "Smart flow per day, 30 days",
            lambda: charts.flow_by_tier(model.data.days, "day", model.clock()),
            **FLOW,
        )
        return self.hours, days

    def _pictures(self) -> tuple[Widget, Widget]:
        holders = self.chart(
            "Holders by tier and side",
            self._holders,
            note="USD at the price of the moment, wallets we follow",
            empty=HELD_BY_NOBODY,
            height=280,
        )
        lean = self.chart(
            "Smart lean over time",
            lambda: charts.lean(self.model.data.history),
            note="with its 90 % interval",
            height=280,
            empty="Lean needs two runs with at least 3 smart wallets.",
        )
        return holders, lean

    def _holders(self) -> Figure:
        names = [one["name"] for one in (self.model.market or {}).get("outcomes", [])]
        return charts.holders(self.model.data.holding, names)

    def _lists(self) -> list[Widget]:
        sections = [self._list(owned) for owned in self.model.lists.values()]
        return [widget for section in sections for widget in section.widgets]

    def _list(self, owned: OwnedList) -> ListSection:
        section = ListSection(owned, self.boundary, self._fields(owned), title=owned.title)
        owned.observe(lambda _: self.boundary(section.draw)(), "data")
        self.on_draw(section.draw)
        return section

    def _fields(self, owned: OwnedList) -> Callable[[], list[Control]]:
        return self._holder_fields if owned.name == "holders" else self._trade_fields

    def _holder_fields(self) -> list[Control]:
        shown = self.model.lists["holders"].filter
        outcomes = (self.model.market or {}).get("outcomes", [])
        sides = [(str(one["outcome_index"]), one["name"][:40]) for one in outcomes]
        return [
            choices("tiers", "Tier", TIERS, shown.tiers, tiers=True),
            select("outcome_index", "Side", sides, shown.outcome_index),
        ]

    def _trade_fields(self) -> list[Control]:
        shown = self.model.lists["market_trades"].filter
        return [
            choices("tiers", "Tier", TIERS, shown.tiers, tiers=True),
            choices("sides", "Side", ("BUY", "SELL"), shown.sides),
        ]
