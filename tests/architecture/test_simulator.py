"""The simulator is a package of its own: the product never imports it, and it stands on the ground floor only."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT, SIMULATOR = ROOT / "smartmoney", ROOT / "polymarket_sim"
GROUND = {"errors", "ids", "listeners", "settings", "text", "units"}
ROOMS = ("protocol", "generation", "accounts", "api", "faulty")
"""Each may import those before it; the files beside the rooms are held by the order of imports alone."""


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


FILES = sorted(SIMULATOR.rglob("*.py"))
MODULES = {module(path): path for path in FILES}


@pytest.mark.parametrize("path", sorted(PRODUCT.rglob("*.py")), ids=module)
def test_the_product_never_imports_the_simulator(path: Path) -> None:
    assert not [name for name in imports(path) if name.split(".")[0] == "polymarket_sim"]


def test_the_demo_starts_it_by_the_name_of_its_module() -> None:
    naming = [
        module(path)
        for path in PRODUCT.rglob("*.py")
        if "polymarket_sim" in path.read_text(encoding="utf-8")
    ]
    assert naming and {name.split(".")[1] for name in naming} <= {"supervise", "cli"}


@pytest.mark.parametrize("path", FILES, ids=module)
def test_the_simulator_stands_on_the_ground_floor(path: Path) -> None:
    used = {name.split(".")[1] for name in imports(path) if name.startswith("smartmoney.")}
    assert used <= GROUND


@pytest.mark.parametrize("path", FILES, ids=module)
def test_its_rooms_import_one_way(path: Path) -> None:
    own = path.relative_to(SIMULATOR).parts[0]
    if own not in ROOMS:
        return
    above = ROOMS[ROOMS.index(own) + 1 :]
    used = {name.split(".")[1] for name in imports(path) if name.startswith("polymarket_sim.")}
    assert not used & {*above, "server"}


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = {
        name: {other for other in imports(path) if other in MODULES and other != name}
        for name, path in MODULES.items()
    }
    packages = {name for name, path in MODULES.items() if path.name == "__init__.py"}
    order = TopologicalSorter({name: used - packages for name, used in graph.items()})
    assert len(list(order.static_order())) >= len(graph)


def test_each_class_name_is_used_once() -> None:
    names = Counter(
        node.name
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    )
    assert [name for name, count in names.items() if count > 1] == []
