"""The only way to make markup: a fixed template whose values are escaped.

Display names and market titles are chosen by strangers. Views build their DOM from text; where markup is
needed after all, it comes from `html()`.
"""

from __future__ import annotations

from html import escape
from string import Formatter
from typing import Any


class Safe(str):
    """Markup made by `html()`; the only text it does not escape again."""

    __slots__ = ()


class _Escaping(Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Safe):
            return value
        if isinstance(value, (list, tuple)) and all(isinstance(part, Safe) for part in value):
            return "".join(value)
        return escape(super().format_field(value, format_spec), quote=True)


def html(template: str, /, **values: Any) -> Safe:
    """Fill `{name}` in a fixed template; every value is escaped unless it is `Safe` (or a list of them).

    The template is code, never data; put quotes around attributes.
    """
    return Safe(_Escaping().vformat(template, (), values))


def plain(text: str) -> str:
    """Text for places that read a little markup themselves, such as Plotly's labels and hovers."""
    return escape(text, quote=False)
