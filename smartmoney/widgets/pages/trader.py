"""One trader."""

from __future__ import annotations

from typing import Any

from ipywidgets import VBox, Widget

from smartmoney.widgets.charts import trader as charts
from smartmoney.widgets.models.trader import TABS, TraderModel
from smartmoney.widgets.pages.base import ListPart, PageView, row_of, table_of
from smartmoney.widgets.pages.watching import WatchPart
from smartmoney.widgets.parts import Calendar, Chart, Form, Kpis, Prose, Table, Tabs


class TraderPage(PageView[TraderModel]):
    """Header and figures, then tabs; only the chosen tab is built and read."""

    model_class = TraderModel

    def build(self) -> list[Widget]:
        """The parts above the tabs, and an empty place below them."""
        self.header, self.kpis = Prose(kind="hero"), Kpis()
        self.sync = Form(name="sync", bare=True)
        self.sync.wishes(self.guard, press=self.press)
        self.tabs = Tabs(names=[list(tab) for tab in TABS], label="parts of this trader")
        self.tabs.wishes(self.guard, choose=lambda key="": self.model.choose(str(key)))
        self.body = VBox([])
        self.made: dict[str, Any] = {}
        return [self.header, self.sync, self.kpis, self.tabs, self.body]

    def press(self, key: Any = "") -> None:
        """Sync now was pressed."""
        if key == "sync":
            self.model.sync()

    def draw(self) -> None:
        """Fill header, figures and the chosen tab."""
        model = self.model
        self.header.lines, self.kpis.items = model.header(), model.kpis()
        busy = model.syncing is not None
        with self.sync.hold_sync():
            self.sync.buttons = [
                {
                    "key": "sync",
                    "label": "Syncing…" if busy else "Sync now",
                    "main": True,
                    "disabled": busy or not model.address,
                    "hint": "fetch this trader before all others",
                }
            ]
            self.sync.note = model.sync_note()
        if model.trader is None:
            self.body.children, self.tabs.names = (), []
            return
        self.tabs.names, self.tabs.chosen = [list(tab) for tab in TABS], model.tab
        make, fill = {
            "summary": (self._make_summary, self._draw_summary),
            "score": (self._make_score, self._draw_score),
        }.get(model.tab, (self._make_list, self._draw_list))
        if model.tab not in self.made:
            self.made[model.tab] = make()
        fill()
        self.body.children = tuple(self.made[model.tab])

    def _make_summary(self) -> list[Widget]:
        self.why = Prose(kind="list", title="Why this tier")
        self.equity = Chart(
            title="Equity",
            note="total PnL at the end of each day; beneath, the fall from its highest",
            empty="The equity curve needs two days.",
            height=320,
        )
        self.calendar = Calendar(title="Daily results", empty="No days yet.")
        self.categories = Chart(
            title="PnL by category", note="events with an entry", empty="No events yet.", height=280
        )
        self.calibration = Chart(
            title="Prices paid against outcomes",
            empty="No decided events yet.",
            height=280,
            note="above the line: won more often than the price said; size is the number of events",
        )
        self.peers = Table()
        self.watch = WatchPart(self.model, self.guard)
        return [
            self.equity,
            row_of(self.why, self.calendar),
            row_of(self.categories, self.calibration),
            self.peers,
            self.watch.form,
        ]

    def _draw_summary(self) -> None:
        model, data = self.model, self.model.data
        self.watch.draw()
        self.why.lines, self.calendar.days = model.why(), model.calendar()
        self.equity.figure = charts.equity(data["days"])
        self.categories.figure = charts.by_category(data["categories"])
        self.calibration.figure = charts.calibration(data["calibration"])
        self.peers.table = table_of(
            model.peer_columns(),
            data["peers"],
            "Ranked just above and below",
            "No peers: this wallet is not scored.",
        )

    def _make_score(self) -> list[Widget]:
        self.history = Chart(
            title="Score over time",
            note="what was known at each moment; rows are never rewritten",
            empty="One score so far.",
            height=380,
        )
        self.scores = Table()
        return [self.history, self.scores]

    def _draw_score(self) -> None:
        rows = self.model.data["scores"]
        self.history.figure = charts.score_history(rows)
        self.scores.table = table_of(
            self.model.score_columns(), rows[::-1][:60], "Scores, newest first", "Not scored yet."
        )

    def _make_list(self) -> list[Widget]:
        owned = self.model.lists[self.model.tab]
        part = ListPart(owned, self.guard, lambda: self._fields(owned))
        self.parts = {**getattr(self, "parts", {}), owned.name: part}
        owned.observe(lambda _: self.guard(part.draw)(), "version")
        return part.widgets

    def _draw_list(self) -> None:
        self.parts[self.model.tab].draw()

    def _fields(self, owned: Any) -> list[dict[str, Any]]:
        wanted = owned.filter
        search = {
            "key": "text",
            "label": "Market",
            "kind": "text",
            "hint": "question",
            "value": wanted.text,
            "wide": True,
        }
        choices = {
            "positions": ("states", "State", ["open", "closed"]),
            "trades": ("sides", "Side", ["BUY", "SELL"]),
        }
        if owned.name not in choices:
            return []
        key, label, words = choices[owned.name]
        return [
            search,
            {
                "key": key,
                "label": label,
                "kind": "choices",
                "choices": words,
                "value": list(getattr(wanted, key)),
            },
        ]
