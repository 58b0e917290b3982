"""What strangers wrote, on one line; and the formats of the house under the names that pages use."""

from __future__ import annotations

from smartmoney.formats import (
    DASH,
    Number,
    ago,
    cents,
    compact,
    percent,
    points,
    short_address,
    span,
    usd,
    utc,
)
from smartmoney.formats import byte_size as size_of
from smartmoney.formats import full_usd as usd_full
from smartmoney.formats import signed_usd as gain

__all__ = [
    "DASH", "Number", "ago", "cents", "compact", "gain", "percent", "points", "short_address",
    "size_of", "span", "usd", "usd_full", "utc", "words",
]  # fmt: skip

REORDER = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
)
JOINERS = frozenset("\u200c\u200d\ufe0f")


def words(text: str, longest: int = 90) -> str:
    """Text on one line, cut at `longest` characters, without characters that hide or reorder what follows."""
    shown = "".join(" " if letter.isspace() else letter for letter in text if letter not in REORDER)
    line = " ".join(
        "".join(letter for letter in shown if letter.isprintable() or letter in JOINERS).split()
    )
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
