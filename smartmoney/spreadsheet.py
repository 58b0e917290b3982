"""Cells of CSV files, which spreadsheets take for formulas where strangers wrote the text."""

from __future__ import annotations

import unicodedata
from typing import Any

SIGNS = frozenset("=+-@")
"""What makes a spreadsheet read a cell as a formula, full-width forms included."""


def cell(value: Any) -> Any:
    """A value as a cell: text that would be a formula gets an apostrophe before it, lists become words."""
    if isinstance(value, list | tuple):
        return cell(" ".join(str(part) for part in value))
    if isinstance(value, str) and value:
        first = unicodedata.normalize("NFKC", value.lstrip()[:1])
        if value[0] in "\t\r\n" or first in SIGNS:
            return f"'{value}"
    return value
