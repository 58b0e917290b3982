"""A page that is a list: its filter, its place in the pages, and the rows as cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from traitlets import Instance

from smartmoney.errors import ParameterError
from smartmoney.store.db import Store
from smartmoney.store.reads import ListFilter, Page, Row, export
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.models.base import PageModel, PageState

FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        key: name of the column, and of its sort key where it can be sorted by.
        label: heading.
        cell: a row to its cell.
        sort: can the list be sorted by it?
        hint: what the numbers mean, on hover of the heading.
        left: text rather than figures.
        stick: stays in view while the table is scrolled sideways.
    """

    key: str
    label: str
    cell: Callable[[Row], Cell]
    sort: bool = False
    hint: str = ""
    left: bool = False
    stick: bool = False


class ListModel(PageModel):
    """State of a list page.

    Attributes:
        filter: what is asked for; assign through `change`, `sort_by`, `turn`.
    """

    filter = Instance(ListFilter)
    kind: ClassVar[type[ListFilter]] = ListFilter
    rows_called = "rows"

    def asked(self, query: str) -> None:
        """Take filter, sort and direction from the query string; the rest is ignored with a notice."""
        self.filter, problems = self.kind.from_query(query)
        self.ignored(problems)
        self._before: list[str | None] = []

    @property
    def query(self) -> str:
        """The query string that restores the filter."""
        return self.filter.to_query()

    def fetch(self, store: Store, wanted: ListFilter) -> Page:
        """One page of rows."""
        raise TypeError(f"{type(self).__name__} does not say what it lists.")

    def columns(self) -> Sequence[Column]:
        """The columns, left to right."""
        return ()

    def extras(self, page: Page) -> dict[str, Any]:
        """More that the page shows beside the rows."""
        return {}

    def read(self) -> dict[str, Any]:
        """The page of rows, as `page`, and the extras."""
        page = self.fetch(self.store, self.filter)
        return {"page": page, "as_of": page.as_of, **self.extras(page)}

    def judge(self, data: dict[str, Any]) -> tuple[PageState, str]:
        """Empty when no row passes: because of the filter, or because there is nothing yet."""
        if data["page"].rows:
            return PageState.READY, ""
        if self.filter.narrowed:
            names = ", ".join(name.replace("_", " ") for name in self.filter.narrowed)
            return (
                PageState.EMPTY,
                f"0 {self.rows_called} pass the filter ({names}); clear it to see all.",
            )
        return PageState.EMPTY, self.nothing_yet()

    @property
    def empty_sentence(self) -> str:
        """What stands in place of rows."""
        return self.sentence or self.nothing_yet()

    def nothing_yet(self) -> str:
        """Why the list is empty without any filter, and the next step."""
        return f"No {self.rows_called} yet; the first run of the jobs brings them; the health page tells."

    def change(self, **values: Any) -> None:
        """Change conditions, back on the first page, and read. Unknown names and bad values are refused.

        Raises:
            ParameterError: a value that cannot be asked for.
        """
        known = set(self.kind.__dataclass_fields__)
        wrong = set(values) - known
        if wrong:
            raise ParameterError(f"There is no filter {', '.join(sorted(wrong))[:60]!r}.")
        self._go(self.filter.but(**values), [])

    def reset(self) -> None:
        """Drop every condition, keep how rows are shown, and read."""
        kept = {name: getattr(self.filter, name) for name in self.kind.VIEW - {"cursor"}}
        self._go(self.kind(**kept), [])

    def sort_by(self, key: str) -> None:
        """Sort by a column; a second time turns the direction.

        Raises:
            ParameterError: the list cannot be sorted by it.
        """
        sort: Any = getattr(self.filter, "sort")  # noqa: B009
        if key not in type(sort).__members__:
            raise ParameterError(f"The list cannot be sorted by {key[:40]!r}.")
        wanted = type(sort)[key]
        down = not self.filter.descending if wanted is sort else True
        self._go(self.filter.but(sort=wanted, descending=down), [])

    def turn(self, forward: bool) -> None:
        """To the next or the previous page, where there is one."""
        page: Page | None = self.data.get("page")
        if forward and page is not None and page.next_cursor:
            self._go(self.filter.but(cursor=page.next_cursor), [*self._before, self.filter.cursor])
        elif not forward and self._before:
            *before, cursor = self._before
            self._go(self.filter.but(cursor=cursor), before)

    def _go(self, wanted: ListFilter, before: list[str | None]) -> None:
        self.notices = []
        self.filter, self._before = wanted, before
        self.refresh()

    @property
    def first_row(self) -> int:
        """Number of the first row shown, from 1."""
        return len(self._before) * self.filter.limit + 1

    def cells(self) -> list[list[Cell]]:
        """The rows as cells, in the order of the columns."""
        page: Page | None = self.data.get("page")
        columns = self.columns()
        return [[column.cell(row) for column in columns] for row in page.rows] if page else []

    @property
    def file_name(self) -> str:
        """Name of an export, without its ending."""
        return self.name

    def exported(self, form: str) -> tuple[str, bytes]:
        """File name and bytes of the whole filtered list, as `csv` or `parquet`.

        Raises:
            ParameterError: another form.
        """
        if form not in ("csv", "parquet"):
            raise ParameterError("Lists are exported as csv or parquet.")
        rows = export(self.store, self.fetch, self.filter)
        return f"{self.file_name}.{form}", as_csv(rows) if form == "csv" else as_parquet(rows)


def as_csv(rows: Sequence[Row]) -> bytes:
    """Rows as UTF-8 CSV. Text that a spreadsheet would take for a formula gets an apostrophe before it."""
    out = io.StringIO()
    if rows:
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        writer.writerows({key: _disarmed(value) for key, value in row.items()} for row in rows)
    return out.getvalue().encode()


def _disarmed(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return _disarmed(" ".join(str(part) for part in value))
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value


def as_parquet(rows: Sequence[Row]) -> bytes:
    """Rows as Parquet; decimals and times keep their types."""
    import json

    import pyarrow as pa
    import pyarrow.parquet as pq

    flat = [
        {
            key: json.dumps(value)
            if isinstance(value, dict)
            or (isinstance(value, list) and value and isinstance(value[0], dict))
            else value
            for key, value in row.items()
        }
        for row in rows
    ]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(flat), sink, compression="zstd")
    return sink.getvalue().to_pybytes()
