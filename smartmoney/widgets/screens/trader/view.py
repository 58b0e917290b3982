"""One trader."""

from __future__ import annotations

from ipywidgets import VBox, Widget

from smartmoney.widgets.components import InputForm, ResultCalendar, TabStrip
from smartmoney.widgets.controls import Control, choices, search
from smartmoney.widgets.error_boundary import Boundary
from smartmoney.widgets.listing import OwnedList
from smartmoney.widgets.screens.trader import charts
from smartmoney.widgets.screens.trader.columns import CATEGORIES, PEERS, SCORES
from smartmoney.widgets.screens.trader.model import TABS, TraderModel
from smartmoney.widgets.view import ListSection, PageView, Section, WatchForm, row_of

NEWEST_SCORES = 60
SWITCHES = {
    "positions": ("states", "State", ("open", "closed")),
    "trades": ("sides", "Side", ("BUY", "SELL")),
}


def fields(owned: OwnedList) -> list[Control]:
    """The controls of one of the trader's lists."""
    if owned.name not in SWITCHES:
        return []
    key, label, words = SWITCHES[owned.name]
    shown = owned.filter
    return [
        search(shown.text, "question", "Market"),
        choices(key, label, words, getattr(shown, key)),
    ]


class SummaryTab(Section):
    """Curves, why this tier, peers, the watchlist.

    Attributes:
        widgets: from top to bottom.
    """

    def __init__(self, model: TraderModel, boundary: Boundary) -> None:
        super().__init__(model, boundary)
        calendar = ResultCalendar(title="Daily results", empty="No days yet.")
        self.on_draw(lambda: setattr(calendar, "days", model.calendar()))
        self.watch = WatchForm(model, self.boundary)
        self.on_draw(self.watch.draw)
        self.widgets: list[Widget] = [
            self._equity(),
            row_of(self.text(model.why, kind="list", title="Why this tier"), calendar),
            self.table(
                "By category",
                CATEGORIES,
                lambda: model.data.categories,
                "No events yet.",
            ),
            row_of(*self._results()),
            self.table(
                "Ranked just above and below",
                PEERS,
                lambda: model.data.peers,
                "No peers: this wallet is not scored.",
            ),
            self.watch.form,
        ]

    def _equity(self) -> Widget:
        return self.chart(
            "Equity",
            lambda: charts.equity(self.model.data.days),
            note="total PnL at the end of each day; beneath, the fall from its highest",
            empty="The equity curve needs two days.",
            height=320,
        )

    def _results(self) -> tuple[Widget, Widget]:
        categories = self.chart(
            "PnL by category",
            lambda: charts.by_category(self.model.data.categories),
            note="events with an entry",
            empty="No events yet.",
            height=280,
        )
        calibration = self.chart(
            "Prices paid against outcomes",
            lambda: charts.calibration(self.model.data.calibration),
            note="above the line: won more often than the price said; size is the number of events",
            empty="No decided events yet.",
            height=280,
        )
        return categories, calibration


class ScoreTab(Section):
    """The score over time.

    Attributes:
        widgets: from top to bottom.
    """

    def __init__(self, model: TraderModel, boundary: Boundary) -> None:
        super().__init__(model, boundary)
        history = self.chart(
            "Score over time",
            lambda: charts.score_history(model.data.scores),
            note="what was known at each moment; rows are never rewritten",
            empty="One score so far.",
            height=380,
        )
        scores = self.table(
            "Scores, newest first",
            SCORES,
            lambda: model.data.scores[::-1][:NEWEST_SCORES],
            "Not scored yet.",
        )
        self.widgets: list[Widget] = [history, scores]


class TraderPage(PageView[TraderModel]):
    """Header and figures, then tabs; only the chosen tab is built and read.

    Attributes:
        built: the tabs built so far.
    """

    model_class = TraderModel

    def build(self) -> list[Widget]:
        """The components above the tabs, and an empty place below them."""
        model = self.model
        self.sync = InputForm(name="sync", bare=True)
        self.sync.on_commands(self.boundary, press=self.press)
        self.tabs = TabStrip(label="parts of this trader")
        self.tabs.on_commands(self.boundary, choose=lambda key="": model.choose(str(key)))
        self.body = VBox([])
        self.built: dict[str, SummaryTab | ScoreTab | ListSection] = {}
        header, kpis = self.text(model.header, kind="hero"), self.kpis(model.kpis)
        self.on_draw(self._draw_sync)
        self.on_draw(self._draw_tab)
        return [header, self.sync, kpis, self.tabs, self.body]

    def press(self, key: object = "") -> None:
        """Sync now was pressed."""
        if key == "sync":
            self.model.sync()

    def _draw_sync(self) -> None:
        model = self.model
        busy = model.syncing is not None
        button = {
            "key": "sync",
            "label": "Syncing…" if busy else "Sync now",
            "main": True,
            "disabled": busy or not model.address,
            "hint": "fetch this trader before all others",
        }
        with self.sync.hold_sync():
            self.sync.buttons, self.sync.note = [button], model.sync_note()

    def _draw_tab(self) -> None:
        if self.model.trader is None:
            self.body.children, self.tabs.names = (), []
            return
        model = self.model
        chosen = model.tab
        self.tabs.addresses = {key: model.query_of(key) for key, _ in TABS}
        self.tabs.names, self.tabs.chosen = [list(tab) for tab in TABS], chosen
        if chosen not in self.built:
            self.built[chosen] = self._build_tab(chosen)
        tab = self.built[chosen]
        tab.draw()
        self.body.children = tuple(tab.widgets)

    def _build_tab(self, chosen: str) -> SummaryTab | ScoreTab | ListSection:
        if chosen in ("summary", "score"):
            kind = SummaryTab if chosen == "summary" else ScoreTab
            return kind(self.model, self.boundary)
        owned = self.model.lists[chosen]
        rows = ListSection(owned, self.boundary, lambda: fields(owned))
        owned.observe(lambda _: self.boundary(rows.draw)(), "data")
        return rows
