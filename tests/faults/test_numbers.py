"""The list of numbers names tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = re.findall(
    r"(?m)^\| ([A-F]\d+)[^|]* \| (\S+) \|$",
    (Path(__file__).parent / "NUMBERS.md").read_text(encoding="utf-8"),
)


@pytest.mark.parametrize(("number", "place"), ROWS)
def test_the_test_of_a_number_is_there(number: str, place: str) -> None:
    path, _, function = place.partition("::")
    text = (ROOT / path).read_text(encoding="utf-8")
    assert f"def {function}" in text
    assert function or number[0].lower() in Path(path).stem or number in ("B18", "F39")


def test_every_test_of_a_fault_has_its_number() -> None:
    named = {place.partition("::")[0] for _, place in ROWS}
    here = {
        str(path.relative_to(ROOT)) for path in Path(__file__).parent.glob("test_[a-f][0-9]*.py")
    }
    here |= {
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests" / "security").glob("test_f[0-9]*.py")
    }
    assert here <= named
