"""Validation."""

from __future__ import annotations

from ipywidgets import Widget

from smartmoney.widgets.charts import validation as charts
from smartmoney.widgets.models.validation import ValidationModel
from smartmoney.widgets.pages.base import PageView, row_of, table_of
from smartmoney.widgets.parts import Chart, Kpis, Prose, Table


class ValidationPage(PageView[ValidationModel]):
    """Verdict, figures, pictures, baselines."""

    model_class = ValidationModel

    def build(self) -> list[Widget]:
        """The parts of the page."""
        few = "No cut-off could be judged yet."
        self.verdict, self.kpis = Prose(title="Verdict"), Kpis()
        self.ic = Chart(
            title="Rank IC by cut-off",
            height=260,
            empty=few,
            note="grey: where its mean would lie by luck, 90 %; dashed: the mean",
        )
        self.deciles = Chart(
            title="Edge afterwards by decile of the score", height=280, empty=few, note="bars: 90 %"
        )
        self.reliability = Chart(
            title="Reliability of P(skill)",
            height=280,
            empty=few,
            note="size is the number of wallets",
        )
        self.transitions = Chart(
            title="Tier transitions",
            height=280,
            empty="Transitions need two cut-offs.",
            note="share of each tier's wallets, a cut-off later",
        )
        self.lean_words = Prose(title="Was the lean right?")
        self.lean = Chart(
            title="Paid beyond the price, by lean",
            height=260,
            empty="No market had a lean a day before it resolved.",
            note="lean and price of 24 h before the resolution; bars: 90 % over events",
        )
        self.factors, self.runs = Table(), Table()
        return [
            self.verdict,
            self.kpis,
            self.ic,
            row_of(self.deciles, self.reliability),
            row_of(self.transitions, self.factors),
            row_of(self.lean, self.lean_words),
            self.runs,
        ]

    def draw(self) -> None:
        """Fill every part."""
        model = self.model
        self.verdict.lines, self.kpis.items = model.verdict(), model.kpis()
        self.ic.figure = charts.ic_by_month(model.table("ic"), model.summary)
        self.deciles.figure = charts.deciles(model.table("quantiles"))
        self.reliability.figure = charts.reliability(model.table("reliability"))
        self.lean_words.lines = model.lean()
        self.lean.figure = charts.lean_calibration(model.lean_rows())
        self.transitions.figure = charts.transitions(model.table("transitions"))
        self.factors.table = table_of(
            model.factor_columns(),
            model.table("summary"),
            "The score against baselines",
            "No validation yet.",
        )
        self.runs.table = table_of(
            model.run_columns(), model.data["runs"], "Verdicts so far", "No validation yet."
        )
