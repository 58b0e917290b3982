"""Compiled code is kept by what it was compiled from, wherever there is a place for it, and needs none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from smartmoney.ledger.compiling import PACKAGE, first_usable, source_digest

NOBODY = 65_534
READ_ONLY = """
import os, sys
import numba, numpy, pandas, scipy.special  # what an unprivileged user may not be allowed to read here
if os.getuid() == 0:
    os.setgid({nobody}); os.setuid({nobody})
sys.path.insert(0, {package!r})
from smartmoney.ledger import muldiv
from smartmoney.ledger.compiling import cache_folder
print(cache_folder(), muldiv(7, 6, 2, 0))
"""


def test_any_change_of_a_source_is_another_digest(tmp_path: Path) -> None:
    for room in ("ledger", "metrics"):
        shutil.copytree(PACKAGE / room, tmp_path / room, ignore=shutil.ignore_patterns("__*__"))
    before = source_digest(tmp_path)
    path = tmp_path / "ledger" / "layout.py"
    path.write_text(path.read_text().replace("CENT = 10_000", "CENT = 10_001"))
    changed = source_digest(tmp_path)
    path.rename(path.with_name("other.py"))
    assert len({before, changed, source_digest(tmp_path)}) == 3


def test_the_first_folder_that_can_be_written_is_taken(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    folder = first_usable([tmp_path / "file", tmp_path / "new", tmp_path / "never"], "name")
    assert folder == tmp_path / "new" / "name" and folder.stat().st_mode & 0o077 == 0
    assert not (tmp_path / "never").exists()
    assert first_usable([tmp_path / "file"], "name") is None


def test_a_folder_of_somebody_else_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1 + tmp_path.stat().st_uid)
    assert first_usable([tmp_path], "name") is None


def test_the_ledger_runs_from_read_only_code_without_a_home(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    for parent in tmp_path.parents[:3]:
        if parent.owner() == tmp_path.owner() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o055)
    shutil.copytree(
        PACKAGE, tmp_path / "smartmoney", ignore=shutil.ignore_patterns("__pycache__", "static")
    )
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    scratch.chmod(0o777)
    for path in [*(tmp_path / "smartmoney").rglob("*"), tmp_path / "smartmoney"]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    environment = {k: v for k, v in os.environ.items() if k not in ("XDG_CACHE_HOME", "PYTHONPATH")}
    environment |= {"HOME": "/nonexistent", "TMPDIR": str(scratch), "PYTHONDONTWRITEBYTECODE": "1"}
    script = READ_ONLY.format(nobody=NOBODY, package=str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd="/", capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    kept, answer = done.stdout.split()
    assert answer == "21" and kept.startswith(str(scratch))
    for path in [tmp_path / "smartmoney", *(tmp_path / "smartmoney").rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
