"""JSON as it came: numbers exact, and the raw text of any row at hand."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from typing import Any

_SPACE = " \t\n\r"


def decode(body: bytes) -> Any:
    """The JSON value of a body: whole numbers as int, all others as Decimal of their own text.

    NaN and the infinities become Decimals that are not finite; bytes that are no UTF-8 become U+FFFD.

    Raises:
        ValueError: it is no JSON, or nested without end.
    """
    text = body.decode("utf-8-sig", "replace")
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=Decimal, strict=False)
    except RecursionError:
        raise ValueError("nested too deep") from None
    except ValueError as error:
        if isinstance(error, json.JSONDecodeError):
            raise
        return json.loads(
            text, parse_float=Decimal, parse_constant=Decimal, parse_int=_int, strict=False
        )


def _int(text: str) -> int | Decimal:
    """A whole number, or a Decimal where it has more digits than Python reads."""
    return int(text) if len(text) < sys.int_info.default_max_str_digits else Decimal(text)


def row_texts(body: bytes, key: str | None) -> list[bytes]:
    """The raw text of each element of the array that is the whole body, or its member `key`.

    Raises:
        ValueError: there is no such array.
    """
    text = body.decode("utf-8-sig", "replace")
    decoder = json.JSONDecoder(
        strict=False, parse_int=str, parse_float=str
    )  # numbers of any length pass
    place = _array(text, key, decoder)
    texts = []
    while text[place] != "]":
        _, end = decoder.raw_decode(text, place)
        texts.append(text[place:end].encode("utf-8", "replace"))
        place = _skip(text, end)
        place = _skip(text, place + 1) if text[place] == "," else place
    return texts


def _array(text: str, key: str | None, decoder: json.JSONDecoder) -> int:
    """Place of the array's first element, or of its closing bracket."""
    place = _skip(text, 0)
    if key is not None and text[place] == "{":
        place = _skip(text, place + 1)
        while text[place] == '"':
            name, end = decoder.raw_decode(text, place)
            place = _skip(text, _skip(text, end) + 1)
            if name == key:
                break
            _, end = decoder.raw_decode(text, place)
            place = _skip(text, end)
            place = _skip(text, place + 1) if text[place] == "," else place
    if text[place : place + 1] != "[":
        raise ValueError(f"no array {key or ''} in the body")
    return _skip(text, place + 1)


def _skip(text: str, place: int) -> int:
    while text[place : place + 1] and text[place] in _SPACE:
        place += 1
    if place >= len(text):
        raise ValueError("the body ends too early")
    return place


def as_text(row: Any) -> bytes:
    """A row written again as JSON, for when its own text is not at hand."""
    return json.dumps(row, default=str, ensure_ascii=True).encode()


def json_type(value: Any) -> str:
    """The JSON type of a decoded value: string, number, boolean, null, array or object."""
    return _TYPES.get(type(value), "object")


_TYPES = {
    str: "string",
    int: "number",
    Decimal: "number",
    bool: "boolean",
    type(None): "null",
    list: "array",
}
