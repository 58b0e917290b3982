"""The walls of the house: imports run one way, and each outside library has one door."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "smartmoney"
FLOORS = [
    {
        "errors",
        "schema",
        "spreadsheet",
        "units",
        "text",
        "layout",
        "listeners",
        "plotting",
        "registry",
        "run_state",
    },
    {"ids", "formats"},
    {"settings"},
    {"polymarket", "chain", "ledger", "logs", "net_exposure", "prefect_rest"},
    {"metrics"},
    {"scoring", "store"},
    {"ingest", "market_stats", "books"},
    {"alerts", "population"},
    {"jobs"},
    {"frames"},
    {"widgets", "api"},
    {"research"},
    {"supervise"},
    {"proof"},
    {"cli"},
]
LEVEL = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}
PURE = {"chain", "ledger", "metrics", "scoring", "market_stats"}
DOORS = {
    "duckdb": {"chain"},
    "eth_abi": {"chain"},
    "eth_utils": {"chain"},
    "httpx": set(),
    "httpcore": {"polymarket/transport.py"},
    "psycopg": {"store"},
    "sqlalchemy": set(),
    "psycopg_pool": {"store"},
    "adbc_driver_postgresql": {"store"},
    "apprise": {"alerts"},
    "prefect": set(),
    "papermill": set(),
    "voila": set(),
}
IO_MODULES = {"requests", "httpx", "psycopg", "sqlalchemy", "socket", "subprocess", "urllib"}


def room(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            if node.module == "smartmoney":
                yield from (f"smartmoney.{alias.name}" for alias in node.names)


FILES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path) -> None:
    own = room(path)
    assert own in LEVEL, (
        f"{own} is no room of the house: place it in FLOORS and in docs/architecture.md"
    )
    for name in imports(path):
        if name.startswith("smartmoney."):
            other = name.split(".")[1]
            assert other == own or LEVEL[other] < LEVEL[own], (
                f"{own} imports {other}, which lies above or beside it"
            )


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_each_outside_library_has_one_door(path: Path) -> None:
    where = str(path.relative_to(PACKAGE))
    for name in imports(path):
        doors = DOORS.get(name.split(".")[0])
        if doors is not None:
            assert where in doors or room(path) in doors, (
                f"{where} imports {name}; its door is {doors or 'outside'}"
            )
        if room(path) in PURE:
            assert name.split(".")[0] not in IO_MODULES, f"{where} is pure and imports {name}"
