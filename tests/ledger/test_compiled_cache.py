"""Numba caches compiled code by its own file only: a digest makes a change of a callee touch its callers."""

from __future__ import annotations

import hashlib
from pathlib import Path

from smartmoney.ledger import arithmetic, kernel, passes


def test_the_passes_know_the_kernel_they_were_compiled_with() -> None:
    text = b"".join(Path(str(module.__file__)).read_bytes() for module in (arithmetic, kernel))
    digest = hashlib.sha256(text).hexdigest()[:12]
    assert digest == passes.KERNEL_DIGEST, f'set KERNEL_DIGEST = "{digest}" in ledger/passes.py'
