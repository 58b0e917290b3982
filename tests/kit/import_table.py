"""The table of docs/architecture.md: what each room holds, by its own docstring, and which rooms it imports.

`python -m tests.kit.import_table` writes it again.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.kit.sources import PACKAGE, ROOT, rooms, tree

PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- rooms: written by `make docs` -->", "<!-- end of rooms -->"


def holds(name: str) -> str:
    """The first sentence of a room's docstring."""
    path = PACKAGE / name / "__init__.py"
    text = ast.get_docstring(tree(path if path.exists() else PACKAGE / f"{name}.py")) or ""
    sentence = " ".join(text.split("\n\n")[0].split())
    return re.split(r"(?<=[.!?]) (?=[A-Z`])", sentence)[0].rstrip(".").replace("|", "/")


def floors(graph: dict[str, set[str]]) -> list[str]:
    """The rooms so that each stands below all it imports."""
    order: list[str] = []
    while len(order) < len(graph):
        free = sorted(name for name in graph if name not in order and graph[name] <= {*order})
        if not free:
            raise ValueError(f"rooms import each other: {sorted(graph.keys() - {*order})}")
        order += free
    return order


def table() -> str:
    """The table in Markdown."""
    graph = rooms()
    rows = [
        f"| `{name}{'/' if (PACKAGE / name).is_dir() else '.py'}` | {holds(name)} | "
        f"{', '.join(sorted(graph[name])) or '–'} |"
        for name in floors(graph)
    ]
    return "\n".join([BEGIN, "| Room | Holds | Imports |", "|---|---|---|", *rows, END])


def rewritten(page: str) -> str:
    """The page with the table as it is now."""
    return re.sub(f"(?s){re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: table(), page)


def main(path: Path = PAGE) -> None:
    """Write the page."""
    path.write_text(rewritten(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
