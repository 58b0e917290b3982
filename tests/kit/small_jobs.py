"""Jobs whose notebook a test writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flows.jobs import Job

Write = Callable[..., Job]


class SmallJob(Job):
    """A job whose notebook lies elsewhere."""

    folder: Path

    @property
    def notebook(self) -> Path:
        return self.folder / f"{self.name}.ipynb"
