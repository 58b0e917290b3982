"""Columns of the health page's tables."""

from __future__ import annotations

from typing import Any

from smartmoney import formats
from smartmoney.store.reads import Row
from smartmoney.widgets import cells, links
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.jobs import FRESHNESS, NO_SCHEDULE, counts, run_status
from smartmoney.widgets.table import TableColumn

NOTHING_COMPLETE = "nothing complete"
NO_RUN = "not run by Prefect, or its address is not known"


def stated(detail: dict[str, Any] | None) -> str:
    """What a service says of itself, in one line."""
    words = {True: "yes", False: "no", None: formats.DASH}
    return ", ".join(
        f"{name.replace('_', ' ')} {words.get(value, value) if isinstance(value, bool | None) else value}"
        for name, value in (detail or {}).items()
        if value != "" and not isinstance(value, list)
    )


def _every(row: Row) -> Cell:
    if not row["schedule_s"]:
        return cells.missing(NO_SCHEDULE if row["schedule_s"] is None else "off")
    return {"t": formats.span(row["schedule_s"])}


def _run(row: Row) -> Cell:
    if not row["status"]:
        return cells.missing("never ran")
    return run_status(row["status"], row.get("error") or formats.utc(row["started_at"]))


def _read(row: Row) -> Cell:
    return cells.text(counts(row.get("came")), "nothing")


def _wrote(row: Row) -> Cell:
    return cells.text(counts(row.get("changed")), "nothing")


def _report(row: Row) -> Cell:
    if not row.get("report"):
        return cells.missing("the run left no notebook")
    return cells.text("open", link=links.page("report", run=row["id"]))


def _report_of_run(row: Row) -> Cell:
    if row["run_id"] is None:
        return cells.missing("outside of a run")
    return cells.text(f"run {row['run_id']}", link=links.page("report", run=row["run_id"]))


def _prefect(row: Row) -> Cell:
    return cells.text("run", link=row["prefect"]) if row["prefect"] else cells.missing(NO_RUN)


def _failing(row: Row) -> Cell:
    return cells.alarm(row["failing"], "amber")


def _key(row: Row) -> Cell:
    short = formats.short_address(row["key"]) or "all"
    return {"t": short, "h": row["key"], "u": links.trader(row["key"])}


def _route_state(row: Row) -> Cell:
    if row["closed"]:
        return cells.chip("closed", "red", row["closed_reason"] or "")
    return cells.chip("open", "gain")


def _seconds(row: Row, name: str) -> Cell:
    return {"t": f"{row[name]:,.1f} s"}


def _growth(row: Row) -> Cell:
    grown = row["bytes_a_day"]
    if grown is None:
        return cells.missing("needs sizes that are a day apart")
    return {"t": f"{'−' if grown < 0 else ''}{formats.byte_size(abs(round(grown)))}"}


def _stated(row: Row) -> Cell:
    return cells.text(stated(row.get("detail")), "says nothing")


JOBS = (
    TableColumn.text("job", "Job", stick=True),
    FRESHNESS,
    TableColumn.when("last_success_at", "Last success"),
    TableColumn.when("next_due", "Next due", "no schedule, or never ran"),
    TableColumn.by_row(_every, "every", "Every", left=False),
    TableColumn.by_row(_run, "run", "Newest run"),
    TableColumn.by_row(_read, "came", "Read"),
    TableColumn.by_row(_wrote, "changed", "Wrote"),
    TableColumn.of(cells.alarm, "failed_24h", "Failed 24 h"),
    TableColumn.by_row(_report, "report", "Notebook"),
    TableColumn.by_row(_prefect, "prefect", "Prefect"),
)
STREAMS = (
    TableColumn.text("source", "Stream", stick=True),
    TableColumn.of(cells.number, "keys", "Keys"),
    TableColumn.of(cells.number, "due", "Due"),
    TableColumn.of(cells.number, "leased", "Running"),
    TableColumn.by_row(_failing, "failing", "Failing", left=False),
    TableColumn.of(cells.number, "never_read", "Never read"),
    TableColumn.when("oldest_watermark", "Complete up to (oldest)", NOTHING_COMPLETE),
    TableColumn.when("newest_watermark", "Complete up to (newest)", NOTHING_COMPLETE),
    TableColumn.when("last_success_at", "Last success"),
)
ERRORS = (
    TableColumn.when("last_error_at", "When"),
    TableColumn.text("source", "Stream"),
    TableColumn.by_row(_key, "key", "Key", stick=True),
    TableColumn.text("last_error", "Error", "no words"),
)
QUARANTINE = (
    TableColumn.text("source", "Stream"),
    TableColumn.text("reason", "Reason", stick=True),
    TableColumn.of(cells.number, "rows", "Rows"),
    TableColumn.of(cells.number, "times", "Times seen"),
    TableColumn.when("last_seen_at", "Last seen"),
)
SAMPLES = (
    TableColumn.when("last_seen_at", "Seen"),
    TableColumn.text("reason", "Reason"),
    TableColumn.text("sample", "Raw", "empty", stick=True),
    TableColumn.of(cells.size, "bytes", "Size"),
)
DRIFT = (
    TableColumn.text("route", "Route"),
    TableColumn.text("field", "Field", stick=True),
    TableColumn.text("json_type", "Type"),
    TableColumn.when("first_seen_at", "First seen"),
)
BUDGET = (
    TableColumn.text("route", "Route", stick=True),
    TableColumn.of(cells.number, "taken", "Requests"),
    TableColumn.of(cells.number, "throttled", "Throttled"),
    TableColumn.by_row(_route_state, "state", "State"),
    TableColumn.when("closed_until", "Opens", "is open"),
)
TABLES = (
    TableColumn.text("table_name", "Table", stick=True),
    TableColumn.of(cells.number, "rows_estimated", "Rows, about"),
    TableColumn.of(cells.size, "bytes", "Size"),
    TableColumn.by_row(_growth, "bytes_a_day", "Growth a day", left=False),
    TableColumn.text("holds", "Holds", "not ours"),
    TableColumn.text("grows", "Grows by", "bounded"),
    TableColumn.text("retention", "Rows", "not ours"),
)
IMPLAUSIBLE = (
    TableColumn.when("last_seen_at", "Seen"),
    TableColumn.text("sentence", "What", stick=True),
    TableColumn.text("job", "Job", "outside of a job"),
    TableColumn.by_row(_report_of_run, "run_id", "Run that did it"),
)
SERVICES = (
    TableColumn.text("service", "Service", stick=True),
    TableColumn.when("seen_at", "Seen"),
    TableColumn.when("started_at", "Up since"),
    TableColumn.by_row(_stated, "state", "State"),
)
STAGES = {
    "heard": "heard on the feed",
    "stored": "stored",
    "told": "told as an alert",
}
LATENCY = (
    TableColumn.by_row(
        lambda row: {"t": STAGES.get(row["stage"], row["stage"])},
        "stage",
        "From a trade until it was",
        stick=True,
    ),
    TableColumn.of(cells.number, "n", "Trades"),
    TableColumn.by_row(lambda row: _seconds(row, "half"), "half", "Half within", left=False),
    TableColumn.by_row(
        lambda row: _seconds(row, "nine_of_ten"), "nine_of_ten", "9 of 10 within", left=False
    ),
    TableColumn.by_row(
        lambda row: _seconds(row, "ninety_nine_of_100"),
        "ninety_nine_of_100",
        "99 of 100 within",
        left=False,
    ),
    TableColumn.by_row(lambda row: _seconds(row, "slowest"), "slowest", "Slowest", left=False),
)
