"""What every page view does: the shell, the guard, drawing when the model has read, and showing itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from ipywidgets import HBox, VBox, Widget

from smartmoney.store.reads import Row
from smartmoney.widgets.guard import guarded, log_to
from smartmoney.widgets.models.base import PageModel, PageState
from smartmoney.widgets.models.listing import Column, ListModel
from smartmoney.widgets.parts import Filters, Prose, Shell, Table

Model = TypeVar("Model", bound=PageModel)
Lister = TypeVar("Lister", bound=ListModel)


class PageView(Generic[Model]):
    """A page. Subclasses name their model, return their parts from `build`, and fill them in `draw`.

    Attributes:
        model: the page's state.
        shell: link to the shell around the page.
        root: the widget that is shown.
    """

    model_class: ClassVar[type[PageModel]] = PageModel

    def __init__(self, query: str | None = "", model: Model | None = None) -> None:
        self.model: Any = model or self.model_class(query or "")
        log_to(self.model.settings)
        self.shell = Shell(title=self.model.title)
        self.shell.wishes(self.guard, tick=self._tick)
        self.sources = Prose(kind="plain")
        self.root = VBox([self.shell, *self.build(), self.sources])
        self.root.add_class("sm-page")
        self.model.observe(lambda _: self.redraw(), "version")
        self.model.observe(lambda _: self._show_state(), ["state", "sentence"])
        self.model.refresh()
        self._show_state()

    def _repr_mimebundle_(self, **named: Any) -> Any:
        return self.root._repr_mimebundle_(**named)

    def build(self) -> list[Widget]:
        """The parts of the page, made once."""
        return []

    def draw(self) -> None:
        """Fill the parts from the model's data."""

    def guard(self, callback: Callable[..., Any]) -> Callable[..., None]:
        """`callback` with its errors told on the page instead of raised."""
        return guarded(callback, self.tell, self.model.name)

    def tell(self, sentence: str) -> None:
        """Show a notice on top of the page until the next successful read."""
        self.shell.notices = [sentence]

    def redraw(self) -> None:
        """Draw after a read; a failing part is told, the rest of the page stays."""
        self.shell.notices = list(self.model.notices)
        self.guard(self._draw_all)()
        self.shell.query, self.shell.title = self.model.query, self.model.title

    def _draw_all(self) -> None:
        self.draw()
        self.sources.lines = self.model.sources()

    def _show_state(self) -> None:
        model, shell = self.model, self.shell
        with shell.hold_sync():
            shell.state, shell.freshness = model.state.value, model.freshness
            shell.as_of = model.as_of.isoformat() if model.as_of else ""
            shell.sentence = "" if model.state is PageState.READY else model.sentence

    def _tick(self) -> None:
        self.model.tick()
        self.shell.send({"tock": True})


def row_of(*widgets: Widget) -> HBox:
    """Parts side by side where there is room."""
    box = HBox(list(widgets))
    box.add_class("sm-row")
    return box


def table_of(
    columns: Sequence[Column],
    rows: Sequence[Row],
    label: str,
    empty: str = "Nothing here yet.",
    **more: Any,
) -> dict[str, Any]:
    """The description of a table for the part `Table`; `label` is its heading unless `title` is given."""
    heads = [
        {
            "key": column.key,
            "label": column.label,
            "sort": column.sort,
            "hint": column.hint,
            "left": column.left,
            "stick": column.stick,
        }
        for column in columns
    ]
    return {
        "columns": heads,
        "rows": [[column.cell(row) for column in columns] for row in rows],
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


def list_table(model: ListModel, **more: Any) -> dict[str, Any]:
    """The description of a list's table: sorted, paged, exportable."""
    page, wanted = model.data["page"], model.filter
    return table_of(
        model.columns(),
        page.rows,
        model.title,
        model.empty_sentence,
        **{
            "title": "",
            "sort": wanted.sort.name,  # type: ignore[attr-defined]
            "descending": wanted.descending,
            "first": model.first_row,
            "total": page.total,
            "next": bool(page.next_cursor),
            "previous": model.first_row > 1,
            "paged": True,
            "exports": True,
            "clearable": bool(wanted.narrowed),
            **more,
        },
    )


class ListPart:
    """Filter bar and table of one list model, wired: on a page of its own, or as a part of another page.

    Attributes:
        widgets: filter bar and table.
    """

    def __init__(
        self,
        model: ListModel,
        guard: Callable[..., Callable[..., None]],
        fields: Callable[[], list[dict[str, Any]]],
        **more: Any,
    ) -> None:
        self.model, self.fields, self.more = model, fields, more
        self.filters = Filters(name=model.name)
        self.filters.wishes(guard, filter=self.wish, reset=model.reset)
        self.table = Table()
        self.table.wishes(
            guard, sort=self.sort, turn=self.turn, export=self.export, reset=model.reset
        )
        self.widgets: list[Widget] = [self.filters, self.table]

    def wish(self, key: Any = "", value: Any = None) -> None:
        """A control changed."""
        self.model.change(**{str(key): self.model.kind.value(str(key), value)})

    def sort(self, key: Any = "") -> None:
        """A heading was pressed."""
        self.model.sort_by(str(key))

    def turn(self, forward: Any = True) -> None:
        """A page was turned."""
        self.model.turn(bool(forward))

    def export(self, form: Any = "csv") -> None:
        """The list was asked for as a file."""
        name, content = self.model.exported(str(form))
        self.table.send({"file": name}, buffers=[content])

    def draw(self) -> None:
        """Fill filter bar and table."""
        with self.filters.hold_sync():
            self.filters.fields = self.fields()
            self.filters.narrowed = bool(self.model.filter.narrowed)
        self.table.table = list_table(self.model, **self.more)


class ListView(PageView[Lister]):
    """A page that is a list: filters above, table below."""

    def build(self) -> list[Widget]:
        """Filter bar and table."""
        self.part = ListPart(self.model, self.guard, self.fields)
        return self.part.widgets

    def fields(self) -> list[dict[str, Any]]:
        """The controls of the filter bar; `key` names a field of the model's filter."""
        return []

    def draw(self) -> None:
        """Fill filter bar and table."""
        self.part.draw()

    def _show_state(self) -> None:
        super()._show_state()
        if self.model.state is PageState.EMPTY:
            self.shell.sentence = ""
