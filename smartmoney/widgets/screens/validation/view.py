"""Validation."""

from __future__ import annotations

from ipywidgets import Widget

from smartmoney.widgets.screens.validation import charts
from smartmoney.widgets.screens.validation.columns import FACTORS, RUNS
from smartmoney.widgets.screens.validation.model import ValidationModel
from smartmoney.widgets.view import PageView, row_of

FEW = "No cut-off could be judged yet."
NONE_YET = "No validation yet."


class ValidationPage(PageView[ValidationModel]):
    """Verdict, figures, pictures, baselines."""

    model_class = ValidationModel

    def build(self) -> list[Widget]:
        """The components of the page."""
        model = self.model
        factors = self.table(
            "The score against baselines", FACTORS, lambda: model.data.table("summary"), NONE_YET
        )
        runs = self.table("Verdicts so far", RUNS, lambda: model.data.runs, NONE_YET)
        return [
            self.text(model.verdict, title="Verdict"),
            self.kpis(model.kpis),
            self._ic(),
            row_of(*self._afterwards()),
            row_of(self._transitions(), factors),
            row_of(self._lean(), self.text(model.lean, title="Was the lean right?")),
            runs,
        ]

    def _ic(self) -> Widget:
        return self.chart(
            "Rank IC by cut-off",
            lambda: charts.ic_by_month(self.model.data.table("ic"), self.model.data.own),
            height=260,
            empty=FEW,
            note="grey: where its mean would lie by luck, 90 %; dashed: the mean",
        )

    def _afterwards(self) -> tuple[Widget, Widget]:
        deciles = self.chart(
            "Edge afterwards by decile of the score",
            lambda: charts.deciles(self.model.data.table("quantiles")),
            height=280,
            empty=FEW,
            note="bars: 90 %",
        )
        reliability = self.chart(
            "Reliability of P(skill)",
            lambda: charts.reliability(self.model.data.table("reliability")),
            height=280,
            empty=FEW,
            note="size is the number of wallets",
        )
        return deciles, reliability

    def _transitions(self) -> Widget:
        return self.chart(
            "Tier transitions",
            lambda: charts.transitions(self.model.data.table("transitions")),
            height=280,
            empty="Transitions need two cut-offs.",
            note="share of each tier's wallets, a cut-off later",
        )

    def _lean(self) -> Widget:
        return self.chart(
            "Paid beyond the price, by lean",
            lambda: charts.lean_calibration(self.model.data.lean_rows),
            height=260,
            empty="No market had a lean a day before it resolved.",
            note="lean and price of 24 h before the resolution; bars: 90 % over events",
        )
