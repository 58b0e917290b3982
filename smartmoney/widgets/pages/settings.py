"""Settings."""

from __future__ import annotations

from typing import Any

from ipywidgets import Widget

from smartmoney.widgets.models.settings import SettingsModel
from smartmoney.widgets.pages.base import PageView, row_of, table_of
from smartmoney.widgets.parts import Form, Kpis, Table


class SettingsPage(PageView[SettingsModel]):
    """What the installation runs with; what may be edited is a form."""

    model_class = SettingsModel

    def build(self) -> list[Widget]:
        """The parts of the page."""
        self.kpis, self.form = Kpis(), Form(name="settings", title="Editable")
        self.form.wishes(self.guard, submit=lambda values=None: self.model.save(values))
        self.gates, self.weights, self.settings = Table(), Table(), Table()
        return [self.kpis, self.form, row_of(self.gates, self.weights), self.settings]

    def draw(self) -> None:
        """Fill every part."""
        model, data = self.model, self.model.data
        self.kpis.items = model.kpis()
        with self.form.hold_sync():
            self.form.fields = [self._field(name) for name in model.EDITABLE]
            self.form.buttons = [{"key": "submit", "label": "Save", "main": True}]
            self.form.note = model.changed_note() or "Nothing was changed; the defaults hold."
        self.gates.table = table_of(model.gate_columns(), data["gates"], "TIER_THRESHOLDS")
        self.weights.table = table_of(model.weight_columns(), data["weights"], "SCORING_WEIGHTS")
        self.settings.table = table_of(
            model.setting_columns(), data["settings"], "Resolved configuration"
        )

    def _field(self, name: str) -> dict[str, Any]:
        label, choices = self.model.EDITABLE[name]
        return {
            "key": name,
            "label": label,
            "kind": "select",
            "any": False,
            "choices": [(word, word) for word in choices],
            "value": self.model.edited(name),
        }
