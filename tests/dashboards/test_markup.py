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
def test_scripts_parse_markup_in_one_place_and_only_what_templates_made(path: Path) -> None:
    text = path.read_text()
    for word in ("outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"):
        assert word not in text, f"{path.name} uses {word}"
    for word in ("DOMParser", "createContextualFragment", "setHTMLUnsafe"):
        assert word not in text, f"{path.name} uses {word}"
    found = re.findall(r".*innerHTML.*", text)
    wanted = ['  template.innerHTML = model.get("html");'] if path.name == "common.js" else []
    assert found == wanted


def test_markup_is_set_by_the_renderer_only() -> None:
    set_by = [
        f"{path.name}: {ast.unparse(node.value)}"
        for path in PYTHON
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Attribute) and target.attr == "html"
    ]
    assert set_by == ["components.py: str(renderer().part(self))"]


def test_the_templates_escape_and_nobody_marks_text_as_safe() -> None:
    for path in (ROOT / "smartmoney" / "widgets" / "document").rglob("*.j2"):
        text = path.read_text()
        assert not re.search(r"\|\s*safe\b|autoescape|Markup", text), path.name
    for path in PYTHON:
        for call in calls(path):
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            if name == "Markup":
                constant = all(isinstance(given, ast.Constant) for given in call.args)
                assert constant, f"{path.name} marks a value as safe"
            if name == "Environment":
                given = {one.arg: ast.unparse(one.value) for one in call.keywords}
                assert given["autoescape"] == "True"


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
