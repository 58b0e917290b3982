"""What reaches a kernel is what the notebook's own cell declares, by name and by type."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flows import parameters
from smartmoney.errors import ParameterError
from tests.kit.small_jobs import Write


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"days": 3},
        {"wallets": None},
        {"wallets": ["0xab"]},
        {"share": 1},
        {"share": 0.25},
        {"loud": True},
        {"name": "import os", "days": 0},
    ],
)
def test_right_values_pass(write: Write, values: dict[str, Any]) -> None:
    parameters.check(write().notebook, values)
    assert list(parameters.declared(write().notebook)) == [
        "days",
        "wallets",
        "share",
        "loud",
        "name",
    ]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"day": 3}, "small has no parameter day; did you mean days?"),
        ({"zzz": 3}, "small has no parameter zzz; it has days, wallets, share, loud, name."),
        ({"days": "3"}, "Parameter days must be a whole number (int), not '3'."),
        ({"days": 3.5}, "Parameter days must be a whole number (int), not 3.5."),
        ({"days": True}, "Parameter days must be a whole number (int), not True."),
        (
            {"wallets": "0xab"},
            "Parameter wallets must be a list or null (list[str] | None), not '0xab'.",
        ),
        ({"wallets": [1]}, "Parameter wallets must be a list or null (list[str] | None), not [1]."),
        (
            {"wallets": ("0xab",)},
            "Parameter wallets must be a list or null (list[str] | None), not ('0xab',).",
        ),
        ({"share": float("nan")}, "Parameter share must be a number (float), not nan."),
        ({"loud": 1}, "Parameter loud must be true or false (bool), not 1."),
        ({"name": b"x"}, "Parameter name must be a text (str), not b'x'."),
        (
            {"x = __import__('os')": 1},
            "small has no parameter x = __import__('os'); it has days, wallets, share, loud, name.",
        ),
    ],
)
def test_wrong_values_get_one_sentence(write: Write, values: dict[str, Any], words: str) -> None:
    with pytest.raises(ParameterError) as caught:
        parameters.check(write().notebook, values)
    assert str(caught.value) == words


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("days = 7", "holds more than lines such as `days: int = 7`"),
        ("days: int = 7\nimport os", "holds more than lines"),
        ("days: int = input()", "holds more than lines"),
        ("days: os.PathLike = 7", "holds more than lines"),
        ("days: int =", "holds more than lines"),
        (None, "has 0 cells tagged `parameters`; it needs one."),
    ],
)
def test_a_bad_cell_is_named(write: Write, cell: str | None, words: str) -> None:
    with pytest.raises(ParameterError, match=words.replace("`", ".")):
        parameters.declared(write(parameters=cell).notebook)


def test_a_missing_and_a_damaged_notebook_are_named(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="gone.ipynb is missing; restore it"):
        parameters.declared(tmp_path / "gone.ipynb")
    (tmp_path / "cut.ipynb").write_text('{"cells": [')
    with pytest.raises(ParameterError, match="cut.ipynb is no notebook"):
        parameters.declared(tmp_path / "cut.ipynb")


def test_values_from_a_command_line(write: Write) -> None:
    typed = {"days": "3", "wallets": "0xab,0xcd", "share": "0.5", "loud": "true", "name": "7"}
    assert parameters.from_text(write().notebook, typed) == {
        "days": 3,
        "wallets": ["0xab", "0xcd"],
        "share": 0.5,
        "loud": True,
        "name": "7",
    }
    assert parameters.from_text(write().notebook, {"wallets": '["0xab"]'}) == {"wallets": ["0xab"]}
    assert parameters.from_text(write().notebook, {"wallets": "null"}) == {"wallets": None}
    with pytest.raises(ParameterError, match="days must be a whole number"):
        parameters.from_text(write().notebook, {"days": "many"})
