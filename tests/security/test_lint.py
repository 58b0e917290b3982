"""Text from outside never becomes markup, code or a file name: the ways to do so are banned, and the ban works."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.security.rules import ROOT, findings, notebooks, python_files, sources

OWN_MARKUP = {"smartmoney/jobs/report.py"}
"""Markup written by hand, tested in test_hostile_text.py; add nothing here without such a test."""
PARSING = {"smartmoney/widgets/static/common.js": ["innerHTML"]}
"""The one place that takes markup: what the escaping templates made (tests/dashboards/test_markup.py); add nothing here."""
PARSERS = (
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "document.write",
    "eval(",
    "new Function",
    "DOMParser",
    "createContextualFragment",
    "dangerouslySetInnerHTML",
)
name = pytest.mark.parametrize(
    "path", [*python_files(), *notebooks()], ids=lambda path: str(path.relative_to(ROOT))
)


@name
def test_no_code_makes_markup_or_code_of_text(path: Path) -> None:
    found = [words for source in sources(path) for words in findings(source)]
    assert not found, "; ".join(found)


@pytest.mark.parametrize(
    "bad",
    [
        "display.HTML(x)",
        "HTML(f'<b>{name}</b>')",
        "w.HTML(value=f'<b>{name}</b>')",
        "HTML(data='<b>' + name)",
        "HTML(data='<b>%s</b>' % name)",
        "HTML(data='<b>{}</b>'.format(name))",
        "Image(url)",
        "display.Markdown(text)",
        "Markdown(data=text)",
        "safe.html(f'<b>{name}</b>')",
        "safe.html(template, x=1)",
        "eval(text)",
        "exec(text)",
        "import pickle",
        "from joblib import load",
        "httpx.get(url, verify=False)",
        "httpx.Client(follow_redirects=True)",
        "subprocess.run(words, shell=True)",
        "%run other.ipynb",
        "!ls",
        "widgets.HTML(value=row.name)",
    ],
)
def test_what_is_banned_is_found(bad: str) -> None:
    assert findings(bad)


@pytest.mark.parametrize(
    "good",
    [
        "safe.html('<b>{x}</b>', x=name)",
        "HTML(data=safe.html('<b>{x}</b>', x=name))",
        "HTML(data='<hr>')",
        "re.compile('x')",
        "httpx.Client(follow_redirects=False)",
        "subprocess.run(['ls'])",
        "report",
    ],
)
def test_what_is_allowed_is_not(good: str) -> None:
    assert not findings(good)


@pytest.mark.parametrize("path", python_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_markup_is_written_in_few_places(path: Path) -> None:
    where = str(path.relative_to(ROOT))
    text = path.read_text(encoding="utf-8")
    by_hand = [
        line for line in text.splitlines() if re.search(r"""\bf["'].*<[a-z][^>]*>.*\{""", line)
    ]
    assert not by_hand or where in OWN_MARKUP, (
        f"{where}: markup in an f-string: {by_hand[0].strip()}"
    )


@pytest.mark.parametrize(
    "path",
    sorted(
        [
            *(ROOT / "smartmoney").rglob("*.js"),
            *(ROOT / "dashboards").rglob("*.js"),
            *(ROOT / "dashboards").rglob("*.html"),
            *(ROOT / "dashboards").rglob("*.j2"),
            *(ROOT / "smartmoney").rglob("*.html"),
            *(ROOT / "smartmoney").rglob("*.j2"),
        ]
    ),
    ids=lambda path: path.name,
)
def test_scripts_and_templates_parse_no_markup(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = [word for word in PARSERS if word in text]
    assert found == PARSING.get(str(path.relative_to(ROOT)), [])
    assert not re.search(r"\|\s*safe\b", text), "a template that does not escape"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), "a handler inside markup"


@pytest.mark.parametrize("path", notebooks(), ids=lambda path: str(path.relative_to(ROOT)))
def test_notebooks_are_committed_without_outputs_and_places(path: Path) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        assert not cell.get("outputs") and cell.get("execution_count") is None
    assert "papermill" not in notebook["metadata"] and "widgets" not in notebook["metadata"]
    assert not re.search(r"/(?:home|root|Users|work|tmp)/", path.read_text(encoding="utf-8"))
