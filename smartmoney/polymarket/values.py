"""One wire value at a time: exact, cleaned, in range, or refused with a reason."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from smartmoney import units
from smartmoney.ids import ADDRESS, CONDITION, TOKEN, TRANSACTION
from smartmoney.polymarket.wire import json_type
from smartmoney.text import sanitize
from smartmoney.units import MICRO_DIGITS, PICO, PICO_DIGITS

FIRST_TS = 1_514_764_800
LAST_TS = 4_102_444_800
"""2018-01-01 and 2100-01-01 UTC: no trade lies outside."""
MOST_MICRO = 9 * 10**18
LONGEST_NAME = 200
LONGEST_TITLE = 1_000
LONGEST_DESCRIPTION = 20_000

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")


class Unreadable(ValueError):
    """A value that cannot be taken; the text says which field and why."""


def text(row: dict[str, Any], name: str, most: int = LONGEST_TITLE) -> str:
    """Free text without control, direction or half characters, cut to `most`; "" when missing or null."""
    value = row.get(name)
    if type(value) is str:
        return sanitize(value, most)
    if value is None:
        return ""
    if type(value) in {int, Decimal}:
        return str(value)[:most]
    raise Unreadable(f"{name} is a {json_type(value)}, not text")


def number(row: dict[str, Any], name: str) -> int | Decimal | None:
    """A finite number given as a number or as text; None when missing, null or ""."""
    value: Any = row.get(name)
    kind = type(value)
    if kind is int:
        return int(value)
    if kind is str:
        if not value:
            return None
        if len(value) > 400 or not _NUMBER.fullmatch(value):
            raise Unreadable(f"{name} is {value[:40]!r}, which is no number")
        value = Decimal(value)
    elif value is None:
        return None
    elif kind is not Decimal:
        raise Unreadable(f"{name} is a {json_type(value)}, not a number")
    if not value.is_finite():
        raise Unreadable(f"{name} is {value}")
    return Decimal(value)


def scaled(row: dict[str, Any], name: str, digits: int, low: int, high: int) -> int | None:
    """A number times 10**digits as an integer, rounded half even past the last digit; None when not said.

    Raises:
        Unreadable: no number, or not within low..high.
    """
    value = number(row, name)
    if value is None:
        return None
    try:
        result = units.scaled(value, digits)
    except OverflowError as error:
        raise Unreadable(f"{name} is {error}") from None
    if not low <= result <= high:
        raise Unreadable(f"{name} is {str(value)[:40]}, out of range")
    return result


def micro(row: dict[str, Any], name: str, low: int = -MOST_MICRO) -> int | None:
    """Dollars or shares in millionths; None when not said."""
    return scaled(row, name, MICRO_DIGITS, low, MOST_MICRO)


def price(row: dict[str, Any], name: str) -> int | None:
    """A price between 0 and 1 in 1e-12; None when not said."""
    return scaled(row, name, PICO_DIGITS, 0, PICO)


def must(value: int | None, name: str) -> int:
    """The value, which has to be there."""
    if value is None:
        raise Unreadable(f"{name} is missing")
    return value


def index(row: dict[str, Any], name: str) -> int | None:
    """An outcome index from 0; None for 999 and where it is not said."""
    value = number(row, name)
    if value is None or value == 999:
        return None
    if value != int(value) or not 0 <= value <= 255:
        raise Unreadable(f"{name} is {str(value)[:40]}, no outcome index")
    return int(value)


def second(row: dict[str, Any], name: str) -> int | None:
    """Unix seconds of a sane year; None when missing, "" or 0."""
    value = number(row, name)
    if not value:
        return None
    if not FIRST_TS <= value < LAST_TS or value != int(value):
        raise Unreadable(f"{name} is {str(value)[:40]}, no second between 2018 and 2100")
    return int(value)


def moment(row: dict[str, Any], name: str) -> int | None:
    """Unix seconds of a time written either way, as seconds or as ISO text; None where there is none to be read."""
    try:
        return second(row, name)
    except Unreadable:
        return date(row, name)


def date(row: dict[str, Any], name: str) -> int | None:
    """Unix seconds of an ISO date or time, with `T` or a space, with or without fraction; None if none.

    Dates only decorate: what cannot be read, or lies outside 2000 to 2200, is taken for not said.
    """
    value = row.get(name)
    if not isinstance(value, str) or not value or value.startswith(("1970-01-01", "NOW")):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return int(moment.timestamp()) if 2000 <= moment.year <= 2200 else None


def _identifier(row: dict[str, Any], name: str, pattern: re.Pattern[str], what: str) -> str:
    """A lower-case identifier of a fixed form; "" when missing or null."""
    value = row.get(name)
    if value is None or value == "":
        return ""
    if type(value) is not str:
        raise Unreadable(f"{name} is a {json_type(value)}, no {what}")
    value = value.lower()
    if not pattern.fullmatch(value):
        raise Unreadable(f"{name} is {value[:90]!r}, no {what}")
    return value


def address(row: dict[str, Any], name: str) -> str:
    """A wallet address, lower case; it has to be there."""
    found = _identifier(row, name, ADDRESS, "wallet address")
    if not found:
        raise Unreadable(f"{name} is missing")
    return found


def condition(row: dict[str, Any], name: str) -> str:
    """A condition id (64 digits, or 62 for a combo), lower case; "" when not said."""
    return _identifier(row, name, CONDITION, "condition id")


def tx_hash(row: dict[str, Any], name: str) -> str:
    """A transaction hash, lower case; "" when not said."""
    return _identifier(row, name, TRANSACTION, "transaction hash")


def token(row: dict[str, Any], name: str) -> str | None:
    """A token id as decimal text; None when not said."""
    value = row.get(name)
    if value is None or value == "":
        return None
    found = str(value) if type(value) is int else value
    if type(found) is not str or not TOKEN.fullmatch(found):
        raise Unreadable(f"{name} is {str(value)[:90]!r}, no token id")
    return found.lstrip("0") or "0"


def flag(row: dict[str, Any], name: str) -> bool | None:
    """A boolean; None when not said."""
    value = row.get(name)
    if value is None or value is True or value is False:
        return value
    raise Unreadable(f"{name} is a {json_type(value)}, not true or false")


def missing(row: dict[str, Any], names: Iterable[str]) -> list[str]:
    """Which of the names the row has not."""
    return [name for name in names if name not in row]
