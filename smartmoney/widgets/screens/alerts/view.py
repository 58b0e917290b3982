"""Alerts."""

from __future__ import annotations

from typing import Any

from ipywidgets import Widget

from smartmoney.errors import ParameterError
from smartmoney.widgets.components import InputForm, TextBlock
from smartmoney.widgets.controls import Control, search, select, text_field
from smartmoney.widgets.screens.alerts.columns import DELIVERIES, RULES, TARGETS, WATCHLIST
from smartmoney.widgets.screens.alerts.model import AlertsModel
from smartmoney.widgets.screens.alerts.rule_form import KINDS
from smartmoney.widgets.view import LONGEST_NOTE, ListSection, PageView

WATCH_HINT = "0x… address, market number or condition id"
WATCH_FIELDS = [
    text_field("what", "Trader or market", "", hint=WATCH_HINT),
    text_field("note", "Note", "", hint="yours", longest=LONGEST_NOTE),
]
WATCH_BUTTONS = [{"key": "submit", "label": "Watch", "main": True}]
KIND_BUTTONS: list[dict[str, Any]] = [
    {"key": kind, "label": kind.replace("_", " "), "hint": words} for kind, words in KINDS.items()
]
RULE_BUTTONS: list[dict[str, Any]] = [
    {"key": "submit", "label": "Try and save", "main": True},
    {
        "key": "try",
        "label": "Try only",
        "values": True,
        "hint": "how often it would have fired in 7 days",
    },
    {"key": "cancel", "label": "Cancel"},
]


class AlertsPage(PageView[AlertsModel]):
    """Feed, rules, and a form that appears when a kind of rule is chosen.

    Attributes:
        open: does the form show a rule?
    """

    model_class = AlertsModel

    def build(self) -> list[Widget]:
        """The components of the page."""
        self.open = False
        self.list = ListSection(self.model, self.boundary, self._filters, title="What fired")
        self.on_draw(self.list.draw)
        self._build_tables()
        self._build_forms()
        return [
            *self.list.widgets,
            self.rules,
            self.form,
            self.targets,
            self.test_result,
            self.deliveries,
            self.watched,
            self.watch,
        ]

    def _build_tables(self) -> None:
        model = self.model
        self.rules = self.table(
            "Rules", RULES, lambda: model.data.rules, "There is no rule yet; add one below."
        )
        self.targets = self.table(
            "Targets",
            TARGETS,
            lambda: model.data.targets,
            "No target is set (ALERT_URLS): alerts are shown here only.",
        )
        self.deliveries = self.table(
            "Newest deliveries",
            DELIVERIES,
            lambda: model.data.deliveries,
            "Nothing was sent yet.",
        )
        self.watched = self.table(
            "Watchlist",
            WATCHLIST,
            lambda: model.data.watchlist,
            "Nothing is watched; rules can look at what is.",
        )
        self.rules.on_commands(self.boundary, act=self.act)
        self.targets.on_commands(
            self.boundary,
            act=lambda key="", id="": model.test_target(str(id)),  # noqa: A006
        )
        self.watched.on_commands(
            self.boundary,
            act=lambda key="", id=0: model.unwatch(int(id)),  # noqa: A006
        )

    def _build_forms(self) -> None:
        model = self.model
        self.form = InputForm(name="rule", title="Rules")
        self.form.on_commands(
            self.boundary, submit=lambda values=None: model.submit(values), press=self.press
        )
        self.watch = InputForm(
            name="watch",
            title="Watch a trader or a market",
            fields=WATCH_FIELDS,
            buttons=WATCH_BUTTONS,
        )
        self.watch.on_commands(self.boundary, submit=lambda values=None: model.watch(values))
        self.test_result = TextBlock(kind="plain")
        self.on_draw(self._draw_form)
        model.observe(lambda _: self._draw_form(), ["rule_result"])
        model.observe(lambda _: self._draw_test(), ["target_result"])

    def _filters(self) -> list[Control]:
        shown = self.model.filter
        rules = [(str(row["id"]), row["name"][:40]) for row in self.model.data.rules]
        return [
            search(shown.text, "words of the alert"),
            select("rule_id", "Rule", rules, shown.rule_id),
        ]

    def act(self, key: Any = "", id: Any = 0) -> None:  # noqa: A002
        """A rule's button was pressed."""
        if not isinstance(id, int):
            raise ParameterError("That rule is gone.")
        self.model.act(str(key), id)
        self.open = self.open or key == "edit"
        self._draw_form()

    def press(self, key: Any = "", values: Any = None) -> None:
        """A button of the form was pressed: try what is typed, a kind to make a rule of, or cancel."""
        if key == "try":
            self.model.try_rule(values)
        else:
            self.open = str(key) in KINDS
            self.model.compose(str(key) if self.open else "")
        self._draw_form()

    def _draw_test(self) -> None:
        result = self.model.target_result
        self.test_result.lines = [[{"t": result}]] if result else []

    def _draw_form(self) -> None:
        model, form = self.model, self.form
        self.open = self.open and not model.rule_result.startswith("Saved")
        verb = "Change" if model.editing else "Add"
        with form.hold_sync():
            form.note = model.rule_result
            form.title = (
                f"{verb} a rule: {KINDS[model.kind_of_rule]}" if self.open else "Add a rule"
            )
            form.fields = model.fields() if self.open else []
            form.buttons = RULE_BUTTONS if self.open else KIND_BUTTONS
