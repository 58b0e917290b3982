"""Alerts."""

from __future__ import annotations

from typing import Any

from ipywidgets import Widget

from smartmoney.errors import ParameterError
from smartmoney.widgets.models.alerts import KINDS, AlertsModel
from smartmoney.widgets.pages.base import ListPart, PageView, table_of
from smartmoney.widgets.parts import Form, Table


class AlertsPage(PageView[AlertsModel]):
    """Feed, rules, and a form that appears when it is asked for."""

    model_class = AlertsModel

    def build(self) -> list[Widget]:
        """The parts of the page."""
        self.part = ListPart(self.model, self.guard, self._filters, title="What was told")
        self.rules = Table()
        self.rules.wishes(self.guard, act=self.act)
        self.form = Form(name="rule", title="Rules")
        self.form.wishes(self.guard, submit=lambda values=None: self.model.submit(values), press=self.press)
        self.open = False
        self.model.observe(lambda _: self._draw_form(), ["told"])
        return [*self.part.widgets, self.rules, self.form]

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
            {"key": "rule_id", "label": "Rule", "kind": "select", "choices": rules, "value": wanted.rule_id},
        ]

    def act(self, key: Any = "", id: Any = 0) -> None:  # noqa: A002
        """A rule's button was pressed."""
        if not isinstance(id, int):
            raise ParameterError("That rule is gone.")
        self.model.act(str(key), id)
        self.open = self.open or key == "edit"
        self._draw_form()

    def press(self, key: Any = "") -> None:
        """A button of the form was pressed: a kind to make a rule of, or cancel."""
        self.model.told = ""
        self.model.editing = 0
        self.open = str(key) in KINDS
        if self.open:
            self.model.kind_of_rule = str(key)
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
        self._draw_form()

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
                    {"key": "cancel", "label": "Cancel"},
                ]
            else:
                form.title, form.fields = "Add a rule", []
                form.buttons = [
                    {"key": kind, "label": kind.replace("_", " "), "hint": words}
                    for kind, words in KINDS.items()
                ]
