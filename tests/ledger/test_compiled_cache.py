"""Numba caches compiled code by its own file only: a digest makes a change of a callee touch its callers."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import ModuleType

import pytest

from smartmoney.ledger import arithmetic, kernel, layout, passes


@pytest.mark.parametrize(
    ("caller", "callees"),
    [(kernel, (arithmetic, layout)), (passes, (arithmetic, layout, kernel))],
    ids=["kernel", "passes"],
)
def test_callers_know_the_callees_they_were_compiled_with(
    caller: ModuleType, callees: tuple[ModuleType, ...]
) -> None:
    text = b"".join(Path(str(module.__file__)).read_bytes() for module in callees)
    digest = hashlib.sha256(text).hexdigest()[:12]
    assert digest == caller.CALLEES, f'set CALLEES = "{digest}" in {caller.__file__}'
