"""Page notebooks are doors: imports, one page object, show it."""

from __future__ import annotations

import ast
import importlib
import json
from pathlib import Path
from typing import Any

import pytest

from smartmoney.widgets import links
from smartmoney.widgets.view import PageView

FOLDER = Path(__file__).parents[2] / "dashboards"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
WANTED = {
    "overview",
    "traders",
    "trader",
    "markets",
    "smart_markets",
    "market",
    "health",
    "settings",
    "alerts",
    "validation",
    "report",
}
each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def test_the_pages_are_these() -> None:
    assert {path.stem for path in NOTEBOOKS} == WANTED


def cells(path: Path) -> list[dict[str, Any]]:
    return list(json.loads(path.read_text())["cells"])


@each
def test_a_page_is_thin_and_keeps_no_output(path: Path) -> None:
    found = cells(path)
    assert 1 <= len(found) <= 6
    for cell in found:
        source = "".join(cell["source"])
        assert (
            len(source.splitlines()) <= 20
            and not cell.get("outputs")
            and cell.get("execution_count") is None
        )
        tree = ast.parse(source)
        assert not any(
            isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.For, ast.While))
            for node in ast.walk(tree)
        )
        assert not any(word in source.lower() for word in ("select ", "insert ", "html("))


@each
def test_a_page_shows_one_page_object(path: Path) -> None:
    lines = "\n".join("".join(cell["source"]) for cell in cells(path))
    imported = next(
        node
        for node in ast.walk(ast.parse(lines))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("smartmoney.widgets")
    )
    view = getattr(importlib.import_module(imported.module or ""), imported.names[0].name)
    assert issubclass(view, PageView) and view.model_class.name == path.stem
    last = ast.parse("".join(cells(path)[-1]["source"])).body[-1]
    assert isinstance(last, ast.Expr) and isinstance(last.value, ast.Call)


@each
def test_a_page_has_a_title(path: Path) -> None:
    assert json.loads(path.read_text())["metadata"]["title"]


def test_links_lead_to_pages_there_are() -> None:
    for link in (
        links.page("report", run=1),
        links.trader("0x" + "ab" * 20),
        links.market(1),
        links.page("health"),
    ):
        assert (FOLDER / link.partition("?")[0]).is_file()


WITH_WIDGETS = {"components.py", "view.py", "own.py", "parts.py"}


def test_models_columns_and_charts_import_no_widgets() -> None:
    package = Path(__file__).parents[2] / "smartmoney" / "widgets"
    for path in package.rglob("*.py"):
        names = {
            (node.module or "").split(".")[0]
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ImportFrom)
        }
        found = names & {"ipywidgets", "anywidget", "plotly", "pandas"}
        assert not found or path.name in WITH_WIDGETS, (path, found)


def test_every_page_has_a_folder_of_its_own() -> None:
    screens = Path(__file__).parents[2] / "smartmoney" / "widgets" / "screens"
    folders = {path.parent.name for path in screens.glob("*/model.py")}
    assert folders == {path.parent.name for path in screens.glob("*/view.py")} == WANTED
