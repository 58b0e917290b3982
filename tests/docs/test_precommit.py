"""The hooks of pre-commit are programs that are here, and find nothing to change."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import yaml

from smartmoney.supervise.paths import ROOT

HOOKS = {
    hook["id"]: hook
    for hook in yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
}
NOTEBOOKS = sorted(
    path
    for folder in ("notebooks", "dashboards")
    for path in (ROOT / folder).rglob("*.ipynb")
    if not {".ipynb_checkpoints", "own", "analyses"} & {*path.parts}
)


def program(hook: str) -> list[str]:
    """The hook's words, its program taken from the environment that runs the tests."""
    first, *rest = HOOKS[hook]["entry"].replace('"', "").split(" ")
    return [str(Path(sys.executable).parent / Path(first).name), *rest]


def test_nothing_is_fetched_and_every_program_is_here() -> None:
    repos = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert {repo["repo"] for repo in repos} == {"local"} and set(HOOKS) == {
        "ruff",
        "nbstripout",
        "mypy",
        "generated",
    }
    assert all(
        hook["language"] == "system" and Path(program(name)[0]).is_file()
        for name, hook in HOOKS.items()
    )


def test_nbstripout_finds_nothing_to_strip() -> None:
    found = subprocess.run(
        [program("nbstripout")[0], "--dry-run", "--drop-empty-cells", *map(str, NOTEBOOKS)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "would strip" not in (found.stdout + found.stderr).lower(), found.stdout


def test_ruff_reads_the_notebooks_too() -> None:
    found = subprocess.run(
        [program("ruff")[0], "check", *map(str, NOTEBOOKS)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout
