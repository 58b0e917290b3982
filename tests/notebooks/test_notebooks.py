"""What a notebook for people looks like: clean, short cells, and figures that are computed."""

from __future__ import annotations

import json
import re
import statistics
from pathlib import Path
from typing import Any

import pytest

from smartmoney.supervise.paths import ROOT

NOTEBOOKS = sorted(
    path
    for path in (ROOT / "notebooks").rglob("*.ipynb")
    if not {".ipynb_checkpoints", "own", "analyses"} & {*path.parts}
)
RESEARCH = [path for path in NOTEBOOKS if path.parent.name == "research"]
each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
research = pytest.mark.parametrize("path", RESEARCH, ids=lambda path: path.stem)


def cells(path: Path, kind: str | None = None) -> list[dict[str, Any]]:
    found = json.loads(path.read_text())["cells"]
    return [cell for cell in found if kind in (None, cell["cell_type"])]


def text(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def test_the_nine_analyses_are_there() -> None:
    assert {path.stem for path in RESEARCH} == {
        "who_makes_money",
        "who_is_good_at_what",
        "is_it_skill",
        "calibration",
        "makers_and_takers",
        "tier_persistence",
        "anatomy_of_a_whale",
        "smart_flow",
        "copying_at_a_delay",
    }


@each
def test_no_output_and_no_trace_of_a_machine_is_kept(path: Path) -> None:
    notebook = json.loads(path.read_text())
    assert set(notebook["metadata"]) <= {"kernelspec", "language_info"}
    for cell in notebook["cells"]:
        assert not cell.get("outputs") and cell.get("execution_count") is None
        assert set(cell["metadata"]) <= {"tags"} and re.fullmatch(r"[a-z0-9-]{1,20}", cell["id"])


@each
def test_cells_are_short(path: Path) -> None:
    assert all(len(text(cell).splitlines()) <= 20 for cell in cells(path, "code"))


@research
def test_an_analysis_answers_first_and_says_what_it_does_not_say(path: Path) -> None:
    found = cells(path)
    answers = [
        place
        for place, cell in enumerate(found)
        if "nbval-check-output" in cell["metadata"].get("tags", [])
    ]
    assert len(answers) == 1 and answers[0] <= 3
    assert text(found[0]).startswith("# ") and text(found[0]).splitlines()[0].endswith(
        ("?", "whale")
    )
    assert text(found[-1]).startswith("## What this does not say")


@research
def test_figures_in_the_text_are_computed(path: Path) -> None:
    """Prose holds no decimals, no dollars and no percentages but the round ones of a definition."""
    for cell in cells(path, "markdown"):
        prose = re.sub(r"`[^`]*`|\(.*?\)", "", text(cell))
        assert not re.search(r"\$\d|\d+\.\d{2}|\b\d{1,3},\d{3}\b", prose), prose


def test_code_cells_are_mostly_a_few_lines() -> None:
    lengths = [len(text(cell).splitlines()) for path in RESEARCH for cell in cells(path, "code")]
    assert statistics.median(lengths) <= 6


@research
def test_links_between_analyses_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([\w/.]+\.ipynb)\)", path.read_text()):
        assert (path.parent / target).is_file(), target
