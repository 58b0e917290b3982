"""What the functions of `smartmoney.frames` take: each argument checked, in one sentence where it is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from difflib import get_close_matches
from math import isfinite
from typing import Any

from smartmoney import schema
from smartmoney.errors import ParameterError
from smartmoney.ids import NO_ADDRESS, is_address, is_condition, spellings

SEPARATOR = "\x1f"
"""Between the words of a list that is bound as one text."""
LISTED = "any(string_to_array({}, E'\\x1f'))"
NEAR = 3
"""Most words named as near ones."""

Reader = Callable[[str, Any], object]


@dataclass(frozen=True)
class FrameFilter:
    """One argument of a frame's function.

    Attributes:
        means: one sentence, for its docstring and docs/columns.md.
        condition: SQL, with `{}` where the bound value goes.
        read: from the argument's name and value to the value that is bound; raises ParameterError.
    """

    means: str
    condition: str
    read: Reader


def refused(name: str, value: object, choices: Iterable[str], kind: str = "") -> ParameterError:
    """The error of a word that is not one of the choices, with those near it, or else with all."""
    known = [str(choice) for choice in choices]
    by_case = {choice.casefold(): choice for choice in known}
    near = get_close_matches(str(value).casefold(), list(by_case), NEAR, 0.5)
    if near:
        rest = f"did you mean {' or '.join(by_case[word] for word in near)}?"
    else:
        rest = f"there are {', '.join(known[:30])}." if known else "there are none yet."
    return ParameterError(f"{name}: {str(value)[:60]!r} is no {kind or name}; {rest}", name)


def _list(name: str, value: object) -> list[str]:
    """The words of a text with blanks or commas between them, or of a list."""
    if isinstance(value, str):
        return value.replace(",", " ").split()
    if isinstance(value, Iterable):
        words = list(value)
        if all(isinstance(word, str) for word in words):
            return words
    raise ParameterError(f"{name} takes a text or a list of texts, not {value!r:.60}.", name)


def one_of(choices: Sequence[str]) -> Reader:
    """Words out of a few, in any case of letters, as one text or a list."""
    by_case = {choice.casefold(): choice for choice in choices}

    def read(name: str, value: Any) -> str:
        words = _list(name, value)
        for word in words:
            if word.casefold() not in by_case:
                raise refused(name, word, choices)
        return SEPARATOR.join(by_case[word.casefold()] for word in words)

    return read


def addresses(name: str, value: Any) -> str:
    """Wallets' addresses, in any case of letters."""
    found = [word.lower() for word in _list(name, value)]
    for word in found:
        if not is_address(word):
            raise ParameterError(f"{name}: {word[:60]!r} {NO_ADDRESS}.", name)
    return SEPARATOR.join(found)


def conditions(name: str, value: Any) -> str:
    """Markets' condition ids, in either spelling."""
    found = [word.lower() for word in _list(name, value)]
    for word in found:
        if not is_condition(word):
            raise ParameterError(
                f"{name}: {word[:80]!r} is no market's condition id; "
                "one is 0x and 64 hexadecimal digits.",
                name,
            )
    return SEPARATOR.join(way for word in found for way in spellings(word))


def words(name: str, value: Any) -> str:
    """Words that may hold blanks: one text is one word."""
    found = [value] if isinstance(value, str) else _list(name, value)
    return SEPARATOR.join(word.strip().lower() for word in found)


def text(name: str, value: Any) -> str:
    """A pattern for ILIKE that finds the text anywhere."""
    if not isinstance(value, str):
        raise ParameterError(f"{name} takes a text, not {value!r:.60}.", name)
    escaped = value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def number(low: float, high: float, kind: str) -> Reader:
    """A number from `low` to `high`.

    Args:
        low, high: both included.
        kind: what it is, for the sentence.
    """

    def read(name: str, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            raise ParameterError(f"{name} takes a number, not {value!r:.60}.", name)
        if not low <= value <= high:
            raise ParameterError(
                f"{name} is {kind}, from {low:,g} to {high:,g}, not {value:,g}.", name
            )
        return float(value)

    return read


def switch(name: str, value: Any) -> bool:
    """True or False."""
    if not isinstance(value, bool):
        raise ParameterError(f"{name} takes True or False, not {value!r:.60}.", name)
    return value


def moment(name: str, value: Any) -> datetime:
    """An aware time; a date is its first moment, and without a zone it is UTC.

    Raises:
        ParameterError: it is no time.
    """
    wrong = ParameterError(
        f"{name}: {value!r:.60} is no time; write 2026-06-30 or 2026-06-30T12:00:00+00:00.", name
    )
    if not isinstance(value, str | date):
        raise wrong
    try:
        found = datetime.fromisoformat(value if isinstance(value, str) else value.isoformat())
    except ValueError:
        raise wrong from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


DOLLARS = number(-1e12, 1e12, "a sum in dollars")
COUNT = number(0, 1e9, "a count")
PROBABILITY = number(0, 1, "a probability")
TIER = one_of(schema.TIERS)


def wallet(by: str) -> FrameFilter:
    """Rows of one wallet or several; `by` is the SQL of the wallet's id."""
    condition = f"{by} = any(array(select w.id from trader w where w.address = {LISTED}))"
    return FrameFilter("One wallet's address, or a list of them.", condition, addresses)


def tier(by: str) -> FrameFilter:
    """Rows of wallets that have one of these tiers now."""
    condition = f"{by} = any(array(select w.id from trader w where w.tier = {LISTED}))"
    return FrameFilter('Tiers the wallet has now, separated by blanks: "S A".', condition, TIER)


def market(by: str) -> FrameFilter:
    """Rows of one market or several; `by` is the SQL of the market's id."""
    condition = f"{by} = any(array(select m.id from market m where m.condition_id = {LISTED}))"
    return FrameFilter("One market's condition id, or a list of them.", condition, conditions)


def category(by: str) -> FrameFilter:
    """Rows of events of a category; `by` is its SQL."""
    return FrameFilter(
        "Category of the event, or a list of them.", f"lower({by}) = {LISTED}", words
    )


def since(by: str, what: str) -> FrameFilter:
    """Rows from a moment on."""
    return FrameFilter(
        f"{what} then or later: a date, an ISO text, or a time.", f"{by} >= {{}}", moment
    )


def until(by: str, what: str) -> FrameFilter:
    """Rows before a moment."""
    return FrameFilter(f"{what} before then.", f"{by} < {{}}", moment)
