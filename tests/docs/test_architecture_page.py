"""docs/architecture.md shows the rooms as they are, and who imports whom."""

from __future__ import annotations

import pytest

from tests.kit import import_table
from tests.kit.sources import PACKAGE, SIMULATOR, imports, python_files, rooms


def test_the_table_is_what_the_code_imports() -> None:
    page = import_table.PAGE.read_text(encoding="utf-8")
    assert import_table.BEGIN in page and import_table.rewritten(page) == page, "run `make docs`"


def test_every_room_says_what_it_holds() -> None:
    assert all(import_table.holds(name) for name in rooms())


def test_no_room_imports_itself_in_a_circle() -> None:
    assert len(import_table.floors(rooms())) == len(rooms())
    with pytest.raises(ValueError, match="import each other"):
        import_table.floors({"a": {"b"}, "b": {"a"}})


def test_an_import_inside_a_function_counts_too() -> None:
    assert "schema" in rooms() and (PACKAGE / "schema").is_dir()
    assert "store" in rooms()["widgets"]


def test_the_simulator_stands_beside_the_package() -> None:
    names = {name for path in python_files(SIMULATOR) for name in imports(path)}
    used = {name.split(".")[1] for name in names if name.startswith("smartmoney.")}
    assert used <= {"errors", "ids", "listeners", "units"}
