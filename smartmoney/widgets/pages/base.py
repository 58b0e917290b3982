"""What every page view does: the shell, the guard, drawing when the model has read, and showing itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar

from ipywidgets import VBox, Widget

from smartmoney.widgets.guard import guarded, log_to
from smartmoney.widgets.models.base import PageModel, PageState
from smartmoney.widgets.models.listing import Column, ListModel
from smartmoney.widgets.parts import Filters, Shell, Table

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
        self.root = VBox([self.shell, *self.build()])
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
        """Show a notice on top of the page until the next successful action."""
        self.shell.notices = [sentence]

    def redraw(self) -> None:
        """Draw after a read; a failing part is told, the rest of the page stays."""
        self.shell.notices = list(self.model.notices)
        self.guard(self.draw)()
        self.shell.query = self.model.query

    def _show_state(self) -> None:
        model, shell = self.model, self.shell
        with shell.hold_sync():
            shell.state, shell.freshness = model.state.value, model.freshness
            shell.as_of = model.as_of.isoformat() if model.as_of else ""
            shown = model.state not in (PageState.EMPTY, PageState.READY)
            shell.sentence = model.sentence if shown else ""

    def _tick(self) -> None:
        self.model.tick()
        self.shell.send({"tock": True})


def table_of(columns: list[Column] | tuple[Column, ...], rows: list[list[dict[str, Any]]], label: str,
             empty: str = "Nothing here yet.", **more: Any) -> dict[str, Any]:
    """The description of a table for the part `Table`."""
    heads = [{"key": column.key, "label": column.label, "sort": column.sort, "hint": column.hint, "left": column.left}
             for column in columns]
    return {"columns": heads, "rows": rows, "label": label, "empty": empty, "sort": "", "descending": True, "first": 1,
            "total": len(rows), "next": False, "previous": False, "paged": False, "exports": False, "clearable": False,
            "title": "", **more}


class ListView(PageView[Lister]):
    """A page that is a list: filters above, table below."""

    def build(self) -> list[Widget]:
        """Filter bar and table."""
        self.filters = Filters(name=self.model.name)
        self.filters.wishes(self.guard, filter=self.wish, reset=self.model.reset)
        self.table = Table()
        self.table.wishes(self.guard, sort=self.sort, turn=self.turn, export=self.export, reset=self.model.reset)
        return [self.filters, self.table]

    def fields(self) -> list[dict[str, Any]]:
        """The controls of the filter bar; `key` names a field of the model's filter."""
        return []

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
        model = self.model
        page = model.data["page"]
        with self.filters.hold_sync():
            self.filters.fields = self.fields()
            self.filters.narrowed = bool(model.filter.narrowed)
        self.table.table = table_of(
            model.columns(), model.cells(), model.title, model.sentence or "No rows.", sort=model.filter.sort.name,
            descending=model.filter.descending, first=model.first_row, total=page.total, next=bool(page.next_cursor),
            previous=model.first_row > 1, paged=True, exports=True, clearable=bool(model.filter.narrowed))

