"""Controls of filter bars and forms, as the browser takes them; in a filter bar `key` names a field of the filter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Control = dict[str, Any]


def _control(kind: str, key: str, label: str, value: Any, **more: Any) -> Control:
    return {"key": key, "label": label, "kind": kind, "value": value, **more}


def search(value: str, hint: str, label: str = "Search") -> Control:
    """A search field."""
    return _control("text", "text", label, value, hint=hint, wide=True)


def text_field(key: str, label: str, value: str, *, hint: str = "", longest: int = 80) -> Control:
    """A wide field of a form."""
    return _control("text", key, label, value, hint=hint, longest=longest, wide=True)


def choices(
    key: str, label: str, words: Sequence[str], value: Sequence[str], *, tiers: bool = False
) -> Control:
    """Switches of which any number may be on; `tiers` gives each the colour of its tier."""
    more = {"tiers": True} if tiers else {}
    return _control("choices", key, label, list(value), choices=list(words), **more)


def select(
    key: str, label: str, options: Sequence[tuple[str, str]], value: Any, **more: Any
) -> Control:
    """A list of (value, words) to choose one of, or none unless `any` is False."""
    pairs = [list(option) for option in options]
    return _control("select", key, label, value, choices=pairs, **more)


def category(label: str, names: Sequence[str], value: str) -> Control:
    """The categories there are, to choose one of, or none."""
    return select("category", label, [(name, name) for name in names], value)


def number(key: str, label: str, value: float | None, **limits: Any) -> Control:
    """A number, or nothing; `limits` are min, max and step."""
    return _control("number", key, label, value, hint="any", **limits)


def check(key: str, label: str, value: bool) -> Control:
    """A switch."""
    return _control("check", key, label, value)
