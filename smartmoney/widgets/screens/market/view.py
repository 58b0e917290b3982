"""One market."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ipywidgets import Widget

from smartmoney.store.reads import TIERS
from smartmoney.widgets import movers
from smartmoney.widgets.controls import Control, choices, select
from smartmoney.widgets.error_boundary import Boundary
from smartmoney.widgets.figures import Figure
from smartmoney.widgets.listing import OwnedList
from smartmoney.widgets.screens.market import charts
from smartmoney.widgets.screens.market.columns import SIBLINGS, SIDES
from smartmoney.widgets.screens.market.model import WHOLE, MarketModel
from smartmoney.widgets.view import ListSection, Section, TabbedView, TabSection, WatchForm, row_of

FLOW = {
    "note": "net USD bought, by tier; above zero towards the first outcome",
    "height": 220,
    "empty": "No smart wallet has traded it in this time.",
}
HELD_BY_NOBODY = "No wallet we follow holds it."


MOST_MOVES = 8
"""The largest, in the story."""


class StoryTab(Section):
    """Price and flow, who moved, who holds which side, the event's other markets, the watchlist.

    Attributes:
        widgets: from top to bottom.
    """

    def __init__(self, model: MarketModel, boundary: Boundary) -> None:
        super().__init__(model, boundary)
        price = self.chart(
            "Price with smart flow",
            lambda: charts.price_and_flow(model.data.prices, model.data.flow),
            height=300,
            empty="No prices yet.",
            note="price of the first outcome; beneath, net USD of smart wallets for (+) or against (−) it",
        )
        self.moves = self.table(
            movers.TITLE,
            movers.IN_ONE_MARKET,
            lambda: model.data.movers[:MOST_MOVES],
            movers.NONE_MOVED,
        )
        holders = self.chart(
            "Holders by tier and side",
            self._holders,
            note="USD at the price of the moment, wallets we follow",
            empty=HELD_BY_NOBODY,
            height=220,
        )
        sides = self.table("Cost basis per side", SIDES, model.sides, HELD_BY_NOBODY)
        siblings = self.table(
            "Other markets of the event",
            SIBLINGS,
            lambda: model.data.siblings,
            "",
        )
        self.watch = WatchForm(model, self.boundary)
        self.on_draw(self.watch.draw)
        self.widgets: list[Widget] = [
            price,
            self.moves,
            row_of(holders, sides),
            siblings,
            self.watch.form,
        ]

    def _holders(self) -> Figure:
        names = [one["name"] for one in (self.model.market or {}).get("outcomes", [])]
        return charts.holders(self.model.data.holding, names)


class FlowTab(Section):
    """What the smart tiers bought over time, and where they lean.

    Attributes:
        widgets: from top to bottom.
    """

    def __init__(self, model: MarketModel, boundary: Boundary) -> None:
        super().__init__(model, boundary)
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
        lean = self.chart(
            "Smart lean over time",
            lambda: charts.lean(model.data.history),
            note="with its 90 % interval",
            height=280,
            empty="Lean needs two runs with at least 3 smart wallets.",
        )
        moves = self.table(
            "All moves of the last 24 hours",
            movers.IN_ONE_MARKET,
            lambda: model.data.movers,
            movers.NONE_MOVED,
        )
        self.widgets: list[Widget] = [row_of(self.hours, days), lean, moves]


class RulesTab(Section):
    """How and whether it resolved.

    Attributes:
        widgets: the one text.
    """

    def __init__(self, model: MarketModel, boundary: Boundary) -> None:
        super().__init__(model, boundary)
        self.widgets: list[Widget] = [self.text(model.resolution, title="Resolution")]


class WholeTab:
    """All other tabs, one below the other.

    Attributes:
        widgets: of all of them.
    """

    def __init__(self, parts: Sequence[TabSection]) -> None:
        self._parts = parts
        self.widgets = [widget for part in parts for widget in part.widgets]

    def draw(self) -> None:
        """Fill every component."""
        for part in self._parts:
            part.draw()


KINDS: dict[str, Callable[[MarketModel, Boundary], TabSection]] = {
    "story": StoryTab,
    "flow": FlowTab,
    "rules": RulesTab,
}


class MarketPage(TabbedView[MarketModel]):
    """Header and figures, then tabs: the story, flow, holders, trades, rules."""

    model_class = MarketModel

    def build(self) -> list[Widget]:
        """The components above the tabs, and the tabs."""
        model = self.model
        header, kpis = self.text(model.header, kind="hero"), self.kpis(model.kpis)
        return [header, kpis, *self.tabbed("parts of this market")]

    def section(self, tab: str) -> TabSection:
        """Build a tab."""
        if tab == WHOLE:
            return WholeTab([self.section(key) for key, _ in self.model.TABS if key != WHOLE])
        if tab in KINDS:
            return KINDS[tab](self.model, self.boundary)
        owned = self.model.lists[tab]
        section = ListSection(owned, self.boundary, self._fields(owned), title=owned.title)
        owned.observe(lambda _: self.boundary(section.draw)(), "data")
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
