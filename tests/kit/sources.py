"""The package as text and as syntax: files, imports, definitions, comments."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "smartmoney"
SIMULATOR = ROOT / "polymarket_sim"
WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")


def python_files(*folders: Path) -> list[Path]:
    """Every Python file below the folders."""
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    """The syntax of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[str]:
    """Modules a file imports, with the names taken from a package of ours."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            if node.module == "smartmoney":
                yield from (f"smartmoney.{alias.name}" for alias in node.names)


def room(path: Path) -> str:
    """The folder or file directly below `smartmoney/` that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def rooms() -> dict[str, set[str]]:
    """Which rooms each room imports."""
    graph: dict[str, set[str]] = defaultdict(set)
    for path in python_files(PACKAGE):
        if path == PACKAGE / "__init__.py":
            continue
        own = room(path)
        graph[own] |= {
            name.split(".")[1] for name in imports(path) if name.startswith("smartmoney.")
        } - {own}
    return dict(graph)


def classes(*folders: Path) -> dict[str, list[Path]]:
    """Where each class name is defined."""
    found: dict[str, list[Path]] = defaultdict(list)
    for path in python_files(*folders):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(path)
    return dict(found)


def identifiers(path: Path) -> Iterator[tuple[str, int]]:
    """Every name a file defines, with its line: modules, functions, classes, arguments, variables, attributes."""
    yield path.stem, 0
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr, node.lineno


def words(name: str) -> set[str]:
    """The words of an identifier, lower case."""
    return {word.lower() for word in WORD.findall(name)}


def comments(path: Path) -> list[str]:
    """Comments of a file that are no instruction to a tool."""
    with io.StringIO(path.read_text(encoding="utf-8")) as source:
        texts = [
            token.string
            for token in tokenize.generate_tokens(source.readline)
            if token.type == tokenize.COMMENT
        ]
    return [text for text in texts if not re.match(r"#\s*(noqa|type:|fmt:|pragma|!)", text)]
