"""Alerts."""

from __future__ import annotations

from typing import Any

from ipywidgets import Widget

from smartmoney.errors import ParameterError
from smartmoney.widgets.models.alert_places import delivery_columns, target_columns, watch_columns
from smartmoney.widgets.models.alerts import KINDS, AlertsModel
from smartmoney.widgets.pages.base import ListPart, PageView, table_of
from smartmoney.widgets.parts import Form, Prose, Table

WATCH_FIELDS: list[dict[str, Any]] = [
    {
        "key": "what",
        "label": "Trader or market",
        "kind": "text",
        "hint": "0x… address, market number or condition id",
        "longest": 80,
        "value": "",
        "wide": True,
    },
    {
        "key": "note",
        "label": "Note",
        "kind": "text",
        "hint": "yours",
        "longest": 2_000,
        "value": "",
        "wide": True,
    },
]
WATCH_BUTTONS = [{"key": "submit", "label": "Watch", "main": True}]


class AlertsPage(PageView[AlertsModel]):
    """Feed, rules, and a form that appears when it is asked for."""

    model_class = AlertsModel

    def build(self) -> list[Widget]:
        """The parts of the page."""
        self.part = ListPart(self.model, self.guard, self._filters, title="What was told")
        self.rules, self.targets, self.deliveries, self.watched = Table(), Table(), Table(), Table()
        self.rules.wishes(self.guard, act=self.act)
        self.targets.wishes(self.guard, act=lambda key="", id="": self.model.test_target(str(id)))  # noqa: A006
        self.watched.wishes(self.guard, act=lambda key="", id=0: self.model.unwatch(int(id)))  # noqa: A006
        self.form = Form(name="rule", title="Rules")
        self.form.wishes(
            self.guard, submit=lambda values=None: self.model.submit(values), press=self.press
        )
        self.watch = Form(
            name="watch",
            title="Watch a trader or a market",
            fields=WATCH_FIELDS,
            buttons=WATCH_BUTTONS,
        )
        self.watch.wishes(self.guard, submit=lambda values=None: self.model.watch(values))
        self.told_target = Prose(kind="plain")
        self.open = False
        self.model.observe(lambda _: self._draw_form(), ["told"])
        self.model.observe(lambda _: self._draw_test(), ["told_target"])
        return [
            *self.part.widgets,
            self.rules,
            self.form,
            self.targets,
            self.told_target,
            self.deliveries,
            self.watched,
            self.watch,
        ]

    def _filters(self) -> list[dict[str, Any]]:
        wanted = self.model.filter
        rules = [(str(row["id"]), row["name"][:40]) for row in self.model.data.get("rules", [])]
        return [
            {
                "key": "text",
                "label": "Search",
                "kind": "text",
                "hint": "words of the alert",
                "value": wanted.text,
                "wide": True,
            },
            {
                "key": "rule_id",
                "label": "Rule",
                "kind": "select",
                "choices": rules,
                "value": wanted.rule_id,
            },
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

    def draw(self) -> None:
        """Fill every part."""
        self.part.draw()
        self.rules.table = table_of(
            self.model.rule_columns(),
            self.model.data["rules"],
            "Rules",
            "There is no rule yet; add one below.",
        )
        model, now = self.model, self.model.clock()
        self.targets.table = table_of(
            target_columns(now),
            model.data["targets"],
            "Targets",
            "No target is set (ALERT_URLS): alerts are told here only.",
        )
        self.deliveries.table = table_of(
            delivery_columns(now),
            model.data["deliveries"],
            "Newest deliveries",
            "Nothing was sent yet.",
        )
        self.watched.table = table_of(
            watch_columns(now),
            model.data["watchlist"],
            "Watchlist",
            "Nothing is watched; rules can look at what is.",
        )
        self._draw_form()

    def _draw_test(self) -> None:
        self.told_target.lines = [[{"t": self.model.told_target}]] if self.model.told_target else []

    def _draw_form(self) -> None:
        model, form = self.model, self.form
        self.open = self.open and not model.told.startswith("Saved")
        with form.hold_sync():
            form.note = model.told
            if self.open:
                what = "Change" if model.editing else "Add"
                form.title = f"{what} a rule: {KINDS[model.kind_of_rule]}"
                form.fields = model.fields()
                form.buttons = [
                    {"key": "submit", "label": "Try and save", "main": True},
                    {
                        "key": "try",
                        "label": "Try only",
                        "values": True,
                        "hint": "how often it would have fired in 7 days",
                    },
                    {"key": "cancel", "label": "Cancel"},
                ]
            else:
                form.title, form.fields = "Add a rule", []
                form.buttons = [
                    {"key": kind, "label": kind.replace("_", " "), "hint": words}
                    for kind, words in KINDS.items()
                ]
