"""A page that is a list: its filter, where it stands in its pages, and the rows as cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, TypeVar
from urllib.parse import parse_qsl, urlencode

from traitlets import Instance

from smartmoney.errors import ParameterError
from smartmoney.store.db import Store
from smartmoney.store.filters import parameters
from smartmoney.store.reads import ListFilter, Page, export
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.export import as_csv, as_parquet
from smartmoney.widgets.model import Judgement, PageData, PageModel, PageState
from smartmoney.widgets.table import TableColumn, drawn

FIRST_ROW = "from"
MOST_PLACE = 10_000_000


@dataclass(frozen=True, eq=False, kw_only=True)
class ListData(PageData):
    """One page of a list.

    Attributes:
        page: its rows.
    """

    page: Page = field(default_factory=Page)


def with_values(page: Page, key: str, by_id: Mapping[int, Any]) -> Page:
    """The page with one more value in each row, found by the row's id."""
    return replace(page, rows=[{**row, key: by_id.get(row["id"])} for row in page.rows])


Listed = TypeVar("Listed", bound=ListData)


class ListModel(PageModel[Listed]):
    """State of a list page.

    Attributes:
        filter: the conditions in force; assign through `change`, `sort_by`, `turn`.
    """

    filter = Instance(ListFilter)
    filter_class: type[ListFilter] = ListFilter
    data_class: ClassVar[type[PageData]] = ListData
    columns: Sequence[TableColumn] = ()
    rows_called = "rows"
    addressed = True  # does the address of the page hold the filter?

    def apply_query(self, query: str) -> None:
        """Take filter, sort and direction from the query string; the rest is ignored with a notice."""
        self.filter, problems = self.filter_class.from_query(query)
        self.notices = [f"{problem} That part of the address was ignored." for problem in problems]
        self._before: list[str | None] = []
        self._began = _first_row(query) if self.filter.cursor else 1

    @property
    def query(self) -> str:
        """The query string that restores the filter."""
        return self.filter.to_query()

    def fetch(self, store: Store, filters: Any, /) -> Page:
        """One page of rows."""
        raise TypeError(f"{type(self).__name__} does not say what it lists.")

    def complete(self, page: Page) -> Listed:
        """The rows with what the page shows beside them."""
        return self.data_class(page=page, as_of=page.as_of)  # type: ignore[call-arg,return-value]

    def read(self) -> Listed:
        """The page of rows, completed."""
        return self.complete(self.fetch(self.store, self.filter))

    def judge(self, data: Listed) -> Judgement:
        """Empty when no row passes: because of the filter, or because there is nothing yet."""
        if data.page.rows:
            return PageState.READY, ""
        if self.filter.narrowed:
            names = ", ".join(name.replace("_", " ") for name in self.filter.narrowed)
            hidden = f"0 {self.rows_called} pass the filter ({names}); clear it to see all."
            return PageState.EMPTY, hidden
        return PageState.EMPTY, self.nothing_yet(data)

    @property
    def empty_sentence(self) -> str:
        """What stands in place of rows."""
        return self.sentence or self.nothing_yet(self.data)

    def nothing_yet(self, data: Listed) -> str:
        """Why the list is empty without any filter, and the next step."""
        return (
            f"No {self.rows_called} yet; the first run of the jobs brings them. The health page says "
            "how far they are."
        )

    def change(self, **values: Any) -> None:
        """Change conditions, back on the first page, and read. Unknown names and bad values are refused.

        Raises:
            ParameterError: a value that no filter takes.
        """
        unknown = set(values) - set(self.filter_class.__dataclass_fields__)
        if unknown:
            raise ParameterError(f"There is no filter {', '.join(sorted(unknown))[:60]!r}.")
        self._go(self.filter.but(**values), [])

    def reset(self) -> None:
        """Drop every condition, keep how rows are shown, and read."""
        kept = {name: getattr(self.filter, name) for name in self.filter_class.VIEW - {"cursor"}}
        self._go(self.filter_class(**kept), [])

    def sort_by(self, key: str) -> None:
        """Sort by a column; a second time turns the direction.

        Raises:
            ParameterError: the list cannot be sorted by it.
        """
        if key not in type(self.filter.sort).__members__:
            raise ParameterError(f"The list cannot be sorted by {key[:40]!r}.")
        self._go(self._sorted_by(key), [])

    def _sorted_by(self, key: str) -> ListFilter:
        sort = self.filter.sort
        chosen = type(sort)[key]
        down = not self.filter.descending if chosen is sort else True
        return self.filter.but(sort=chosen, descending=down)

    def addresses(self) -> dict[str, str]:
        """The query strings by which a page without scripts sorts and turns the list: `sort:key`, `next`, `previous`."""
        if not self.addressed:
            return {}
        keys = type(self.filter.sort).__members__
        found = {f"sort:{key}": self._sorted_by(key).to_query() for key in keys}
        cursor = self.data.page.next_cursor
        if cursor:
            after = {"cursor": cursor, FIRST_ROW: self.first_row + self.filter.limit}
            found["next"] = "&".join(filter(None, (self.filter.to_query(), urlencode(after))))
        if self.first_row > 1:
            found["previous"] = self.filter.to_query()
        return found

    def toggling(self, key: str, choices: Sequence[str]) -> dict[str, str]:
        """The query strings by which such a page turns choices of a condition on and off: `key:choice`."""
        chosen = getattr(self.filter, key) if self.addressed else ()
        return {
            f"{key}:{choice}": self.filter.but(**{key: _toggled(chosen, choice)}).to_query()
            for choice in (choices if self.addressed else ())
        }

    def kept(self, shown: Set[str]) -> list[list[str]]:
        """What a form that sends the conditions `shown` must send besides, so that the rest stays."""
        pairs = parse_qsl(self.filter.to_query()) if self.addressed else []
        return [[name, value] for name, value in pairs if name not in shown]

    def turn(self, forward: bool) -> None:
        """To the next or the previous page, where there is one."""
        cursor = self.data.page.next_cursor
        if forward and cursor:
            self._go(self.filter.but(cursor=cursor), [*self._before, self.filter.cursor])
        elif not forward and self._before:
            *before, cursor = self._before
            self._go(self.filter.but(cursor=cursor), before)

    def _go(self, to: ListFilter, before: list[str | None]) -> None:
        self.notices = []
        self.filter, self._before = to, before
        if to.cursor is None:
            self._began = 1
        self.refresh()

    @property
    def first_row(self) -> int:
        """Number of the first row shown, from 1."""
        return len(self._before) * self.filter.limit + self._began

    def cells(self) -> list[list[Cell]]:
        """The rows as cells, in the order of the columns."""
        return drawn(self.columns, self.data.page.rows, self.clock())

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


def _toggled(chosen: tuple[str, ...], choice: str) -> tuple[str, ...]:
    other = tuple(word for word in chosen if word != choice)
    return other if choice in chosen else (*chosen, choice)


def _first_row(query: str) -> int:
    given = dict(parameters(query)).get(FIRST_ROW, "")
    return min(int(given), MOST_PLACE) if re.fullmatch(r"[1-9]\d{0,8}", given) else 1


class OwnedList(ListModel[ListData]):
    """A list that belongs to another page's subject.

    Attributes:
        owner_id: of the subject; set by its page before the list is read.
    """

    addressed = False

    def __init__(
        self,
        owner: PageModel[Any],
        name: str,
        rows_of: Callable[[Store, int, Any], Page],
        filter_class: type[ListFilter],
        columns: Sequence[TableColumn],
        title: str = "",
    ) -> None:
        """Make the list of a page.

        Args:
            owner: the page's state.
            name: of the list; what its rows are called follows.
            rows_of: reads one page of the subject's rows.
            filter_class: what it can be filtered by.
            columns: the columns of its table.
            title: heading, where it is not the name.
        """
        self.owner, self.owner_id, self.rows_of = owner, 0, rows_of
        self.name, self.title = name, title or name.capitalize()
        self.rows_called = name.rpartition("_")[2]
        self.filter_class, self.columns = filter_class, columns
        super().__init__("", store=owner._store, settings=owner.settings, clock=owner.clock)

    def fetch(self, store: Store, filters: Any, /) -> Page:
        """One page of rows."""
        return self.rows_of(store, self.owner_id, filters)

    def kept(self, shown: Set[str]) -> list[list[str]]:
        """The address of the page, so that a form that is sent leads back to it."""
        return [[name, value] for name, value in parse_qsl(self.owner.query)]

    def nothing_yet(self, data: ListData) -> str:
        """Why the list is empty without any filter."""
        return f"No {self.rows_called} yet."

    @property
    def file_name(self) -> str:
        """Name of an export: what, of whom."""
        return f"{self.name}-{self.owner_id}"
