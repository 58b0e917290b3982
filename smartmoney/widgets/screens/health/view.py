"""Health."""

from __future__ import annotations

from ipywidgets import Widget

from smartmoney.widgets.screens.health import columns
from smartmoney.widgets.screens.health.model import HealthModel
from smartmoney.widgets.view import PageView, row_of

NO_QUARANTINE = "No row is quarantined."
TABLES = (
    ("jobs", "Jobs", columns.JOBS, "No job has run yet."),
    (
        "implausible",
        "Hardly true",
        columns.IMPLAUSIBLE,
        "Nothing that runs left looks implausible.",
    ),
    ("streams", "Streams", columns.STREAMS, "No stream has been read yet."),
    ("stream_errors", "Newest errors of streams", columns.ERRORS, "No stream is failing."),
    ("quarantine", "Quarantine", columns.QUARANTINE, NO_QUARANTINE),
    ("quarantine_samples", "Quarantined rows", columns.SAMPLES, NO_QUARANTINE),
    (
        "drift",
        "Fields nobody expected",
        columns.DRIFT,
        "The API's rows have the fields they should have.",
    ),
    ("budget", "Request budget", columns.BUDGET, "No request was sent yet."),
    ("tables", "Tables", columns.TABLES, "No table."),
    (
        "latency",
        "Latency of the live feed",
        columns.LATENCY,
        "The live feed is not followed, or has told no trade of a followed wallet yet.",
    ),
    ("heartbeats", "Services", columns.SERVICES, "No service has reported."),
)
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
