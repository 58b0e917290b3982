"""Every notebook for people runs from its first cell to its last under nbval, and gives the answers kept in answers/.

Notebooks are committed without outputs. A cell tagged `nbval-check-output` holds a notebook's answer; the one it gives on the
small world of these tests is kept as answers/NAME.md and put beside the cell before nbval runs, so a number that moves is
a test that fails. After a wanted change: SMARTMONEY_TEST_REWRITE=1 .venv/bin/python -m pytest tests/notebooks.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from smartmoney.settings import SETTINGS_FILE, Settings
from smartmoney.supervise.paths import ROOT
from tests.kit.installed import Installed, settings_file

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400), pytest.mark.xdist_group("notebooks")]
ANSWERS = Path(__file__).parent / "answers"
CHECKED = "nbval-check-output"
RESEARCH = sorted((ROOT / "notebooks" / "research").glob("*.ipynb"))
TEMPLATES = sorted((ROOT / "notebooks" / "templates").glob("*.ipynb"))
PAGES = sorted((ROOT / "dashboards").glob("*.ipynb"))
REWRITE = bool(os.environ.get("SMARTMONEY_TEST_REWRITE"))


def told(settings: Settings) -> dict[str, str]:
    return {**os.environ, SETTINGS_FILE: str(settings_file(settings)), "PYTHONPATH": str(ROOT)}


def with_answer(path: Path, folder: Path) -> Path:
    """A copy of the notebook whose checked cell shows the answer kept for it."""
    notebook = nbformat.read(path, as_version=4)
    for cell in checked(notebook):
        text = (ANSWERS / f"{path.stem}.md").read_text().rstrip("\n")
        data = {"text/markdown": text, "text/plain": text}
        cell["execution_count"] = 1
        cell["outputs"] = [nbformat.v4.new_output("execute_result", data, execution_count=1)]
    copy = folder / path.name
    nbformat.write(notebook, copy)
    return copy


def checked(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if CHECKED in cell["metadata"].get("tags", [])]


def nbval(notebooks: list[Path], environment: dict[str, str], folder: Path) -> str:
    """Run them, compare the checked cells; what pytest printed."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "nbval.plugin",
            "--nbval-lax",
            "-p",
            "no:cacheprovider",
            "-q",
            *map(str, notebooks),
        ],
        cwd=folder,
        env=environment | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=380,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-12_000:] + done.stderr[-2_000:]
    return done.stdout


def rewrite(path: Path, environment: dict[str, str]) -> None:
    notebook = nbformat.read(path, as_version=4)
    if checked(notebook):
        NotebookClient(notebook, timeout=120).execute(env=environment)
        output = checked(notebook)[0]["outputs"][0]
        (ANSWERS / f"{path.stem}.md").write_text(output["data"]["text/markdown"] + "\n")


@pytest.mark.parametrize("path", [*RESEARCH, *TEMPLATES], ids=lambda path: path.stem)
@pytest.mark.skipif(not REWRITE, reason="only with SMARTMONEY_TEST_REWRITE=1")
def test_rewrite_the_answers(installed: Installed, path: Path) -> None:
    rewrite(path, told(installed.settings))


def test_research_runs_and_answers_as_it_did(installed: Installed, tmp_path: Path) -> None:
    nbval([with_answer(path, tmp_path) for path in RESEARCH], told(installed.settings), tmp_path)


def test_templates_run(installed: Installed, tmp_path: Path) -> None:
    nbval([with_answer(path, tmp_path) for path in TEMPLATES], told(installed.settings), tmp_path)


def test_pages_run(installed: Installed, tmp_path: Path) -> None:
    nbval([with_answer(path, tmp_path) for path in PAGES], told(installed.settings), tmp_path)


def test_a_moved_answer_is_noticed(tmp_path: Path) -> None:
    cell = nbformat.v4.new_code_cell("6 * 7", metadata={"tags": [CHECKED]}, execution_count=1)
    cell["outputs"] = [
        nbformat.v4.new_output("execute_result", {"text/plain": "41"}, execution_count=1)
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "moved.ipynb")
    with pytest.raises(AssertionError, match="mismatch 'text/plain'"):
        nbval([tmp_path / "moved.ipynb"], dict(os.environ), tmp_path)


EVERY_CELL = """
import json, sys
from pathlib import Path
for path in map(Path, sys.argv[1:]):
    names = {"__name__": "__main__"}
    for cell in json.loads(path.read_text())["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), path.name, "exec"), names)
"""


def test_an_empty_database_gives_sentences_and_no_traceback(settings: Settings) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", EVERY_CELL, *map(str, [*RESEARCH, *TEMPLATES])],
        cwd=ROOT,
        env=told(settings),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3_000:]
