"""What code here may not do, read from its syntax: markup from strings, files by accident, code from data."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("smartmoney", "polymarket_sim", "flows", "dashboards", "notebooks", "benchmarks")
DISPLAYS = {
    "HTML",
    "HTMLMath",
    "Html",
    "Markdown",
    "Javascript",
    "SVG",
    "Image",
    "Latex",
    "IFrame",
    "Video",
    "Audio",
    "display_html",
    "display_markdown",
    "display_svg",
    "display_javascript",
    "FileLink",
}
CODE = {
    "eval",
    "exec",
    "compile",
    "__import__",
    "run_line_magic",
    "run_cell",
    "getoutput",
    "system",
    "popen",
}
UNPACK = {"pickle", "cPickle", "shelve", "marshal", "dill", "cloudpickle", "joblib"}
FIXED = {"verify": False, "follow_redirects": True, "shell": True, "trust_env": True}
MAKERS = {"html"}


def python_files() -> list[Path]:
    """Every Python file of the product."""
    return sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def notebooks() -> list[Path]:
    """Every notebook of the product."""
    return sorted(
        path
        for room in ROOMS
        for path in (ROOT / room).rglob("*.ipynb")
        if not {".ipynb_checkpoints", "analyses"} & {*path.parts}
    )


def sources(path: Path) -> Iterator[str]:
    """The code of a file: itself, or the code cells of a notebook without lines that are no Python."""
    if path.suffix == ".py":
        yield path.read_text(encoding="utf-8")
        return
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            yield "".join(cell["source"])


def findings(source: str) -> list[str]:
    """What a piece of code does that it may not, in words with line numbers."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return [
            f"line {number}: a magic or shell line"
            for number, line in enumerate(source.splitlines(), 1)
            if line.lstrip().startswith(("%", "!"))
        ] or ["is no Python"]
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [f"line {call.lineno}: {words}" for call in calls for words in judged(call)] + [
        f"line {node.lineno}: imports {name}"
        for node in ast.walk(tree)
        for name in imported(node)
        if name in UNPACK
    ]


def judged(call: ast.Call) -> Iterator[str]:
    """What is wrong with one call."""
    name = called(call)
    first = call.args[0] if call.args else None
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    if name in DISPLAYS:
        if first is not None:
            yield f"{name}() with a bare argument opens files and addresses; give data="
        if any(
            not (isinstance(value, ast.Constant) or made_safe(value)) for value in named.values()
        ):
            yield f"{name}() shows what was not made by safe.html()"
    if name in MAKERS and first is not None and not isinstance(first, ast.Constant):
        yield f"{name}() with a template that is no literal"
    if name in CODE and isinstance(call.func, ast.Name):
        yield f"{name}() runs data as code"
    for keyword, banned in FIXED.items():
        value = named.get(keyword)
        if isinstance(value, ast.Constant) and value.value is banned:
            yield f"{keyword}={banned}"


def called(call: ast.Call) -> str:
    """The last word of what is called."""
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def made_safe(value: ast.expr) -> bool:
    """The value is the escaping helper's own."""
    return isinstance(value, ast.Call) and called(value) in MAKERS


def imported(node: ast.AST) -> list[str]:
    """Top names a node imports."""
    if isinstance(node, ast.Import):
        return [alias.name.split(".")[0] for alias in node.names]
    return [node.module.split(".")[0]] if isinstance(node, ast.ImportFrom) and node.module else []
