"""What tests share lies in tests/kit: no test module or conftest is imported from."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
FILES = sorted(TESTS.rglob("*.py"))


def borrowed(source: str) -> list[str]:
    """Imports of a test module or of a conftest, as they stand in the source."""
    names = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            names += [f"{node.module or ''}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
    return [
        name
        for name in names
        if any(part == "conftest" or part.startswith("test_") for part in name.split(".")[:-1])
        or name.split(".")[-1] == "conftest"
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TESTS)))
def test_nothing_is_imported_from_a_test_module_or_a_conftest(path: Path) -> None:
    assert not borrowed(path.read_text(encoding="utf-8")), "move it to tests/kit"


@pytest.mark.parametrize(
    "line",
    [
        "from tests.store.test_load import FILL",
        "from tests.alerts.conftest import World",
        "from .conftest import Run",
        "from . import conftest",
        "import tests.conftest",
    ],
)
def test_a_borrowed_helper_is_noticed(line: str) -> None:
    assert borrowed(line)


def test_a_helper_of_the_kit_is_not() -> None:
    assert not borrowed("from tests.kit.fills import FILL\nimport pytest")
