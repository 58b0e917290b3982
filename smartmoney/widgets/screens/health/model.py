"""How fresh everything is, the worst first, in plain consequences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from smartmoney import formats
from smartmoney.store import reads
from smartmoney.store.reads import Row
from smartmoney.store.server import growth
from smartmoney.widgets import cells, links
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.model import Judgement, PageData, PageModel, PageState
from smartmoney.widgets.table import Kpi

STATUS = {
    "fresh": ("all fresh", "gain"),
    "amber": ("some late", "amber"),
    "red": ("very late", "red"),
}
NO_RUN = "No job has run yet. `smartmoney up` starts them; the first runs take a minute or two."


QUIET = (
    ("stream_errors", "failing streams"),
    ("quarantine", "quarantined rows"),
    ("implausible", "implausible results"),
    ("drift", "unexpected fields of the API"),
    ("latency", "the live feed"),
    ("heartbeats", "services"),
)


@dataclass(frozen=True, eq=False, kw_only=True)
class HealthData(PageData):
    """As `reads.health` returns it, each job with the link of its newest run in Prefect."""

    status: str = "fresh"
    jobs: Sequence[Row] = ()
    streams: Sequence[Row] = ()
    open_list: Row = field(default_factory=dict)
    stream_errors: Sequence[Row] = ()
    quarantine: Sequence[Row] = ()
    quarantine_samples: Sequence[Row] = ()
    drift: Sequence[Row] = ()
    budget: Sequence[Row] = ()
    database: Row = field(default_factory=dict)
    tables: Sequence[Row] = ()
    sizes_known_days: int = 0
    free_bytes: int | None = None
    implausible: Sequence[Row] = ()
    capacity: Sequence[Row] = ()
    first_fill: Row = field(default_factory=dict)
    platform: Row = field(default_factory=dict)
    heartbeats: Sequence[Row] = ()
    stamp: Row = field(default_factory=dict)

    @property
    def latency(self) -> Sequence[Row]:
        """How long the live feed's trades took by stage; empty where no feed is followed."""
        measured = [(row.get("detail") or {}).get("latency") for row in self.heartbeats]
        return next((rows for rows in measured if rows), [])


class HealthModel(PageModel[HealthData]):
    """Jobs, streams, quarantine, drift, budget, database."""

    name = "health"
    title = "Health"
    data_class = HealthData

    def read(self) -> HealthData:
        """As `reads.health`; as-of is the moment of reading."""
        now, prefect = self.clock(), links.prefect_ui(self.settings)
        found = reads.health(self.store, self.settings.schedules(), now)
        for row in found["jobs"]:
            row["prefect"] = links.prefect_run(prefect, row.get("flow_run_id"))
        free = growth.free_bytes(self.settings)
        return HealthData(**found, free_bytes=free, as_of=now)

    def judge(self, data: HealthData) -> Judgement:
        """Empty before any run; partial while a job is late or failing."""
        if not any(row["status"] for row in data.jobs):
            return PageState.EMPTY, NO_RUN
        late = next((row for row in data.jobs if row["freshness"] in ("red", "amber")), None)
        if late is None:
            return PageState.READY, ""
        since = late["last_success_at"]
        when = f", last success {formats.ago(since, self.clock())}" if since else ""
        return PageState.PARTIAL, f"{late['job']} is late{when}: {late['consequence']}."

    def kpis(self) -> list[Kpi]:
        """The row of figures."""
        data = self.data
        failed = sum(row["failed_24h"] for row in data.jobs)
        failing = sum(row["failing"] for row in data.streams)
        streams = sum(row["keys"] for row in data.streams)
        bad = sum(row["rows_24h"] for row in data.quarantine)
        closed = sum(row["closed"] for row in data.budget)
        throttled = sum(row["throttled"] for row in data.budget)
        return [
            Kpi("Jobs", cells.chip(*STATUS[data.status]), f"{failed} failures in 24 h"),
            self._scores(),
            Kpi("Streams failing", _quiet(failing, "amber"), f"of {streams:,}"),
            Kpi("Quarantined, 24 h", _quiet(bad, "amber"), "rows that could not be read"),
            Kpi("Routes closed", _quiet(closed, "red"), f"{throttled:,} throttled so far"),
            self._database(),
        ]

    def _scores(self) -> Kpi:
        stamp, now = self.data.stamp, self.clock()
        newest = stamp.get("newest_watermark")
        below = f"trades up to {formats.ago(newest, now)}" if newest else "no trades read"
        cell = cells.when(stamp.get("scores_as_of"), now, "not computed yet")
        return Kpi("Scores as of", cell, below)

    def _database(self) -> Kpi:
        row = self.data.database
        open_, most = row.get("connections", 0), row.get("max_connections", 0)
        left = self.outlook["days_left"]
        full = "" if left is None else f"disk full in {left:,.0f} d, "
        below = f"{full}schema {row.get('migration', formats.DASH)}, {open_} of {most} connections"
        return Kpi("Database", cells.size(row.get("bytes", 0)), below)

    @property
    def outlook(self) -> Row:
        """Growth of all tables, and the disk; see `growth.outlook`."""
        data = self.data
        return growth.outlook(data.tables, data.free_bytes, data.sizes_known_days)

    def sentences(self) -> list[list[Cell]]:
        """What is complete, in words."""
        stamp, now = self.data.stamp, self.clock()
        lines = []
        if newest := stamp.get("newest_watermark"):
            scored = stamp.get("scores_as_of")
            use = (
                f"scores use what was there at {formats.utc(scored)}"
                if scored
                else "nothing is scored yet"
            )
            lines.append(f"Trades are complete up to {formats.utc(newest)} at best; {use}.")
        if self.data.open_list:
            lines.append(open_list(self.data.open_list))
        if self.data.platform:
            lines.append(platform(self.data.platform, now))
        lines += filter(None, [self.data.first_fill.get("sentence")])
        lines += [row["plan"]["sentence"] for row in self.data.capacity]
        lines.append(self.outlook["sentence"])
        lines += [row["sentence"] for row in self.data.implausible]
        lines += filter(None, [quiet(self.data)])
        for row in self.data.jobs:
            if row["consequence"]:
                since = row["last_success_at"]
                last = formats.ago(since, now) if since else "never"
                lines.append(f"{row['job']} last succeeded {last}: {row['consequence']}.")
        return [[{"t": line}] for line in lines]


def quiet(data: HealthData) -> str:
    """Of what there may be to report, all that there is not, in a sentence; its tables are not drawn."""
    nothing = [words for name, words in QUIET if not getattr(data, name)]
    return f"Nothing to report of: {', '.join(nothing)}." if nothing else ""


def platform(row: Row, now: datetime) -> str:
    """How far the platform itself is behind, in a sentence."""
    asked = formats.ago(row["asked_at"], now)
    return f"Polymarket said {asked} that it is {formats.span(row['lag_s'])} behind, {row['worst']} the most."


def open_list(row: Row) -> str:
    """How far the list of all open markets is walked, in a sentence."""
    known = row["complete_at"]
    sentence = "The list of all open markets is " + (
        f"complete as of {formats.utc(known)}" if known else "not complete yet"
    )
    if not row["going"]:
        return f"{sentence}."
    of = f" of about {row['last_pages']:,}" if row["last_pages"] else ""
    return (
        f"{sentence}; the turn since {formats.utc(row['began'])} is at page {row['pages']:,}{of}."
    )


def _quiet(value: int, tone: str) -> Cell:
    return {"t": f"{value:,}", "c": tone if value else "gain"}
