"""Worked analyses open as copies: what was shipped stays as it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from smartmoney.supervise.analyses import COPIES, SHIPPED, lay_out_analyses


def write(path: Path, source: str, **cell: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = [{"cell_type": "code", "source": [source], **cell}]
    path.write_text(
        json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    )


def source(path: Path) -> str:
    return str(json.loads(path.read_text())["cells"][0]["source"][0])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / SHIPPED / "one.ipynb", "first")
    assert lay_out_analyses(tmp_path) == COPIES
    return tmp_path


def rewritten(path: Path, change: Any) -> None:
    notebook = json.loads(path.read_text())
    change(notebook["cells"][0])
    path.write_text(json.dumps(notebook))


def test_a_copy_that_was_only_run_follows_a_new_version(folder: Path) -> None:
    copy = folder / COPIES / "one.ipynb"
    assert source(copy) == "first"
    rewritten(copy, lambda cell: cell.update(outputs=["something"], execution_count=3))
    write(folder / SHIPPED / "one.ipynb", "second")
    lay_out_analyses(folder)
    assert source(copy) == "second"


def test_a_copy_that_was_edited_stays(folder: Path) -> None:
    copy = folder / COPIES / "one.ipynb"
    rewritten(copy, lambda cell: cell.update(source=["mine"]))
    write(folder / SHIPPED / "one.ipynb", "second")
    lay_out_analyses(folder)
    assert source(copy) == "mine"


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"metadata": {}, "cells": []}', '{"metadata": null}']
)
def test_a_file_of_somebody_elses_stays(folder: Path, text: str) -> None:
    copy = folder / COPIES / "one.ipynb"
    copy.write_text(text)
    lay_out_analyses(folder)
    assert copy.read_text() == text


def test_where_nothing_can_be_written_the_shipped_ones_open(tmp_path: Path) -> None:
    (tmp_path / "notebooks").write_text("a file in the way")
    assert lay_out_analyses(tmp_path) == SHIPPED
