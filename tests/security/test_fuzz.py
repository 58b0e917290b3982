"""The fuzzer finds nothing in a few seconds; run tests/security/fuzz_pages.py for longer by hand."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECONDS = 10


@pytest.mark.skipif(
    find_spec("atheris") is None,
    reason="atheris has no build for this system; the fuzzer is not run",
)
def test_no_page_breaks_its_reader(tmp_path: Path) -> None:
    """A body that raised would be left in the folder as a crash file, and end the fuzzer with an error."""
    command = [
        sys.executable,
        "-m",
        "tests.security.fuzz_pages",
        f"-max_total_time={SECONDS}",
        f"-artifact_prefix={tmp_path}/",
    ]
    ended = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.returncode == 0, ended.stderr[-3_000:]
    assert "Done " in ended.stderr and not list(tmp_path.iterdir())
