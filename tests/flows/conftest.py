"""Small notebooks written on the spot, and settings of an installation of their own."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from flows.jobs import NotebookJob
from smartmoney.settings import Settings, load
from tests.kit.small_jobs import Write

PARAMETERS = "days: int = 7\nwallets: list[str] | None = None\nshare: float = 0.5\nloud: bool = False\nname: str = 'x'"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a notebook of the given cells after a parameters cell, and returns its job."""

    def written(
        *cells: str, name: str = "small", parameters: str | None = PARAMETERS
    ) -> NotebookJob:
        notebook = nbformat.v4.new_notebook(
            metadata={
                "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
            }
        )
        notebook.cells = [nbformat.v4.new_markdown_cell("# Small")]
        if parameters is not None:
            notebook.cells.append(
                nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]})
            )
        notebook.cells += [nbformat.v4.new_code_cell(cell) for cell in cells]
        nbformat.write(notebook, tmp_path / f"{name}.ipynb")
        return NotebookJob(name, "A small job.", folder=tmp_path)

    return written


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    """Settings of an installation without a database."""
    return load(
        smartmoney_home=tmp_path / "home",
        job_timeout_s=60,
        job_memory_mb=1_024,
        alert_urls="json://canary-of-a-secret@example.org",
    )
