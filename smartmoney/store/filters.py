"""What a list may be asked for: typed, clamped to sane bounds, and written to and from a query string.

A value out of its range is pulled into it; a word that is not on the list is refused. Nothing here
reaches SQL as text: sort keys are members of an Enum, everything else is bound.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from typing import Any, ClassVar, Self, cast
from urllib.parse import parse_qsl, urlencode

from smartmoney.errors import ParameterError
from smartmoney.schema import Column

LONGEST_TEXT = 80
LONGEST_CURSOR = 400
MOST_FIELDS = 50
"""Parameters of an address that are read."""
MOST_ROWS = 500
TRUE = frozenset({"1", "true", "yes", "on"})


class Sort(Enum):
    """Base of sort keys: each member's value is (SQL expression, its PostgreSQL type, and "never null" where so)."""

    @property
    def expression(self) -> str:
        """The SQL expression sorted by."""
        return str(self.value[0])

    @property
    def type(self) -> str:
        """PostgreSQL type of the expression."""
        return str(self.value[1])

    @property
    def nullable(self) -> bool:
        """May the expression be null? Where not, a plain index on it serves both directions."""
        return len(self.value) < 3


def sort_keys(name: str, columns: Iterable[Column]) -> type[Sort]:
    """The sort keys of a list: those of its columns that it can be sorted by."""
    members = {
        column.sort.key or column.name: (
            column.sort.by or column.exact,
            column.sql,
            *(() if column.sort.nullable else ("never null",)),
        )
        for column in columns
        if column.sort is not None
    }
    make: Any = Sort
    return cast(type[Sort], make(name, members))


@dataclass(frozen=True)
class About:
    """What a condition is to people and programs; a field without it is for neither.

    Attributes:
        means: one sentence, for the documentation of the REST API; "" where it does not offer it.
        label: of its control on a page, of a text field what to type; "" where it has none.
        query: name in a query of the REST API, where it is not the field's.
        example: for the documentation.
        options: values to choose from on a page and what each is called, where it is not free.
    """

    means: str
    label: str = ""
    query: str = ""
    example: Any = None
    options: tuple[tuple[str, str], ...] = ()


def within(default: Any, low: float, high: float, about: About | None = None) -> Any:
    """A numeric field clamped to [low, high]."""
    return field(default=default, metadata={"low": low, "high": high, "about": about})


def among(choices: tuple[str, ...], about: About | None = None) -> Any:
    """A field of zero or more words out of `choices`."""
    return field(default=(), metadata={"choices": choices, "about": about})


def matching(about: About) -> Any:
    """A field of text."""
    return field(default="", metadata={"about": about})


def switch(about: About) -> Any:
    """A field that is on or off."""
    return field(default=False, metadata={"about": about})


@dataclass(frozen=True, kw_only=True)
class ListFilter:
    """What every list takes. Subclasses add a `sort` key and conditions; None, "" and () mean no condition.

    Attributes:
        text: search text, at most 80 characters.
        descending: direction of the sort; rows without a value come last either way.
        limit: rows per page, 1 to 500.
        cursor: where the page starts, from `Page.next_cursor`; opaque.
        VIEW: names of the fields that say how rows are shown, not which.
    """

    VIEW: ClassVar[frozenset[str]] = frozenset({"sort", "descending", "limit", "cursor"})

    text: str = ""
    descending: bool = True
    limit: int = within(50, 1, MOST_ROWS)
    cursor: str | None = None

    @property
    def sort(self) -> Sort:
        """The order of the rows; each list has a field of its own kind."""
        raise NotImplementedError

    def __post_init__(self) -> None:
        for item in fields(self):
            object.__setattr__(
                self, item.name, _cleaned(item.name, getattr(self, item.name), item.metadata)
            )

    @classmethod
    def from_query(cls, query: str) -> tuple[Self, list[str]]:
        """The filter a query string asks for, and a sentence for each part that was ignored."""
        hints = _hints(cls)
        values: dict[str, Any] = {}
        problems: list[str] = []
        if query.count("&") >= MOST_FIELDS:
            problems.append(f"The address has more than {MOST_FIELDS} parameters; none was read.")
        for name, text in parameters(query):
            if name not in hints:
                continue
            try:
                values[name] = _parsed(name, text, hints[name], getattr(cls(), name))
                cls(**{name: values[name]})
            except ParameterError as error:
                values.pop(name, None)
                problems.append(str(error))
        return cls(**values), problems

    @classmethod
    def value(cls, name: str, value: Any) -> Any:
        """A value as a page's control gives it (text, number, switch, list of words), as the field takes it.

        Raises:
            ParameterError: there is no such field, or the value cannot be one of its.
        """
        if name not in _hints(cls):
            raise ParameterError(f"There is no filter {name[:40]!r}.")
        if isinstance(value, list):
            value = ",".join(str(word) for word in value)
        if value is None or value == "":
            return getattr(cls(), name)
        return _parsed(name, _written(value), _hints(cls)[name], getattr(cls(), name))

    def to_query(self) -> str:
        """The query string that restores this filter: what differs from the default, without the page."""
        plain = type(self)()
        parts = {
            item.name: _written(getattr(self, item.name))
            for item in fields(self)
            if item.name != "cursor" and getattr(self, item.name) != getattr(plain, item.name)
        }
        return urlencode(parts)

    def but(self, **changes: Any) -> Self:
        """A copy with some values changed, back on the first page unless a cursor is among them."""
        return replace(self, **{"cursor": None, **changes})

    @property
    def narrowed(self) -> list[str]:
        """Names of the conditions that are set."""
        plain = type(self)()
        return [
            item.name
            for item in fields(self)
            if item.name not in self.VIEW and getattr(self, item.name) != getattr(plain, item.name)
        ]

    def parameters(self) -> dict[str, Any]:
        """What the list's SQL binds, by name; a value of None, "" or () drops its line."""
        found = {item.name: getattr(self, item.name) for item in fields(self)}
        lists = {
            name: list(value) for name, value in found.items() if isinstance(value, tuple) and value
        }
        escaped = self.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        by_address = self.text.lower().startswith("0x")
        searched = {
            "like": f"%{escaped}%" if self.text else None,
            "plain_text": bool(self.text) and not by_address,
            "prefix": f"{escaped.lower()}%" if by_address else None,
        }
        return {**found, **lists, **searched}


def parameters(query: str) -> list[tuple[str, str]]:
    """Names and values of a query string; none where there are more than anybody needs."""
    if query.count("&") >= MOST_FIELDS:
        return []
    return parse_qsl(query.lstrip("?"))


def _hints(cls: type[ListFilter]) -> dict[str, Any]:
    hints = typing.get_type_hints(cls)
    return {item.name: hints[item.name] for item in fields(cls)}


def _cleaned(name: str, value: Any, metadata: typing.Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        text = "".join(letter for letter in value if letter.isprintable()).strip()
        return text[: LONGEST_CURSOR if name == "cursor" else LONGEST_TEXT]
    if "low" in metadata and value is not None:
        if value != value:
            raise ParameterError(f"{name} is not a number.")
        return type(value)(min(max(value, metadata["low"]), metadata["high"]))
    if "choices" in metadata:
        wrong = [word for word in value if word not in metadata["choices"]]
        if wrong:
            raise ParameterError(
                f"{name} has no choice {str(wrong[0])[:40]!r}; there are {', '.join(metadata['choices'])}."
            )
        return tuple(dict.fromkeys(value))
    return value


def _parsed(name: str, text: str, hint: Any, default: Any) -> Any:
    kind: Any = next((part for part in typing.get_args(hint) if part is not types.NoneType), hint)
    if not isinstance(hint, types.UnionType):
        kind = hint
    if typing.get_origin(kind) is tuple:
        return tuple(word for word in text[:LONGEST_CURSOR].split(",") if word)
    if kind is bool:
        return text.lower() in TRUE
    if isinstance(default, Enum):
        return member(type(default), text)
    try:
        return kind(text)
    except ValueError:
        raise ParameterError(f"{name} takes a number, not {text[:40]!r}.") from None


def member(kind: type[Enum], text: str) -> Any:
    """The member of `kind` named `text`.

    Raises:
        ParameterError: there is none.
    """
    try:
        return kind[text]
    except KeyError:
        raise ParameterError(
            f"There is no choice {text[:40]!r}; there are {', '.join(kind.__members__)}."
        ) from None


def _written(value: Any) -> str:
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, bool):
        return "1" if value else "0"
    return ",".join(value) if isinstance(value, tuple) else str(value)
