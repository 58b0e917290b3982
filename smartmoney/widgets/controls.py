"""Controls of filter bars and forms, as the browser takes them; in a filter bar `key` names a field of the filter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import Field, fields
from typing import Any

from smartmoney.store.filters import About, ListFilter

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


def number(key: str, label: str, value: float | None, **limits: Any) -> Control:
    """A number, or nothing; `limits` are min, max and step."""
    return _control("number", key, label, value, hint="any", **limits)


def check(key: str, label: str, value: bool) -> Control:
    """A switch."""
    return _control("check", key, label, value)


CATEGORY_FIELDS = ("category", "good_at")
"""Conditions chosen from the categories there are."""


def of_filter(shown: ListFilter, categories: Sequence[str] = ()) -> list[Control]:
    """A control for each condition of a list that has a label; what it may be is declared there."""
    return [
        _of_field(item, item.metadata["about"], getattr(shown, item.name), categories)
        for item in fields(shown)
        if item.metadata.get("about") is not None and item.metadata["about"].label
    ]


def _of_field(item: Field[Any], about: About, value: Any, categories: Sequence[str]) -> Control:
    if item.name == "text":
        return search(value, about.label)
    if item.name in CATEGORY_FIELDS:
        return select(item.name, about.label, [(name, name) for name in categories], value)
    if "choices" in item.metadata:
        tiers = item.name == "tiers"
        return choices(item.name, about.label, item.metadata["choices"], value, tiers=tiers)
    if about.options:
        chosen = "" if value is None else f"{value:.0f}"
        return select(item.name, about.label, about.options, chosen)
    if item.default is False:
        return check(item.name, about.label, value)
    low, high = item.metadata["low"], item.metadata["high"]
    step = 0.01 if high == 1.0 else 1 if isinstance(low, int) else "any"
    return number(item.name, about.label, value, min=low, max=high, step=step)
