"""What code says of a page of the documentation leads there: the file exists, and so does the section."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.kit.sources import ROOT

FOLDERS = (
    "smartmoney",
    "polymarket_sim",
    "flows",
    "benchmarks",
    "tests",
    "dashboards",
    "notebooks",
)
SUFFIXES = {".py", ".sql", ".js", ".ipynb"}
CITED = re.compile(r"([\w./-]*\b(?:scoring|polymarket-api|architecture|decisions|glossary)\.md)")
SECTIONS = re.compile(r"[\s(),;]*sections?\s+(\d+)(?:\s*(?:to|–|and)\s*(\d+))?")
ELSEWHERE = re.compile(r"\bAPI reference\b|\bdesign: |\bdata/README\b")
FILES = sorted(
    path
    for folder in FOLDERS
    for path in (ROOT / folder).rglob("*")
    if path.suffix in SUFFIXES and path.resolve() != Path(__file__).resolve()
)


def joined(text: str) -> str:
    """The text with the breaks of its lines taken out, comment signs too."""
    return re.sub(r"\s*\n\s*(?:#|--|//)?\s*", " ", text)


def numbers(page: str) -> set[int]:
    """The sections of a page by the numbers of its headings."""
    return {int(number) for number in re.findall(r"(?m)^#+ (\d+)\. ", page)}


def wrong(text: str) -> list[str]:
    """Citations in a text that lead nowhere."""
    text = joined(text)
    found = [f"{match[0]}: no page of this repository" for match in ELSEWHERE.finditer(text)]
    for match in CITED.finditer(text):
        path = ROOT / "docs" / match[1].rsplit("/", 1)[-1]
        if not path.is_file():
            found.append(f"{match[1]} does not exist")
            continue
        section = SECTIONS.match(text, match.end())
        if section:
            known = numbers(path.read_text(encoding="utf-8"))
            cited = {int(number) for number in section.groups() if number}
            found += [f"{match[1]} has no section {number}" for number in sorted(cited - known)]
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_page_and_section_cited_exists(path: Path) -> None:
    assert not wrong(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "text",
    [
        "see scoring.md, section 99",
        "see scoring.md,\n    section 99",
        "(docs/polymarket-api.md, sections 3 to 99)",
        "the API reference, section 4",
        "design: dashboards",
    ],
)
def test_a_citation_that_leads_nowhere_is_noticed(text: str) -> None:
    assert wrong(text)


def test_one_that_leads_somewhere_is_not() -> None:
    assert not wrong("scoring.md, sections 2 to 4, and docs/polymarket-api.md, section 9")
