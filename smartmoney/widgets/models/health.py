"""How fresh everything is, the worst first, in plain consequences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from smartmoney.store import reads
from smartmoney.store.reads import Row
from smartmoney.widgets import cells, formats, links
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.models.base import PageModel, PageState
from smartmoney.widgets.models.listing import Column
from smartmoney.widgets.models.overview import freshness_cell

RUN_TONES = {"done": "gain", "nothing to do": "dim", "already running": "dim", "running": "amber"}
WORDS = {
    "fresh": ("all fresh", "gain"),
    "amber": ("some late", "amber"),
    "red": ("very late", "red"),
}


def counts(values: dict[str, Any] | None) -> str:
    """What a run read or wrote, in one line."""
    found = [
        f"{key.replace('_', ' ')} {value:,}"
        for key, value in (values or {}).items()
        if isinstance(value, int) and not isinstance(value, bool)
    ]
    return ", ".join(found)


def stated(detail: dict[str, Any] | None) -> str:
    """What a service says of itself, in one line."""
    words = {True: "yes", False: "no", None: "–"}
    return ", ".join(
        f"{name.replace('_', ' ')} {words.get(value, value) if isinstance(value, bool | None) else value}"
        for name, value in (detail or {}).items()
        if value != ""
    )


class HealthModel(PageModel):
    """Jobs, streams, quarantine, drift, budget, database."""

    name = "health"
    title = "Health"

    def read(self) -> dict[str, Any]:
        """As `reads.health`; as-of is the moment of looking."""
        now = self.clock()
        return {**reads.health(self.store, self.settings.schedules(), now), "as_of": now}

    def judge(self, data: dict[str, Any]) -> tuple[PageState, str]:
        """Empty before any run; partial while a job is late or failing."""
        ran = [row for row in data["jobs"] if row["status"]]
        if not ran:
            return (
                PageState.EMPTY,
                "No job has run yet. `smartmoney up` starts them; the first runs take a minute or two.",
            )
        late = [row for row in data["jobs"] if row["freshness"] in ("red", "amber")]
        if late:
            since = late[0]["last_success_at"]
            when = f", last success {formats.ago(since, self.clock())}" if since else ""
            return PageState.PARTIAL, f"{late[0]['job']} is late{when}: {late[0]['consequence']}."
        return PageState.READY, ""

    def kpis(self) -> list[dict[str, Any]]:
        """The row of figures."""
        data = self.data
        database, stamp, now = data["database"], data["stamp"], self.clock()
        failing = sum(row["failing"] for row in data["streams"])
        keys = sum(row["keys"] for row in data["streams"])
        bad = sum(row["rows_24h"] for row in data["quarantine"])
        closed = sum(row["closed"] for row in data["budget"])
        words, tone = WORDS[data["status"]]
        return [
            {
                "label": "Jobs",
                "cell": cells.chip(words, tone),
                "below": f"{sum(row['failed_24h'] for row in data['jobs'])} failures in 24 h",
            },
            {
                "label": "Scores as of",
                "cell": cells.when(stamp.get("scores_as_of"), now, "not computed yet"),
                "below": f"trades up to {formats.ago(stamp['newest_watermark'], now)}"
                if stamp.get("newest_watermark")
                else "no trades read",
            },
            {
                "label": "Streams failing",
                "cell": {"t": f"{failing:,}", "c": "amber" if failing else "gain"},
                "below": f"of {keys:,}",
            },
            {
                "label": "Quarantined, 24 h",
                "cell": {"t": f"{bad:,}", "c": "amber" if bad else "gain"},
                "below": "rows that could not be read",
            },
            {
                "label": "Routes closed",
                "cell": {"t": f"{closed}", "c": "red" if closed else "gain"},
                "below": f"{sum(row['throttled'] for row in data['budget']):,} throttled so far",
            },
            {
                "label": "Database",
                "cell": {"t": formats.size_of(database.get("bytes", 0))},
                "below": f"schema {database.get('migration', '–')}, "
                f"{database.get('connections', 0)} of {database.get('max_connections', 0)} connections",
            },
        ]

    def sentences(self) -> list[list[Cell]]:
        """What is complete, in words."""
        stamp, now = self.data["stamp"], self.clock()
        lines = []
        if stamp.get("newest_watermark"):
            lines.append(
                f"Trades are complete up to {formats.utc(stamp['newest_watermark'])} at best"
                + (
                    f"; scores use what was there at {formats.utc(stamp['scores_as_of'])}."
                    if stamp.get("scores_as_of")
                    else "; nothing is scored yet."
                )
            )
        for row in self.data["jobs"]:
            if row["consequence"]:
                last = (
                    f"{formats.ago(row['last_success_at'], now)}"
                    if row["last_success_at"]
                    else "never"
                )
                lines.append(f"{row['job']} last succeeded {last}: {row['consequence']}.")
        return [[{"t": line}] for line in lines]

    def job_columns(self) -> Sequence[Column]:
        """Columns of the jobs."""
        now, prefect = self.clock(), links.prefect_ui(self.settings)
        return (
            Column("job", "Job", lambda r: cells.text(r["job"]), left=True, stick=True),
            Column("state", "State", freshness_cell, left=True),
            Column("last", "Last success", lambda r: cells.when(r["last_success_at"], now)),
            Column(
                "next",
                "Next due",
                lambda r: cells.when(r["next_due"], now, "no schedule, or never ran"),
            ),
            Column(
                "every",
                "Every",
                lambda r: (
                    {"t": formats.span(r["schedule_s"])} if r["schedule_s"] else cells.none("off")
                ),
            ),
            Column("run", "Newest run", self._run, left=True),
            Column(
                "came", "Read", lambda r: cells.text(counts(r.get("came")), "nothing"), left=True
            ),
            Column(
                "changed",
                "Wrote",
                lambda r: cells.text(counts(r.get("changed")), "nothing"),
                left=True,
            ),
            Column(
                "failed",
                "Failed 24 h",
                lambda r: {"t": f"{r['failed_24h']}", "c": "red" if r["failed_24h"] else ""},
            ),
            Column(
                "report",
                "Notebook",
                lambda r: (
                    cells.text("open", link=links.page("report", run=r["id"]))
                    if r.get("report")
                    else cells.none("the run left no notebook")
                ),
                left=True,
            ),
            Column(
                "prefect",
                "Prefect",
                lambda r: (
                    cells.text("run", link=links.prefect_run(prefect, r.get("flow_run_id")))
                    if r.get("flow_run_id") and prefect
                    else cells.none("not run by Prefect, or its address is not known")
                ),
                left=True,
            ),
        )

    def _run(self, row: Row) -> Cell:
        if not row["status"]:
            return cells.none("never ran")
        hover = (
            formats.words(row["error"], 600) if row.get("error") else formats.utc(row["started_at"])
        )
        return cells.chip(row["status"], RUN_TONES.get(row["status"], "red"), hover)

    def stream_columns(self) -> Sequence[Column]:
        """Columns of the streams."""
        now = self.clock()
        return (
            Column("source", "Stream", lambda r: cells.text(r["source"]), left=True, stick=True),
            Column("keys", "Keys", lambda r: cells.number(r["keys"])),
            Column("due", "Due", lambda r: cells.number(r["due"])),
            Column("leased", "Running", lambda r: cells.number(r["leased"])),
            Column(
                "failing",
                "Failing",
                lambda r: {"t": f"{r['failing']:,}", "c": "amber" if r["failing"] else ""},
            ),
            Column("never", "Never read", lambda r: cells.number(r["never_read"])),
            Column(
                "oldest",
                "Complete up to (oldest)",
                lambda r: cells.when(r["oldest_watermark"], now, "nothing complete"),
            ),
            Column(
                "newest",
                "Complete up to (newest)",
                lambda r: cells.when(r["newest_watermark"], now, "nothing complete"),
            ),
            Column("last", "Last success", lambda r: cells.when(r["last_success_at"], now)),
        )

    def error_columns(self) -> Sequence[Column]:
        """Columns of the newest errors."""
        now = self.clock()
        return (
            Column("at", "When", lambda r: cells.when(r["last_error_at"], now)),
            Column("source", "Stream", lambda r: cells.text(r["source"]), left=True),
            Column(
                "key",
                "Key",
                lambda r: {
                    "t": formats.short_address(r["key"]) or "all",
                    "h": r["key"],
                    "u": links.trader(r["key"]),
                },
                left=True,
                stick=True,
            ),
            Column("error", "Error", lambda r: cells.text(r["last_error"], "no words"), left=True),
        )

    def quarantine_columns(self) -> Sequence[Column]:
        """Columns of the quarantine."""
        now = self.clock()
        return (
            Column("source", "Stream", lambda r: cells.text(r["source"]), left=True),
            Column("reason", "Reason", lambda r: cells.text(r["reason"]), left=True, stick=True),
            Column("rows", "Rows", lambda r: cells.number(r["rows"])),
            Column("times", "Times seen", lambda r: cells.number(r["times"])),
            Column("last", "Last seen", lambda r: cells.when(r["last_seen_at"], now)),
        )

    def sample_columns(self) -> Sequence[Column]:
        """Columns of quarantined rows."""
        now = self.clock()
        return (
            Column("seen", "Seen", lambda r: cells.when(r["last_seen_at"], now)),
            Column("reason", "Reason", lambda r: cells.text(r["reason"]), left=True),
            Column(
                "sample", "Raw", lambda r: cells.text(r["sample"], "empty"), left=True, stick=True
            ),
            Column("bytes", "Size", lambda r: {"t": formats.size_of(r["bytes"])}),
        )

    def drift_columns(self) -> Sequence[Column]:
        """Columns of fields nobody expected."""
        now = self.clock()
        return (
            Column("route", "Route", lambda r: cells.text(r["route"]), left=True),
            Column("field", "Field", lambda r: cells.text(r["field"]), left=True, stick=True),
            Column("type", "Type", lambda r: cells.text(r["json_type"]), left=True),
            Column("first", "First seen", lambda r: cells.when(r["first_seen_at"], now)),
        )

    def budget_columns(self) -> Sequence[Column]:
        """Columns of the request budget."""
        now = self.clock()
        return (
            Column("route", "Route", lambda r: cells.text(r["route"]), left=True, stick=True),
            Column("taken", "Requests", lambda r: cells.number(r["taken"])),
            Column("throttled", "Throttled", lambda r: cells.number(r["throttled"])),
            Column(
                "state",
                "State",
                lambda r: (
                    cells.chip("closed", "red", r["closed_reason"] or "")
                    if r["closed"]
                    else cells.chip("open", "gain")
                ),
                left=True,
            ),
            Column(
                "until",
                "Opens",
                lambda r: (
                    cells.when(r["closed_until"], now, "is open") if r["closed"] else {"t": ""}
                ),
            ),
        )

    def table_columns(self) -> Sequence[Column]:
        """Columns of the largest tables."""
        return (
            Column("table", "Table", lambda r: cells.text(r["table_name"]), left=True, stick=True),
            Column("rows", "Rows, about", lambda r: cells.number(r["rows_estimated"])),
            Column("bytes", "Size", lambda r: {"t": formats.size_of(r["bytes"])}),
        )

    def service_columns(self) -> Sequence[Column]:
        """Columns of the services."""
        now = self.clock()
        return (
            Column("service", "Service", lambda r: cells.text(r["service"]), left=True, stick=True),
            Column("seen", "Seen", lambda r: cells.when(r["seen_at"], now)),
            Column("up", "Up since", lambda r: cells.when(r["started_at"], now)),
            Column(
                "state",
                "State",
                lambda r: cells.text(stated(r.get("detail")), "says nothing"),
                left=True,
            ),
        )
