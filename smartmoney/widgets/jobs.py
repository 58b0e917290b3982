"""How jobs and their runs are shown."""

from __future__ import annotations

from typing import Any

from smartmoney.store.reads import Row
from smartmoney.widgets import cells
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.table import TableColumn

FRESH = {
    "fresh": ("fresh", "gain"),
    "amber": ("late", "amber"),
    "red": ("very late", "red"),
    "never": ("never ran", "red"),
    "off": ("off", "dim"),
}
"""Words and tone of a job's freshness."""
NO_SCHEDULE = "runs after other jobs, or when asked"
RUN_TONES = {"done": "gain", "nothing to do": "dim", "already running": "dim", "running": "amber"}


def freshness(row: Row) -> Cell:
    """A job's freshness as a chip; one without a schedule runs after others, or when asked."""
    if row["schedule_s"] is None:
        return cells.chip("no schedule", "dim", NO_SCHEDULE)
    if row["freshness"] == "fresh" and row["last_success_at"] is None:
        why = "the installation is younger than the job's schedule"
        return cells.chip("first run due", "dim", why)
    return cells.chip(*FRESH[row["freshness"]])


FRESHNESS = TableColumn.by_row(freshness, "state", "State")


def run_status(status: str, hover: str = "") -> Cell:
    """How a run ended, as a chip."""
    return cells.chip(status, RUN_TONES.get(status, "red"), hover)


def counts(values: dict[str, Any] | None) -> str:
    """What a run read or wrote, in one line."""
    return ", ".join(
        f"{key.replace('_', ' ')} {value:,}"
        for key, value in (values or {}).items()
        if isinstance(value, int) and not isinstance(value, bool)
    )
