"""JSON text with exact numbers: decimals are written from integers, never through a float."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from starlette.responses import Response


class Num(str):
    """The text of a JSON number, written as it is."""

    __slots__ = ()


def micro(value: int) -> Num:
    """Millionths as a decimal without trailing zeros: 5000000 is 5, 6725000 is 6.725."""
    return Num(_decimal(value, 6))


def micro_point(value: int) -> Num:
    """Millionths as v2 of the data API writes them: 5000000 is 5.0."""
    text = _decimal(value, 6)
    return Num(text if "." in text else text + ".0")


def pico(value: int) -> Num:
    """1e-12 units as a decimal without trailing zeros."""
    return Num(_decimal(value, 12))


def cut(value: int, point: bool = False) -> Num:
    """Millionths truncated towards zero to four decimals, as positions are served since 2026."""
    kept = abs(value) // 100 * 100
    return (micro_point if point else micro)(kept if value >= 0 else -kept)


def ratio(part: int, whole: int, scale: int = 100) -> int:
    """part / whole * scale in millionths, truncated towards zero; 0 when whole is 0."""
    if whole == 0:
        return 0
    value = abs(part) * scale * 1_000_000 // abs(whole)
    return value if (part < 0) == (whole < 0) else -value


def _decimal(value: int, digits: int) -> str:
    whole, rest = divmod(abs(value), 10**digits)
    text = f"{whole}.{rest:0{digits}d}".rstrip("0") if rest else str(whole)
    return "-" + text if value < 0 else text


quote: Callable[[Any], str] = json.JSONEncoder(ensure_ascii=False).encode
"""A JSON string (or any plain value) as text."""

_KEYS: dict[str, str] = {}
"""Keys as they are written, colon included."""


def dumps(value: Any) -> str:
    """JSON text of dicts, lists and plain values in which `Num` stands for numbers."""
    kind = type(value)
    if kind is Num:
        return str(value)
    if kind is dict:
        return (
            "{"
            + ",".join([(_KEYS.get(key) or _key(key)) + dumps(item) for key, item in value.items()])
            + "}"
        )
    if kind is list or kind is tuple:
        return "[" + ",".join([dumps(item) for item in value]) + "]"
    if kind is bool:
        return "true" if value else "false"
    return str(value) if kind is int else quote(value)


def _key(key: str) -> str:
    text = quote(key) + ":"
    if len(_KEYS) < 10_000:
        _KEYS[key] = text
    return text


class Raw(str):
    """JSON text that is already finished."""

    __slots__ = ()


def reply(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """An application/json response of a value or of finished text."""
    text = value if isinstance(value, Raw) else dumps(value)
    return Response(text.encode("utf-8", "surrogatepass"), status, headers, "application/json")
