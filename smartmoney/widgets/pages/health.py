"""Health."""

from __future__ import annotations

from ipywidgets import Widget

from smartmoney.widgets.models.health import HealthModel
from smartmoney.widgets.pages.base import PageView, row_of, table_of
from smartmoney.widgets.parts import Kpis, Prose, Table

TABLES = {
    "jobs": ("Jobs", "job_columns", "No job has run yet."),
    "streams": ("Streams", "stream_columns", "No stream has been read yet."),
    "stream_errors": ("Newest errors of streams", "error_columns", "No stream is failing."),
    "quarantine": ("Quarantine", "quarantine_columns", "No row is quarantined."),
    "quarantine_samples": ("Quarantined rows", "sample_columns", "No row is quarantined."),
    "drift": (
        "Fields nobody expected",
        "drift_columns",
        "The API's rows have the fields they should have.",
    ),
    "budget": ("Request budget", "budget_columns", "No request was sent yet."),
    "tables": ("Largest tables", "table_columns", "No table."),
    "heartbeats": ("Services", "service_columns", "No service has reported."),
}


class HealthPage(PageView[HealthModel]):
    """Figures, sentences, then tables."""

    model_class = HealthModel

    def build(self) -> list[Widget]:
        """The parts of the page."""
        self.kpis, self.words = Kpis(), Prose(kind="list", title="In words")
        self.tables = {name: Table() for name in TABLES}
        rest = [self.tables[name] for name in TABLES if name != "jobs"]
        return [self.kpis, self.words, self.tables["jobs"], row_of(*rest)]

    def draw(self) -> None:
        """Fill every part."""
        model = self.model
        self.kpis.items, self.words.lines = model.kpis(), model.sentences()
        for name, (title, columns, empty) in TABLES.items():
            self.tables[name].table = table_of(
                getattr(model, columns)(), model.data[name], title, empty
            )
