"""Controls of a filter bar, as the browser takes them; `key` names a field of the list's filter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Control = dict[str, Any]


def search(value: str, hint: str, label: str = "Search") -> Control:
    """A search field."""
    return {
        "key": "text",
        "label": label,
        "kind": "text",
        "hint": hint,
        "value": value,
        "wide": True,
    }


def choices(key: str, label: str, words: Sequence[str], value: Sequence[str]) -> Control:
    """Switches of which any number may be on."""
    return {
        "key": key,
        "label": label,
        "kind": "choices",
        "choices": list(words),
        "value": list(value),
    }


def select(key: str, label: str, options: Sequence[tuple[str, str]], value: Any) -> Control:
    """A list of (value, words) to choose one of, or none."""
    return {
        "key": key,
        "label": label,
        "kind": "select",
        "choices": [list(option) for option in options],
        "value": value,
    }


def number(key: str, label: str, value: float | None, **limits: Any) -> Control:
    """A number, or nothing; `limits` are min, max and step."""
    return {"key": key, "label": label, "kind": "number", "value": value, "hint": "any", **limits}


def check(key: str, label: str, value: bool) -> Control:
    """A switch."""
    return {"key": key, "label": label, "kind": "check", "value": value}
