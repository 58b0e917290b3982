"""Health."""

from __future__ import annotations

from ipywidgets import Widget

from smartmoney.widgets.screens.health import columns
from smartmoney.widgets.screens.health.model import HealthModel
from smartmoney.widgets.view import PageView, row_of

TABLES = (
    ("jobs", "Jobs", columns.JOBS, "No job has run yet."),
    ("implausible", "Hardly true", columns.IMPLAUSIBLE, ""),
    ("streams", "Streams", columns.STREAMS, "No stream has been read yet."),
    ("stream_errors", "Newest errors of streams", columns.ERRORS, ""),
    ("quarantine", "Quarantine", columns.QUARANTINE, ""),
    ("quarantine_samples", "Quarantined rows", columns.SAMPLES, ""),
    ("drift", "Fields nobody expected", columns.DRIFT, ""),
    ("budget", "Request budget", columns.BUDGET, "No request was sent yet."),
    ("tables", "Tables", columns.TABLES, "No table."),
    ("latency", "Latency of the live feed", columns.LATENCY, ""),
    ("heartbeats", "Services", columns.SERVICES, ""),
)
"""Field of the data, title, columns, and what is said where there is no row; "" where `quiet` says it with the others."""
FOLDED = frozenset({"tables"})
"""What an operator looks up and does not read: all tables, the largest first."""


class HealthPage(PageView[HealthModel]):
    """Figures, sentences, then tables."""

    model_class = HealthModel

    def build(self) -> list[Widget]:
        """The components of the page."""
        model = self.model
        jobs, *rest = [
            self.table(
                title,
                shown,
                lambda name=name: getattr(model.data, name),  # type: ignore[misc]
                empty,
                folded=name in FOLDED,
            )
            for name, title, shown, empty in TABLES
        ]
        words = self.text(model.sentences, kind="list", title="In words")
        return [self.kpis(model.kpis), words, jobs, row_of(*rest)]
