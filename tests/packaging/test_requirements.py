"""One set of versions, said in four places: pyproject.toml, environment.yml and the two locks."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
CONDA_NAMES = {"jupyter_server": "jupyter-server", "prometheus_client": "prometheus-client"}


def declared(extras: bool) -> dict[str, str]:
    """Version bounds by name, as pyproject.toml has them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = list(project["dependencies"])
    if extras:
        lines += [line for extra in project["optional-dependencies"].values() for line in extra]
    parsed = [Requirement(line) for line in lines]
    return {
        canonicalize_name(each.name): str(each.specifier)
        for each in parsed
        if each.name != "smartmoney"
    }


def conda() -> dict[str, str]:
    """Version bounds by name, as environment.yml has them, conda's and pip's part together."""
    parts = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    pip = next(part["pip"] for part in parts if isinstance(part, dict))
    lines = [part for part in parts if isinstance(part, str) and part != "pip"]
    lines += [line for line in pip if not line.startswith("-")]
    parsed = [
        Requirement(
            CONDA_NAMES.get(re.split("[<>=]", line)[0], re.split("[<>=]", line)[0])
            + line[len(re.split("[<>=]", line)[0]) :]
        )
        for line in lines
    ]
    return {canonicalize_name(each.name): str(each.specifier) for each in parsed}


def locked(name: str) -> dict[str, set[str]]:
    """Versions by name in a lock; several where they differ by Python version."""
    found: dict[str, set[str]] = {}
    for line in (ROOT / name).read_text().splitlines():
        if match := re.match(r"([a-z0-9._-]+)(?:\[.*\])?==([^ ;]+)", line, re.I):
            found.setdefault(canonicalize_name(match[1]), set()).add(match[2])
    return found


def test_environment_yml_holds_the_bounds_of_pyproject() -> None:
    bounds = conda()
    assert bounds.pop("python") == str(
        Requirement(
            "x" + tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
        ).specifier
    )
    assert bounds == declared(extras=True)


@pytest.mark.parametrize(
    ("name", "extras"), [("requirements.lock", False), ("requirements-dev.lock", True)]
)
def test_lock_satisfies_pyproject(name: str, extras: bool) -> None:
    versions = locked(name)
    for package, bounds in declared(extras).items():
        requirement = Requirement(f"{package}{bounds}")
        assert package in versions, f"{package} is not in {name}: run `make lock`"
        assert all(
            requirement.specifier.contains(each, prereleases=True) for each in versions[package]
        ), package


def test_locks_agree() -> None:
    runtime, everything = (locked(name) for name in LOCKS)
    assert {name: everything.get(name) for name in runtime} == runtime


@pytest.mark.parametrize("name", LOCKS)
def test_lock_has_a_hash_for_each_package_and_names_no_machine(name: str) -> None:
    text = (ROOT / name).read_text()
    entries = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text and not re.search(r"(?m)^\s*(--(extra-)?index|--find|-f |-i )", text)
