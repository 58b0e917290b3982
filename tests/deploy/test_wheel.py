"""The product outside its checkout: the wheel has everything, and runs from an empty folder with state in the user's own."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from smartmoney.supervise.paths import ROOT

BUILD = """
import shutil, sys
from pathlib import Path
root, out = Path(sys.argv[1]), Path(sys.argv[2])
from setuptools import build_meta
print(build_meta.build_wheel(str(out)))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of what the repository has."""
    setuptools = pytest.importorskip("setuptools", minversion="77")
    assert setuptools
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "checkout"
    listed = subprocess.run(
        ["git", "ls-files", "-coz", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes((ROOT / name).read_bytes())
    done = subprocess.run(
        [sys.executable, "-c", BUILD, str(copy), str(folder)],
        cwd=copy,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel unpacked below a path with a space and an umlaut, as an installer would."""
    folder = tmp_path_factory.mktemp("größe x") / "site"
    zipfile.ZipFile(wheel).extractall(folder)
    return folder


def run(site: Path, home: Path, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "smartmoney.cli", *words],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_it_holds_what_the_product_needs(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    share = {name.removeprefix("smartmoney/share/") for name in names if "/share/" in name}
    tracked = subprocess.run(
        ["git", "ls-files", "notebooks", "dashboards", "smartmoney"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    missing = [
        name
        for name in tracked
        if name not in (names if name.startswith("smartmoney/") else share)
        and (ROOT / name).is_file()
    ]
    assert not missing, missing
    assert "smartmoney/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/"))]


def test_it_runs_from_an_empty_folder(site: Path, tmp_path: Path) -> None:
    home, cwd = tmp_path / "Jürgen M", tmp_path / "empty"
    home.mkdir()
    cwd.mkdir()
    done = run(site, home, "status", cwd=cwd)
    assert done.returncode == 0, done.stderr
    assert f"Nothing runs in {home}/.local/share/smartmoney/live" in done.stdout
    assert "sync_markets" in run(site, home, "jobs", cwd=cwd).stdout
    assert list(cwd.iterdir()) == [], "nothing is written where one happens to be"


def test_notebooks_can_be_laid_out_and_are_used_from_there(site: Path, tmp_path: Path) -> None:
    home, mine = tmp_path, tmp_path / "my notebooks"
    done = run(site, home, "init", str(mine), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (mine / "notebooks" / "sync_markets.ipynb").is_file()
    assert (mine / "dashboards" / "traders.ipynb").is_file()
    again = run(site, home, "init", str(mine), cwd=tmp_path)
    assert again.returncode == 2 and "is not empty" in again.stderr
    code = (
        "from smartmoney.supervise.paths import ROOT; from flows.jobs import OWN; print(ROOT, OWN)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=mine,
        env={"HOME": str(home), "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == f"{mine} {mine}/notebooks/own"
