"""Columns of tables: what a row's values are called, what they mean, and how they become cells.

A column is made once, as data; what a cell needs beside its row (the time, the other rows) comes as its context.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Self

from smartmoney.schema import Column, Dataset
from smartmoney.store.reads import Row
from smartmoney.widgets import cells
from smartmoney.widgets.cells import Cell


@dataclass(frozen=True)
class Context:
    """What a cell may need beside its row.

    Attributes:
        now: the time.
        rows: all rows of the table, for scales that they share.
    """

    now: datetime
    rows: Sequence[Row] = ()

    @cached_property
    def reach(self) -> float:
        """How far the bars of the edge reach in this table."""
        return cells.reach(self.rows)


Draw = Callable[[Row, Context], Cell]
Reason = str | Callable[[Row], str]


def per_row(make: Callable[[Row], Cell]) -> Draw:
    """A cell that needs its row and nothing else."""
    return lambda row, _: make(row)


def _reason(reason: Reason, row: Row) -> str:
    return reason(row) if callable(reason) else reason


MAKERS: dict[str, Callable[..., Cell]] = {
    "count": cells.number,
    "rank": cells.number,
    "usd": cells.usd,
    "gain": cells.gain,
    "price": cells.cents,
    "change": cells.cents_change,
    "shares": cells.shares,
    "share": cells.share,
    "ratio": cells.share,
    "probability": cells.probability,
    "number": cells.score,
}
"""How a value is written, by its kind in the dictionary of columns."""


@dataclass(frozen=True, kw_only=True)
class TableColumn:
    """A column of a table.

    Attributes:
        key: name of the column, and of its sort key where it can be sorted by.
        label: heading.
        draw: a row to its cell.
        sort: can the list be sorted by it?
        hint: what the numbers mean, on hover of the heading.
        left: text rather than figures.
        stick: stays in view while the table is scrolled sideways.
        aside: left out on a phone until all columns are asked for.
    """

    key: str
    label: str
    draw: Draw
    sort: bool = False
    hint: str = ""
    left: bool = False
    stick: bool = False
    aside: bool = False

    @property
    def head(self) -> dict[str, Any]:
        """The heading as the browser takes it."""
        names = ("key", "label", "sort", "hint", "left", "stick", "aside")
        return {name: getattr(self, name) for name in names}

    @classmethod
    def of(
        cls,
        make: Callable[..., Cell],
        key: str,
        label: str,
        *,
        field: str = "",
        reason: Reason = "",
        **options: Any,
    ) -> Self:
        """A column of one value.

        Args:
            make: a value, and the reason for a missing one, to a cell.
            key: name of the column.
            label: heading.
            field: name of the value in the row, where it is not the column's.
            reason: why a value is missing, or a function of the row that says so.
            options: attributes of the column.
        """
        name = field or key

        def draw(row: Row, _: Context) -> Cell:
            why = _reason(reason, row)
            return make(row[name], why) if why else make(row[name])

        return cls(key=key, label=label, draw=draw, **options)

    @classmethod
    def described(cls, column: Column, **changes: Any) -> Self:
        """A column of the dictionary: its label, its meaning as the hint, why it may be missing, and its order.

        Args:
            column: the entry of the dictionary.
            changes: attributes of the column; also `field`, `make` and `reason` as `of` takes them.
        """
        given = dict(changes)
        make, field = given.pop("make", None), given.pop("field", column.name)
        reason = given.pop("reason", column.missing)
        options: dict[str, Any] = {
            "key": (column.sort and column.sort.key) or column.name,
            "label": column.label,
            "hint": column.means.replace("`", ""),
            "sort": column.sort is not None,
            **given,
        }
        if "draw" in options:
            return cls(**options)
        if column.kind.name == "points":
            return cls.edge(reason=reason, **options)
        if column.kind.name == "time":
            return cls.when(field=field, reason=reason or "never", **options)
        if column.kind.name in ("text", "word") and make is None:
            return cls.text(field=field, reason=reason, **options)
        return cls.of(make or MAKERS[column.kind.name], field=field, reason=reason, **options)

    @classmethod
    def by_row(
        cls, make: Callable[[Row], Cell], key: str, label: str, *, left: bool = True, **options: Any
    ) -> Self:
        """A column whose cell needs more than one value of its row."""
        return cls(key=key, label=label, draw=per_row(make), left=left, **options)

    @classmethod
    def tier(cls, reason: Reason = "not scored yet", **options: Any) -> Self:
        """The tier of the row's wallet."""
        return cls.of(cells.tier, "tier", "Tier", reason=reason, **options)

    @classmethod
    def wallet(cls, key: str = "name", label: str = "Trader", **options: Any) -> Self:
        """The row's wallet; it stays in view by default."""

        def draw(row: Row) -> Cell:
            return cells.wallet(row["address"], row["name"], bool(row.get("verified")))

        return cls.by_row(draw, key, label, **{"stick": True, **options})

    @classmethod
    def market(cls, key: str = "question", *, field: str = "market_id", **options: Any) -> Self:
        """The row's market; `field` holds its id."""

        def draw(row: Row) -> Cell:
            return cells.question(row["question"], row[field])

        return cls.by_row(draw, key, "Market", **{"stick": True, **options})

    @classmethod
    def side(cls) -> Self:
        """Did the row's wallet buy or sell?"""

        def draw(row: Row) -> Cell:
            return {"t": cells.SIDE_WORDS[row["side"]]}

        return cls.by_row(draw, "side", "Side")

    @classmethod
    def outcome(cls, key: str = "outcome", label: str = "Side", most: int = 18) -> Self:
        """The outcome the row is about, in its colour."""

        def draw(row: Row) -> Cell:
            return cells.outcome(row["outcome"], row["outcome_index"], most)

        return cls.by_row(draw, key, label)

    @classmethod
    def text(
        cls, key: str, label: str, reason: str = "", *, most: int = 90, field: str = "", **more: Any
    ) -> Self:
        """A text, cut at `most` characters and whole on hover."""

        def draw(row: Row) -> Cell:
            value = row[field or key]
            return cells.text(value, most=most) if value else cells.missing(reason or "not known")

        return cls.by_row(draw, key, label, **more)

    @classmethod
    def when(
        cls, key: str, label: str, reason: str = "never", *, field: str = "", **options: Any
    ) -> Self:
        """A moment, as time since or until then."""

        def draw(row: Row, context: Context) -> Cell:
            return cells.when(row[field or key], context.now, reason)

        return cls(key=key, label=label, draw=draw, **options)

    @classmethod
    def edge(cls, key: str, label: str, reason: Reason = "not computed", **options: Any) -> Self:
        """The skill edge with its interval, on the table's one scale."""

        def draw(row: Row, context: Context) -> Cell:
            bounds = (row["skill_lo"], row["skill_hi"])
            why = _reason(reason, row)
            return cells.interval(row["skill_edge"], *bounds, reach=context.reach, reason=why)

        return cls(key=key, label=label, draw=draw, **options)

    @classmethod
    def actions(cls, make: Callable[[Row], Cell]) -> Self:
        """The buttons of a row."""
        return cls.by_row(make, "do", "")


def drawn(columns: Sequence[TableColumn], rows: Sequence[Row], now: datetime) -> list[list[Cell]]:
    """The rows as cells, in the order of the columns."""
    context = Context(now, rows)
    return [[column.draw(row, context) for column in columns] for row in rows]


def table_of(
    columns: Sequence[TableColumn],
    rows: Sequence[Row],
    now: datetime,
    *,
    label: str,
    empty: str = "Nothing here yet.",
    **more: Any,
) -> dict[str, Any]:
    """The description of a table for the browser; `label` is its heading unless `title` is given."""
    return {
        "columns": [column.head for column in columns],
        "rows": drawn(columns, rows, now),
        "label": label,
        "title": label,
        "empty": empty,
        "sort": "",
        "descending": True,
        "first": 1,
        "total": len(rows),
        "next": False,
        "previous": False,
        "paged": False,
        "exports": False,
        "clearable": False,
        **more,
    }


@dataclass(frozen=True)
class Kpi:
    """A figure of a row of figures.

    Attributes:
        label: what it is.
        cell: the figure.
        below: a line below it.
        hint: what the figure means, on hover of the label.
        below_hint: the same for the line below.
    """

    label: str
    cell: Cell
    below: str = ""
    hint: str = ""
    below_hint: str = ""

    def described(self) -> dict[str, Any]:
        """The figure for the browser."""
        return {
            "label": self.label,
            "cell": self.cell,
            "below": self.below,
            "hint": self.hint,
            "belowHint": self.below_hint,
        }


@dataclass(frozen=True)
class RowKpi:
    """A figure made from one row: the cell of a column, and a line below, as it is or made from the row."""

    column: TableColumn
    below: Reason = ""

    def of(self, row: Row, now: datetime) -> Kpi:
        """The figure of a row."""
        cell = self.column.draw(row, Context(now, [row]))
        return Kpi(self.column.label, cell, _reason(self.below, row), self.column.hint)


def described(dataset: Dataset, *names: str, **changes: Any) -> tuple[TableColumn, ...]:
    """Columns of the dictionary by name, with the same changes to each."""
    return tuple(TableColumn.described(dataset[name], **changes) for name in names)
