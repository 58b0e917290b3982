"""Settings."""

from __future__ import annotations

from ipywidgets import Widget

from smartmoney.widgets.components import InputForm
from smartmoney.widgets.controls import select
from smartmoney.widgets.screens.settings.columns import GATES, SETTINGS, WEIGHTS
from smartmoney.widgets.screens.settings.model import SettingsModel
from smartmoney.widgets.view import PageView, row_of

UNCHANGED = "Nothing was changed; the defaults hold."


class SettingsPage(PageView[SettingsModel]):
    """What the installation runs with; what may be edited is a form."""

    model_class = SettingsModel

    def build(self) -> list[Widget]:
        """The components of the page."""
        model = self.model
        self.form = InputForm(name="settings", title="Editable")
        self.form.on_commands(self.boundary, submit=lambda values=None: model.save(values))
        self.form.buttons = [{"key": "submit", "label": "Save", "main": True}]
        self.on_draw(self._draw_form)
        gates = self.table("TIER_THRESHOLDS", GATES, lambda: model.data.gates)
        weights = self.table("SCORING_WEIGHTS", WEIGHTS, lambda: model.data.weights)
        settings = self.table("Resolved configuration", SETTINGS, lambda: model.data.settings)
        return [self.kpis(model.kpis), self.form, row_of(gates, weights), settings]

    def _draw_form(self) -> None:
        model = self.model
        with self.form.hold_sync():
            self.form.note = model.changed_note() or UNCHANGED
            self.form.fields = [
                select(name, label, [(word, word) for word in words], model.edited(name), any=False)
                for name, (label, words) in model.EDITABLE.items()
            ]
