"""The documentation says what the code says: every command, setting, job, measure and page; and what it shows can be done."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from flows.jobs import OURS
from smartmoney.cli import cli
from smartmoney.schema import Topic
from smartmoney.schema.markdown import with_measures
from smartmoney.settings import SETTINGS_FILE, Settings, known_names
from smartmoney.store.frame_tables import TABLES
from smartmoney.supervise.paths import ROOT
from tests.kit.installed import settings_file

PAGES = [
    ROOT / "README.md",
    ROOT / "SECURITY.md",
    ROOT / "dashboards" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
TEXTS = {path: path.read_text(encoding="utf-8") for path in PAGES}
EVERYTHING = "\n".join(TEXTS.values())
each = pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))


def code_of(text: str) -> list[str]:
    """What is shown as code: whole blocks, and inline."""
    blocks = re.findall(r"```(?!python)[a-z]*\n(.*?)```", text, re.S)
    rest = re.sub(r"```.*?```", "", text, flags=re.S)
    return [*blocks, *re.findall(r"`([^`\n]+)`", rest)]


def shown_commands(text: str) -> list[list[str]]:
    """Calls of the command, word by word."""
    lines = [
        line for code in code_of(text) for line in code.splitlines() if not line.startswith("from ")
    ]
    calls = [
        re.search(
            r"(?:^|[\s/;])smartmoney ((?:[a-z-]+|up --demo)(?: .*)?)$",
            line.split("#")[0].split(">")[0].rstrip(),
        )
        for line in lines
    ]
    return [
        call[1].split()
        for call in calls
        if call and not re.search(r"\.|=.*smartmoney", call[1].split()[0])
    ]


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_is_documented_and_explains_itself(name: str) -> None:
    assert re.search(rf"(`|smartmoney ){name}\b", EVERYTHING), f"`smartmoney {name}` is in no page"
    told = CliRunner().invoke(cli, [name, "--help"])
    assert told.exit_code == 0 and len(told.output.splitlines()) > 3


@each
def test_commands_shown_exist_with_their_options(path: Path) -> None:
    for words in shown_commands(TEXTS[path]):
        assert words[0] in cli.commands, f"{path.name} shows `smartmoney {' '.join(words)}`"
        options = {
            opt
            for param in cli.commands[words[0]].params
            if isinstance(param, click.Option)
            for opt in param.opts
        }
        for word in words[1:]:
            if word.startswith("-") and not cli.commands[words[0]].ignore_unknown_options:
                assert word.split("=")[0] in options | {"-h", "--help"}, (
                    f"{path.name}: {' '.join(words)}"
                )


def test_pages_show_commands_at_all() -> None:
    assert len([words for text in TEXTS.values() for words in shown_commands(text)]) > 15


@each
def test_make_targets_shown_exist(path: Path) -> None:
    known = set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text()))
    shown = {
        match
        for code in code_of(TEXTS[path])
        for match in re.findall(r"(?m)^\s*make ([a-z-]+)", code)
    }
    assert shown <= known, shown - known


@pytest.mark.parametrize("name", known_names())
def test_every_setting_is_documented(name: str) -> None:
    assert re.search(rf"\b{name}\b", EVERYTHING)


@pytest.mark.parametrize("name", OURS)
def test_every_job_is_documented(name: str) -> None:
    assert re.search(rf"\b{name}\b", EVERYTHING)


def test_the_definitions_of_measures_are_current() -> None:
    page = TEXTS[ROOT / "docs" / "metrics.md"]
    assert page == with_measures(page), "run `python -m smartmoney.schema.markdown docs/metrics.md`"
    assert page.count("<!-- measures: ") == len(Topic) - 1


def test_every_frame_and_analysis_is_in_the_analysts_page() -> None:
    page = TEXTS[ROOT / "docs" / "analysts.md"]
    assert all(f"{name}(" in page for name in TABLES)
    for path in (ROOT / "notebooks" / "research").glob("*.ipynb"):
        assert path.name in page


@each
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", TEXTS[path]):
        if "://" not in target:
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


def test_python_shown_runs(settings: Settings) -> None:
    blocks = [
        block for text in TEXTS.values() for block in re.findall(r"```python\n(.*?)```", text, re.S)
    ]
    assert blocks
    code = "\n".join(blocks).replace("0x…", "0x" + "a" * 40)  # docs shorten addresses
    told = {**os.environ, SETTINGS_FILE: str(settings_file(settings)), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=told,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
