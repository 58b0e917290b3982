"""The executed notebook of one run, readable in the browser."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from traitlets import Int

from smartmoney import formats
from smartmoney.store import reads
from smartmoney.store.filters import parameters
from smartmoney.store.reads import Row
from smartmoney.widgets import cells, links
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.jobs import counts, run_status
from smartmoney.widgets.model import Judgement, PageData, PageModel, PageState

REPORT = re.compile(r"[a-z_]{1,60}/\d{4}-\d\d-\d\d/[\w-]{1,80}\.(ipynb|html)")
MOST_BYTES = 8_000_000
UNKNOWN = "There is no such run; the health page links the newest run of every job."


@dataclass(frozen=True, eq=False, kw_only=True)
class ReportData(PageData):
    """A run, and its notebook as HTML; "" where it is not here."""

    run: Row | None = None
    html: str = ""


class ReportModel(PageModel[ReportData]):
    """One run of a job and its notebook.

    Attributes:
        run: id of the run; 0 when the page was opened without a good one.
    """

    name = "report"
    data_class = ReportData
    run = Int(0)

    def apply_query(self, query: str) -> None:
        """Take `run`."""
        given = dict(reversed(parameters(query))).get("run", "0")
        self.run = int(given) if given.isascii() and given.isdigit() and len(given) < 18 else 0

    @property
    def query(self) -> str:
        """The run."""
        return urlencode({"run": self.run}) if self.run else ""

    @property
    def title(self) -> str:  # type: ignore[override]
        """The job's name."""
        return f"Run of {self.data.run['job']}" if self.data.run else "Report"

    def read(self) -> ReportData:
        """The run and the text of its report."""
        row = reads.run(self.store, self.run) if self.run else None
        if row is None:
            return ReportData()
        return ReportData(run=row, html=self._html(row["report"]), as_of=row["ended_at"])

    def judge(self, data: ReportData) -> Judgement:
        """Empty without a run, partial where its notebook is gone."""
        if data.run is None:
            return PageState.EMPTY, UNKNOWN
        if data.html:
            return PageState.READY, ""
        kept = f"it is kept for {self.settings.retention_reports_days} days, or elsewhere"
        why = kept if data.run["report"] else "it left none"
        return PageState.PARTIAL, f"The notebook of this run is not here: {why}."

    def _html(self, path: str | None) -> str:
        if not path or not REPORT.fullmatch(path):
            return ""
        file = Path(self.settings.smartmoney_home) / "reports" / path.replace(".ipynb", ".html")
        if not file.is_file() or file.stat().st_size > MOST_BYTES:
            return ""
        return file.read_text(encoding="utf-8", errors="replace")

    def header(self) -> list[list[Cell]]:
        """What ran, when, how it ended."""
        row = self.data.run
        if row is None:
            return []
        prefect = links.prefect_run(links.prefect_ui(self.settings), row["flow_run_id"])
        read, wrote = (counts(row[name]) or "nothing" for name in ("came", "changed"))
        error = {"t": cells.line(row["error"], cells.LONGEST_HOVER), "c": "red"}
        return [
            [{"t": f"Run of {row['job']}"}],
            [
                run_status(row["status"]),
                {"t": "started", "c": "dim"},
                cells.when(row["started_at"], self.clock()),
                {"t": _took(row)},
                *([cells.text("Prefect", link=prefect)] if prefect else []),
            ],
            [{"t": f"read: {read} · wrote: {wrote}"}],
            *([[error]] if row["error"] else []),
        ]


def _took(row: Row) -> str:
    if not row["ended_at"]:
        return "not ended"
    return f"took {formats.span((row['ended_at'] - row['started_at']).total_seconds())}"
