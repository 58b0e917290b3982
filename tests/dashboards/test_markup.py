"""Nothing chosen by strangers becomes markup: in Python, in the browser's parts, in the template."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartmoney.widgets.figures import label

ROOT = Path(__file__).parents[2]
PYTHON = sorted((ROOT / "smartmoney" / "widgets").rglob("*.py"))
SCRIPTS = sorted((ROOT / "smartmoney" / "widgets" / "static").glob("*.js"))
TEMPLATE = ROOT / "dashboards" / "share" / "voila" / "templates" / "smartmoney"


@given(st.text())
def test_a_label_cannot_open_a_tag(text: str) -> None:
    assert "<" not in label(text)


def calls(path: Path) -> list[ast.Call]:
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: path.stem)
def test_no_markup_is_made(path: Path) -> None:
    for call in calls(path):
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        assert name not in {"HTML", "HTMLMath", "Markdown", "Image", "IFrame", "display_html"}, (
            f"{path.name}: {name}(...)"
        )


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: path.stem)
def test_no_output_widget_catches_raw_work(path: Path) -> None:
    names = {
        alias.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert "Output" not in names and "interact" not in names


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_scripts_never_parse_markup(path: Path) -> None:
    text = path.read_text()
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "DOMParser",
    ):
        assert word not in text, f"{path.name} uses {word}"


@pytest.mark.parametrize(
    "path",
    [*SCRIPTS, *(path for path in TEMPLATE.rglob("*") if path.is_file())],
    ids=lambda path: path.name,
)
def test_nothing_is_loaded_from_another_host(path: Path) -> None:
    text = path.read_text().replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"""(https?:)?//[a-z0-9-]+\.[a-z]{2,}""", text), (
        f"{path.name} names another host"
    )
    assert "@import" not in text and not re.search(r"\burl\(", text)


def test_the_template_escapes_what_it_shows() -> None:
    for path in TEMPLATE.rglob("*.j2"):
        assert "| safe" not in path.read_text(), path.name
