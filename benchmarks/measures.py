"""How the code stands, in numbers: `make measures`, or `python -m benchmarks.measures FOLDER` for another checkout."""

from __future__ import annotations

import argparse
import ast
import io
import re
import subprocess
import sys
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median

HERE = Path(__file__).parents[1]
SQL = re.compile(
    r"^\s*(select|insert|update|delete|with|create|drop|alter|copy|truncate|merge)\s+\w", re.I
)
WRITERS = {
    "adbc_ingest": r"\badbc_ingest\(",
    "COPY, binary by hand": r"PGCOPY",
    "COPY, rows": r"\.write_row\(",
    "COPY, text or CSV": r"(?i)\bcopy\b[^\n]{0,80}\bfrom stdin\b",
    "executemany": r"\.executemany\(",
    "pgpq": r"(?m)^\s*(?:import|from) pgpq\b",
    "unnest upsert": r"(?is)insert into[^;\"']{0,300}\bunnest\(",
    "upsert verb": r"\bdef upsert\(",
    "append verb": r"\bdef append\(",
}
OWNERS = {
    "adbc": r"adbc_driver_postgresql\.dbapi|dbapi\.connect\(",
    "psycopg, one a call": r"psycopg\.connect\(",
    "psycopg pool": r"\bConnectionPool\(",
    "SQLAlchemy engine": r"\bcreate_engine\(",
}


def files(*folders: Path) -> list[Path]:
    """Python files below the folders."""
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


def lines(paths: Iterable[Path]) -> int:
    """How many lines they have together."""
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in paths)


def literals(path: Path) -> Iterator[str]:
    """Strings of a file that hold SQL; docstrings left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in docstrings
        ):
            text = node.value.strip()
            if SQL.match(text) and re.search(
                r"(?i)\b(from|into|set|table|values|database|role)\b", text
            ):
                yield text


def comment_lines(path: Path) -> int:
    """Comments that are no instruction to a tool."""
    with io.StringIO(path.read_text(encoding="utf-8")) as source:
        tokens = list(tokenize.generate_tokens(source.readline))
    return sum(
        token.type == tokenize.COMMENT and not re.match(r"#\s*(noqa|type:|fmt:|!)", token.string)
        for token in tokens
    )


def functions(path: Path) -> Iterator[tuple[int, str]]:
    """Lines of each function, its docstring left out, and its name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            size = (body[-1].end_lineno or 0) - node.lineno + 1 if body else 1
            if ast.get_docstring(node):
                size -= (node.body[0].end_lineno or 0) - node.body[0].lineno + 1
            yield size, f"{path.name}:{node.lineno} {node.name}"


def tool(*command: str, where: Path) -> str:
    """What a program of the environment writes."""
    program = Path(sys.executable).parent / command[0]
    done = subprocess.run(
        [program, *command[1:]], cwd=where, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def by_room(root: Path) -> None:
    """Lines, files and functions of each room."""
    rooms: dict[str, list[Path]] = defaultdict(list)
    for path in files(root / "smartmoney"):
        rooms[path.relative_to(root / "smartmoney").parts[0].removesuffix(".py")].append(path)
    print("Room                 files   lines")
    for name, paths in sorted(rooms.items(), key=lambda room: -lines(room[1])):
        print(f"  {name:18} {len(paths):5} {lines(paths):7,}")


def store(root: Path) -> None:
    """Ways to write a row, SQL outside the store, and owners of connections."""
    package = files(root / "smartmoney")
    texts = {path: path.read_text(encoding="utf-8") for path in package}
    for title, patterns in (("Ways to write a row", WRITERS), ("Owners of connections", OWNERS)):
        found = {
            name: hits
            for name, pattern in patterns.items()
            if (hits := sum(len(re.findall(pattern, text)) for text in texts.values()))
        }
        print(f"{title}: {len(found)} {found}")
    outside = Counter(
        str(path.relative_to(root))
        for path in package
        if path.relative_to(root / "smartmoney").parts[0] not in ("store", "simulator")
        for _ in literals(path)
    )
    inside = sum(1 for path in files(root / "smartmoney" / "store") for _ in literals(path))
    print(
        f"SQL literals in Python: {inside} in the store, {sum(outside.values())} outside {dict(outside)}"
    )


def style(root: Path, types: bool) -> None:
    """Format, types, comments, functions, names, tests."""
    package = [path for path in files(root / "smartmoney") if "simulator" not in path.parts]
    unformatted = tool("ruff", "format", "--check", ".", where=root)
    skips = sum(
        len(re.findall(r"fmt: (?:skip|off)", path.read_text(encoding="utf-8")))
        for path in files(
            root / "smartmoney", root / "tests", root / "flows", root / "polymarket_sim"
        )
    )
    print(f"ruff format failures: {unformatted.count('Would reformat')}; fmt: skip: {skips}")
    if types:
        print(f"mypy --strict: {tool('mypy', '--strict', where=root).strip().splitlines()[-1]}")
    total = lines(package)
    marked = sum(comment_lines(path) for path in package)
    print(f"Comments: {marked} in {total:,} lines ({100 * marked / total:.1f} %)")
    sizes = sorted(size for path in package for size in functions(path))
    print(
        f"Functions: {len(sizes):,}, median {median(size for size, _ in sizes):.0f} lines, longest {sizes[-1]}"
    )
    tests = lines(files(root / "tests"))
    simulator = lines(files(root / "polymarket_sim", root / "smartmoney" / "simulator"))
    print(
        f"Source {total:,} lines, simulator {simulator:,}, tests {tests:,}; tests to source {tests / total:.2f}"
    )
    names = Counter(
        node.name
        for path in package
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    )
    twice = sorted(name for name, count in names.items() if count > 1)
    print(f"Class names defined twice: {len(twice)} {twice}")
    print(f"Identifiers with a banned word: {banned(package)}")


def banned(package: Iterable[Path]) -> int:
    """Names that hold a word which this checkout's glossary bans."""
    glossary = (HERE / "docs" / "glossary.md").read_text(encoding="utf-8")
    columns = re.findall(r"(?m)^\|[^|]+\|[^|]+\|([^|]+)\|$", glossary)
    words = {word.strip() for column in columns for word in column.split(",")} - {"", "Not", "---"}
    return sum(
        bool({part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)} & words)
        for path in package
        for name in defined(path)
    )


def defined(path: Path) -> Iterator[str]:
    """Names a file defines."""
    yield path.stem
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def main() -> None:
    """Print them all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=HERE)
    parser.add_argument(
        "--no-types", action="store_true", help="leave out mypy, which takes a minute"
    )
    given = parser.parse_args()
    root = given.folder.resolve()
    by_room(root)
    store(root)
    style(root, not given.no_types)


if __name__ == "__main__":
    main()
