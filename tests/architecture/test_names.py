"""The words of docs/glossary.md: one per idea, and no class name twice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.kit.sources import PACKAGE, ROOT, classes, identifiers, python_files, words

GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
BANNED = {
    word.strip()
    for row in re.findall(r"(?m)^\|[^|]+\|[^|]+\|([^|]+)\|$", GLOSSARY)
    for word in row.split(",")
    if word.strip() and word.strip() != "Not" and not word.strip().startswith("-")
}
FILES = python_files(PACKAGE)


def banned(path: Path) -> list[str]:
    """Identifiers of a file that hold a banned word, with their lines."""
    return [f"{line}: {name}" for name, line in identifiers(path) if words(name) & BANNED]


def test_the_glossary_bans_words() -> None:
    assert {"told", "rota", "fate", "anew", "wish", "said"} <= BANNED


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_identifiers_use_the_words_of_the_glossary(path: Path) -> None:
    assert not banned(path), "docs/glossary.md says what it is called"


def test_a_banned_word_is_noticed_in_every_kind_of_name(tmp_path: Path) -> None:
    path = tmp_path / "telling.py"
    path.write_text("class FateOf:\n    def tell(self, wish): self.told = rota = 1\n")
    assert len(banned(path)) == 6


def test_no_class_name_is_defined_twice() -> None:
    twice = {
        name: [str(path.relative_to(ROOT)) for path in paths]
        for name, paths in classes(PACKAGE).items()
        if len(paths) > 1
    }
    assert not twice
