"""What is said about a column, once: its type, unit, label, meaning, and where it appears."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import KW_ONLY, dataclass, replace
from enum import Flag, StrEnum, auto
from typing import Any

DTYPES = {
    "text": "string",
    "text[]": "string",
    "smallint": "Int64",
    "integer": "Int64",
    "bigint": "Int64",
    "double precision": "float64",
    "numeric": "float64",
    "boolean": "boolean",
    "timestamptz": "datetime64[us, UTC]",
}
"""pandas dtype by PostgreSQL type; an array of text becomes words with blanks between."""


@dataclass(frozen=True)
class CellKind:
    """A kind of value.

    Attributes:
        name: what pages choose a format by.
        sql: PostgreSQL type, unless the column says another.
        unit: unit, unless the column says another; "" for none.
    """

    name: str
    sql: str
    unit: str = ""


ID = CellKind("id", "integer")
ADDRESS = CellKind("address", "text")
HASH = CellKind("hash", "text")
TEXT = CellKind("text", "text")
"""Free text, mostly written by strangers: never markup."""
WORD = CellKind("word", "text")
"""One of a few words that we chose."""
WORDS = CellKind("words", "text[]")
COUNT = CellKind("count", "integer")
RANK = CellKind("rank", "integer", "0 to 99999")
USD = CellKind("usd", "numeric", "USD")
GAIN = CellKind("gain", "numeric", "USD")
"""USD with a sign: a gain or a loss."""
PRICE = CellKind("price", "numeric", "USD per share")
SHARES = CellKind("shares", "numeric", "shares")
SHARE = CellKind("share", "double precision", "0 to 1")
PROBABILITY = CellKind("probability", "double precision", "0 to 1")
POINTS = CellKind("points", "double precision", "points at 50 cents")
"""Percentage points of edge over a price of 50 cents."""
LEAN = CellKind("lean", "double precision", "-1 to 1")
RATIO = CellKind("ratio", "double precision", "ratio")
NUMBER = CellKind("number", "double precision")
TIME = CellKind("time", "timestamptz")
DATE = CellKind("date", "date")
SWITCH = CellKind("switch", "boolean")


class On(Flag):
    """Where a column appears."""

    NOWHERE = 0
    FRAME = auto()
    """The frame that analysts load."""
    LIST = auto()
    """The list: what its page reads, and a row of it in the REST API."""
    DETAIL = auto()
    """The page about one of them, and its body in the REST API, beside what the list has."""
    HISTORY = auto()
    """Kept over time."""
    STORED = auto()
    """Filled by scoring."""


class Topic(StrEnum):
    """The table of docs/metrics.md that defines a measure."""

    NONE = ""
    RECORD = "record"
    SKILL = "skill"
    SMART = "smart"


@dataclass(frozen=True)
class Sortable:
    """How a list is sorted by a column.

    Attributes:
        key: name of the sort key, where it is not the column's.
        by: SQL expression, where it is not the column's; it may be null.
        nullable: may it be null? Where not, a plain index on it serves both directions.
    """

    key: str = ""
    by: str = ""
    nullable: bool = True


SORTABLE = Sortable()


@dataclass(frozen=True)
class Column:
    """One column of a table, list or frame.

    Attributes:
        name: in SQL, Python and frames; the REST API writes it in camelCase.
        kind: what kind of value.
        label: heading on a page.
        means: what it is, in one sentence.
        missing: why there may be none; "" where it is never null.
        on: where it appears.
        sql: PostgreSQL type, where it is not the kind's.
        unit: where it is not the kind's.
        expression: SQL expression; by default the name in its dataset's table.
        scale: decimal digits that the expression, an integer, counts in: 6 for millionths.
        framed: SQL expression in frames, where it is another.
        sort: how lists are sorted by it; None where they are not.
        choices: the words there are, where they are few.
        example: for the documentation of the REST API.
        topic: the table of docs/metrics.md that defines it.
    """

    name: str
    kind: CellKind
    label: str
    means: str
    _: KW_ONLY
    missing: str = ""
    on: On = On.NOWHERE
    sql: str = ""
    unit: str = ""
    expression: str = ""
    scale: int = 0
    framed: str = ""
    sort: Sortable | None = None
    choices: tuple[str, ...] = ()
    example: Any = None
    topic: Topic = Topic.NONE

    def __post_init__(self) -> None:
        for name in ("sql", "unit"):
            if not getattr(self, name):
                object.__setattr__(self, name, getattr(self.kind, name))

    @property
    def dtype(self) -> str:
        """Its pandas dtype."""
        return DTYPES[self.sql]

    @property
    def nullable(self) -> bool:
        """May it be null?"""
        return bool(self.missing)

    @property
    def exact(self) -> str:
        """Its SQL expression, with every digit."""
        return (
            f"{self.expression} * {10**-self.scale:.{self.scale}f}"
            if self.scale
            else self.expression
        )

    @property
    def floating(self) -> str:
        """Its SQL expression in frames: fractions as double precision, arrays as words."""
        if self.framed:
            return self.framed
        if self.scale:
            return f"{self.expression} / 1e{self.scale}::float8"
        return (
            f"array_to_string({self.expression}, ' ')" if self.sql == "text[]" else self.expression
        )

    def at(self, on: On) -> Column:
        """The same column, elsewhere."""
        return replace(self, on=on)

    def named(self, name: str, **changes: Any) -> Column:
        """The same column under another name."""
        return replace(self, name=name, **changes)

    def perhaps(self, missing: str) -> Column:
        """The same column where it may be null, or with "" may not."""
        return replace(self, missing=missing)

    def unsorted(self) -> Column:
        """The same column in a list that is not sorted by it."""
        return replace(self, sort=None)


class Dataset:
    """The columns of one kind of row, by name, in order."""

    def __init__(self, about: str, table: str, *columns: Column) -> None:
        """Give each column without an expression its name in the table.

        Args:
            about: what a row is, in one sentence.
            table: name or alias by which queries know the table; "" for none.
            columns: in the order they are shown.
        """
        prefix = f"{table}." if table else ""
        self.about = about
        self._columns = {
            column.name: column
            if column.expression
            else replace(column, expression=f"{prefix}{column.name}")
            for column in columns
        }
        if len(self._columns) < len(columns):
            raise ValueError(f"{about} A name appears twice.")

    def __iter__(self) -> Iterator[Column]:
        return iter(self._columns.values())

    def __len__(self) -> int:
        return len(self._columns)

    def __getitem__(self, name: str) -> Column:
        return self._columns[name]

    def __contains__(self, name: object) -> bool:
        return name in self._columns

    def on(self, place: On) -> tuple[Column, ...]:
        """The columns that appear in any of these places."""
        return tuple(column for column in self if column.on & place)

    def only(self, *names: str, on: On | None = None) -> tuple[Column, ...]:
        """Some columns, in this order; with `on`, to appear there."""
        found = (self[name] for name in names)
        return tuple(column if on is None else column.at(on) for column in found)


def selected(columns: Iterable[Column]) -> str:
    """The select list of some columns."""
    return ", ".join(f"{column.exact} as {column.name}" for column in columns)
