"""F40, supply: no pin an advisory names, and a pin that one names fails the build."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.security.audit import judged
from tests.security.rules import ROOT
from tests.security.supply import ADVISORIES, known_bad, pins

LOCKS = ("requirements.lock", "requirements-dev.lock")


@pytest.mark.parametrize("name", LOCKS)
def test_no_pin_is_known_to_be_bad(name: str) -> None:
    assert known_bad((ROOT / name).read_text()) == []


@pytest.mark.parametrize("advisory", ADVISORIES, ids=lambda each: each["id"])
def test_every_advisory_is_about_a_package_we_pin(advisory: dict[str, str]) -> None:
    assert advisory["package"] in {name for name, _ in pins((ROOT / LOCKS[0]).read_text())}


@pytest.mark.parametrize("advisory", ADVISORIES, ids=lambda each: each["id"])
def test_the_bounds_keep_a_new_lock_from_it_too(advisory: dict[str, str]) -> None:
    lines = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    [bounds] = [
        Requirement(line).specifier
        for line in lines
        if Requirement(line).name == advisory["package"]
    ]
    lowest = min(Version(each.version) for each in bounds if each.operator == ">=")
    assert lowest >= Version(advisory["fixed"])


@pytest.mark.parametrize(
    "bad", ["prefect==3.6.13", "jupyter-server==2.19.4", "voila==0.5.5", "ipywidgets==7.8.5"]
)
def test_a_bad_pin_fails_the_build(tmp_path: Path, bad: str) -> None:
    package = bad.split("==")[0]
    lock = re.sub(rf"(?m)^{package}==\S+", bad, (ROOT / LOCKS[0]).read_text())
    (tmp_path / "bad.lock").write_text(lock)
    done = subprocess.run(
        [sys.executable, "-m", "tests.security.supply", str(tmp_path / "bad.lock")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1 and package in done.stdout


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_comes_from_the_index_by_its_hash(name: str) -> None:
    entries = re.split(r"\n(?=\S)", (ROOT / name).read_text().strip())
    for entry in entries:
        assert re.match(r"[A-Za-z0-9._-]+(\[[^]]*\])?==", entry), entry[:80]
        assert "--hash=sha256:" in entry and " @ " not in entry and "git+" not in entry


@pytest.mark.parametrize(
    ("said", "words", "good"),
    [
        ({}, "cannot be asked", True),
        ({"dependencies": [{"name": "x", "skip_reason": "not found"}]}, "cannot be asked", True),
        ({"dependencies": [{"name": "x", "version": "1", "vulns": []}]}, "1 pins", True),
        (
            {"dependencies": [{"name": "x", "version": "1", "vulns": [{"id": "CVE-1"}]}]},
            "x 1: CVE-1",
            False,
        ),
    ],
)
def test_an_advisory_of_today_fails_the_build_and_a_missing_network_does_not(
    said: dict[str, Any], words: str, good: bool
) -> None:
    line, went_on = judged("a.lock", said)
    assert words in line and went_on is good
