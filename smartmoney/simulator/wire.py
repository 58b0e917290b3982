"""JSON text with exact numbers: decimals are written from integers, never through a float."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response


class Num(str):
    """The text of a JSON number, written as it is."""


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
    sign, value = ("-", -value) if value < 0 else ("", value)
    whole, rest = divmod(value, 10**digits)
    return f"{sign}{whole}.{rest:0{digits}d}".rstrip("0") if rest else f"{sign}{whole}"


quote = json.JSONEncoder(ensure_ascii=False).encode
"""A JSON string (or any plain value) as text."""


def dumps(value: Any) -> str:
    """JSON text of dicts, lists and plain values in which `Num` stands for numbers."""
    if isinstance(value, Num):
        return str.__str__(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{quote(key)}:{dumps(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(dumps, value)) + "]"
    return quote(value)


class Raw(str):
    """JSON text that is already finished."""


def reply(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """An application/json response of a value or of finished text."""
    text = value if isinstance(value, Raw) else dumps(value)
    return Response(text.encode("utf-8", "surrogatepass"), status, headers, "application/json")
