"""JSON as the REST API writes it: camelCase names, exact decimals as numbers, times in UTC, null: unknown."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import orjson
from pydantic import BaseModel

OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS


def camel(name: str) -> str:
    """`price_change_24h` becomes `priceChange24h`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def utc(value: datetime) -> str:
    """ISO 8601 in UTC, ending in Z."""
    return f"{value.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"


def exact(value: Decimal) -> str:
    """The decimal's digits, all of them and no more: never an exponent, no trailing zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return orjson.Fragment(exact(value)) if value.is_finite() else None
    if isinstance(value, datetime):
        return utc(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def encoded(value: Any) -> bytes:
    """UTF-8 JSON of dicts, lists, text, numbers, Decimals (exact), dates and aware datetimes (UTC)."""
    return orjson.dumps(value, default=_plain, option=OPTIONS)


@cache
def _fields(
    model: type[BaseModel],
) -> tuple[list[tuple[str, str]], list[tuple[str, str, type[BaseModel]]]]:
    plain: list[tuple[str, str]] = []
    nested: list[tuple[str, str, type[BaseModel]]] = []
    for name, info in model.model_fields.items():
        (inner,) = typing.get_args(info.annotation)[:1] or (None,)
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            nested.append((info.alias or name, name, inner))
        else:
            plain.append((info.alias or name, name))
    return plain, nested


def shaped(model: type[BaseModel], row: Mapping[str, Any]) -> dict[str, Any]:
    """The row as `model` names it: its fields only, by alias, lists of models too. Values are not touched.

    Raises:
        KeyError: the row lacks a field of the model.
    """
    plain, nested = _fields(model)
    out = {alias: row[name] for alias, name in plain}
    for alias, name, inner in nested:
        out[alias] = [shaped(inner, item) for item in row[name]]
    return out
