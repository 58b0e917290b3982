"""Every job with a notebook: each is a flow and a deployment of the same name."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path

from flows import parameters
from smartmoney.errors import ParameterError
from smartmoney.registry import Job, declared
from smartmoney.settings import Settings
from smartmoney.supervise.paths import ROOT

log = logging.getLogger(__name__)
NOTEBOOKS = ROOT / "notebooks"
OWN = NOTEBOOKS / "own"


@dataclass(frozen=True)
class NotebookJob(Job):
    """A job and where its notebook is.

    Attributes:
        folder: of the notebook.
    """

    folder: Path = NOTEBOOKS

    @property
    def notebook(self) -> Path:
        """The notebook that is run."""
        return self.folder / f"{self.name}.ipynb"

    def interval(self, settings: Settings) -> int:
        """Seconds between runs; 0 when it is not scheduled. One of your own says so itself."""
        return int(settings.schedules().get(self.name, self.every or 0))


OURS = {name: NotebookJob(**asdict(job)) for name, job in declared().items() if job.has_notebook}


def own(folder: Path = OWN) -> dict[str, NotebookJob]:
    """Jobs of your own: each notebook in `notebooks/own/` is one, by its name.

    Its first line says what it does; a parameter `every_s` of its parameters cell says how often it runs, in seconds.
    A name that is none of a Python function, or is taken by one of ours, and a notebook that cannot be read, are left out.
    """
    found = {}
    for path in sorted(folder.glob("*.ipynb")):
        try:
            known, does = parameters.declared(path), _heading(path)
        except ParameterError as error:
            log.warning("%s is no job: %s", path.name, error)
            continue
        if path.stem.isidentifier() and path.stem not in OURS:
            every = known["every_s"].default if "every_s" in known else 0
            found[path.stem] = NotebookJob(path.stem, does, every=int(every or 0), folder=folder)
    return found


def _heading(path: Path) -> str:
    first = "".join(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"])
    return (first.splitlines() or [path.stem])[0].lstrip("# ").strip() or path.stem


JOBS = OURS | own()


def present() -> list[NotebookJob]:
    """The jobs whose notebook is there."""
    return [job for job in JOBS.values() if job.notebook.is_file()]
