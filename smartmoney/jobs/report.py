"""What a job says when it ends: its parameters, what was read and written, in sentences and tables."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from smartmoney.store.streams.implausible import Implausible

ROWS_SHOWN = 20
REPORT_TYPE = (
    "application/vnd.smartmoney.report+json"  # the output of a notebook its flow reads back
)


@dataclass
class JobReport:
    """The outcome of one run of a job.

    Attributes:
        job: name of the job.
        run_id: row of `ingestion_run` this run wrote, or None when it wrote none.
        status: one of done, nothing to do, already running, failed.
        started_at, ended_at: UTC.
        parameters: as resolved.
        read: counts of what was read.
        written: counts of what was written.
        sentences: the report for people, the most important first.
        tables: frames worth showing, by title.
        implausible: what the job itself noticed that is hardly true; see `smartmoney.jobs.plausibility`.
    """

    job: str
    run_id: int | None = None
    status: str = "done"
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    ended_at: datetime | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=dict)
    written: dict[str, int] = field(default_factory=dict)
    sentences: list[str] = field(default_factory=list)
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    implausible: list[Implausible] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """How long it took, seconds."""
        return ((self.ended_at or datetime.now(UTC)) - self.started_at).total_seconds()

    def as_json(self) -> dict[str, Any]:
        """What is JSON-native, tables apart; what the flow reads back from the notebook."""
        kept = {
            name: value
            for name, value in self.__dict__.items()
            if name not in ("tables", "implausible")
        }
        return {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in kept.items()
        }

    def __str__(self) -> str:
        head = f"{self.job}: {self.status} in {self.seconds:.1f} s"
        return "\n".join([head, *(f"  {sentence}" for sentence in self.sentences)])

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {
            "text/plain": str(self),
            "text/html": self._repr_html_(),
            REPORT_TYPE: self.as_json(),
        }

    def _repr_html_(self) -> str:
        def escaped(value: object) -> str:
            return html.escape(str(value))

        def counted(title: str, values: dict[str, Any]) -> str:
            cells = "".join(
                f"<tr><td>{escaped(name)}</td><td style='text-align:right'>{escaped(value)}</td></tr>"
                for name, value in values.items()
            )
            return f"<div style='margin-right:3em'><h4>{title}</h4><table>{cells or '<tr><td>nothing</td></tr>'}</table></div>"

        sentences = "".join(f"<li>{escaped(sentence)}</li>" for sentence in self.sentences)
        columns = (
            counted("parameters", self.parameters)
            + counted("read", self.read)
            + counted("written", self.written)
        )
        tables = "".join(
            f"<h4>{escaped(title)}</h4>{frame.head(ROWS_SHOWN).to_html(escape=True, na_rep='–', index=False)}"
            for title, frame in self.tables.items()
        )
        return (
            f"<h3>{escaped(self.job)}: {escaped(self.status)} in {self.seconds:.1f} s</h3><ul>{sentences}</ul>"
            f"<div style='display:flex'>{columns}</div>{tables}"
        )
