"""The dictionary in Markdown: tables of columns, and the definitions of measures in docs/metrics.md."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

from smartmoney.schema.column import Column, Topic
from smartmoney.schema.holdings import RESULT
from smartmoney.schema.markets import MARKET, SMART
from smartmoney.schema.traders import TRADER

PART = re.compile(r"(<!-- measures: (\w+) -->\n).*?(<!-- end of measures -->)", re.DOTALL)


def columns_table(columns: Iterable[Column]) -> str:
    """Name, dtype, unit, meaning, and where there is none."""
    rows = (
        f"| {column.name} | {column.dtype} | {column.unit} | {column.means} | {column.missing} |"
        for column in columns
    )
    head = "| column | dtype | unit | meaning | null where |\n|---|---|---|---|---|"
    return "\n".join([head, *rows])


def measures_table(topic: Topic) -> str:
    """The definitions of one table of docs/metrics.md."""
    found: dict[str, Column] = {}
    for dataset in (RESULT, TRADER, SMART, MARKET):
        for column in dataset:
            if column.topic is topic:
                found.setdefault(column.name, column)
    rows = (f"| `{name}` | {one.means} | {one.missing or '–'} |" for name, one in found.items())
    return "\n".join(["| Measure | Definition | None where |", "|---|---|---|", *rows])


def with_measures(page: str) -> str:
    """The page with its tables of measures made anew."""
    return PART.sub(lambda part: f"{part[1]}{measures_table(Topic(part[2]))}\n{part[3]}", page)


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:]):
        path.write_text(with_measures(path.read_text(encoding="utf-8")), encoding="utf-8")
