"""The executed notebook of one run, readable in the browser."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

from traitlets import Int

from smartmoney.store import reads
from smartmoney.store.reads import Row
from smartmoney.widgets import cells, formats, links
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.models.base import PageModel, PageState
from smartmoney.widgets.models.health import RUN_TONES, counts

REPORT = re.compile(r"[a-z_]{1,60}/\d{4}-\d\d-\d\d/[\w-]{1,80}\.(ipynb|html)")
MOST_BYTES = 8_000_000


class ReportModel(PageModel):
    """One run of a job and its notebook; `run` is its id, 0 when the page was opened without a good one."""

    name = "report"
    run = Int(0)

    def asked(self, query: str) -> None:
        """Take `run`."""
        given = parse_qs(query.lstrip("?"), max_num_fields=50).get("run", ["0"])[0]
        self.run = int(given) if given.isascii() and given.isdigit() and len(given) < 18 else 0

    @property
    def query(self) -> str:
        """The run."""
        return urlencode({"run": self.run}) if self.run else ""

    @property
    def title(self) -> str:  # type: ignore[override]
        """The job's name."""
        row = self.data.get("run")
        return f"Run of {row['job']}" if row else "Report"

    def read(self) -> dict[str, Any]:
        """The run and the text of its report."""
        row = reads.run(self.store, self.run) if self.run else None
        return {"run": row, "html": self._html(row), "as_of": row["ended_at"] if row else None}

    def judge(self, data: dict[str, Any]) -> tuple[PageState, str]:
        """Empty without a run, partial where its notebook is gone."""
        if data["run"] is None:
            return (
                PageState.EMPTY,
                "There is no such run; the health page links the newest run of every job.",
            )
        if not data["html"]:
            why = (
                "it left none"
                if not data["run"]["report"]
                else f"it is kept for {self.settings.retention_reports_days} days, or elsewhere"
            )
            return PageState.PARTIAL, f"The notebook of this run is not here: {why}."
        return PageState.READY, ""

    def _html(self, row: Row | None) -> str:
        path = row and row["report"]
        if not path or not REPORT.fullmatch(path):
            return ""
        file = Path(self.settings.smartmoney_home) / "reports" / path.replace(".ipynb", ".html")
        if not file.is_file() or file.stat().st_size > MOST_BYTES:
            return ""
        return file.read_text(encoding="utf-8", errors="replace")

    def header(self) -> list[list[Cell]]:
        """What ran, when, how it ended."""
        row = self.data.get("run")
        if row is None:
            return []
        now = self.clock()
        took = (row["ended_at"] - row["started_at"]).total_seconds() if row["ended_at"] else None
        prefect = links.prefect_run(links.prefect_ui(self.settings), row["flow_run_id"])
        return [
            [{"t": f"Run of {row['job']}"}],
            [
                cells.chip(row["status"], RUN_TONES.get(row["status"], "red")),
                {"t": "started", "c": "dim"},
                cells.when(row["started_at"], now),
                {"t": f"took {formats.span(took)}" if took is not None else "not ended"},
                *([cells.text("Prefect", link=prefect)] if prefect else []),
            ],
            [
                {
                    "t": f"read: {counts(row['came']) or 'nothing'} · "
                    f"wrote: {counts(row['changed']) or 'nothing'}"
                }
            ],
            *([[{"t": formats.words(row["error"], 600), "c": "red"}]] if row["error"] else []),
        ]
