"""Every job there is, as its function declares it: what it is called, when it runs, what it feeds, what it means when it is late.

The declarations are the `@job(...)` decorators in `smartmoney/jobs/`. They are read from the source, so that whoever only
asks what there is (settings, pages, the command line) does not import what the jobs compute with.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

SOURCES = Path(__file__).with_name("jobs")
DECORATOR = "job"
LATE = "its numbers are stale"


@dataclass(frozen=True)
class Job:
    """One job.

    Attributes:
        name: of the function, the notebook, the flow and the deployment.
        does: one sentence for people, the first of the function's docstring.
        module: module of `smartmoney.jobs` the function is in.
        every: default seconds between runs, of the setting `SCHEDULE_<NAME>_S`; 0: off; None: only on demand.
        shift: seconds its ticks stand before the full interval, so that jobs do not all start at once.
        feeds_alerts: does evaluate_alerts run after it?
        side_by_side: may several runs, on several machines, share its work? Each leases the traders it takes.
        late: what it means for the reader when it is late.
        schedule: what the setting says of it; by default the seconds between its runs.
        has_notebook: False for a job that another one calls, or that is a process of its own.
        first_pass: its places in the first pass through all jobs.
        follow_up: is it started once more after the first pass, with nobody waiting for it?
    """

    name: str
    does: str
    module: str = ""
    every: int | None = None
    shift: int = 0
    feeds_alerts: bool = False
    side_by_side: bool = False
    late: str = LATE
    schedule: str = ""
    has_notebook: bool = True
    first_pass: tuple[int, ...] = ()
    follow_up: bool = False

    @property
    def setting(self) -> str | None:
        """Name of the setting that holds its interval in seconds, or None when it runs on demand only."""
        return None if self.every is None else f"schedule_{self.name}_s"

    @property
    def setting_help(self) -> str:
        """What its setting means."""
        return self.schedule or f"Seconds between {self.name} runs; 0: off."


def first_sentence(docstring: str | None) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join((docstring or "").strip().partition("\n\n")[0].split())


@cache
def declared(folder: Path = SOURCES) -> dict[str, Job]:
    """The jobs by name: those of the first pass in its order, then the others."""
    found = [job for path in sorted(folder.glob("*.py")) for job in _declared_in(path)]
    return {job.name: job for job in sorted(found, key=_place)}


def first_pass(jobs: Mapping[str, Job]) -> list[str]:
    """The names of the first pass, in order; a job may stand in several places."""
    places = [(place, job.name) for job in jobs.values() for place in job.first_pass]
    return [name for _, name in sorted(places)]


def late(name: str) -> str:
    """What it means for the reader that the job of this name is late."""
    return declared()[name].late if name in declared() else LATE


def _place(job: Job) -> tuple[bool, tuple[int, ...], str]:
    return not job.first_pass, job.first_pass, job.name


def _declared_in(path: Path) -> list[Job]:
    text = path.read_text(encoding="utf-8")
    if f"\n@{DECORATOR}(" not in text:
        return []
    functions = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    return [
        Job(node.name, first_sentence(ast.get_docstring(node)), path.stem, **_facts(call))
        for node in functions
        for call in node.decorator_list
        if isinstance(call, ast.Call) and ast.unparse(call.func) == DECORATOR
    ]


def _facts(call: ast.Call) -> dict[str, Any]:
    return {each.arg: ast.literal_eval(each.value) for each in call.keywords if each.arg}
