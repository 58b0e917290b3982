"""What every page view does: components and what fills them, drawing when the model has read, and showing itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from ipywidgets import HBox, VBox, Widget
from markupsafe import Markup

from smartmoney.store.reads import Row
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.components import (
    ChartPanel,
    DataTable,
    FilterBar,
    InputForm,
    KpiRow,
    PageStatus,
    TabStrip,
    TextBlock,
)
from smartmoney.widgets.controls import Control, text_field
from smartmoney.widgets.document.parts import Renderer, renderer
from smartmoney.widgets.error_boundary import Boundary, Callback, bounded, log_to, report
from smartmoney.widgets.listing import ListModel
from smartmoney.widgets.model import PageModel, PageState
from smartmoney.widgets.table import Kpi, TableColumn, table_of
from smartmoney.widgets.tabs import Tabbed
from smartmoney.widgets.watching import WatchableModel

Model = TypeVar("Model", bound=PageModel[Any])
Tab = TypeVar("Tab", bound=Tabbed[Any])
Lister = TypeVar("Lister", bound=ListModel[Any])
LONGEST_NOTE = 2_000


def row_of(*widgets: Widget) -> HBox:
    """Components side by side where there is room."""
    box = HBox(list(widgets))
    box.add_class("sm-row")
    return box


class Section:
    """Components, each with what fills it after a read.

    Attributes:
        model: the state of the page they belong to.
    """

    def __init__(self, model: Any, boundary: Boundary) -> None:
        self.model, self.boundary = model, boundary
        self._fills: list[Callable[[], None]] = []

    def on_draw(self, fill: Callable[[], None]) -> None:
        """Call `fill` after each read."""
        self._fills.append(fill)

    def draw(self) -> None:
        """Fill every component from the model's data."""
        for fill in self._fills:
            fill()

    def table(
        self,
        label: str,
        columns: Sequence[TableColumn],
        rows: Callable[[], Sequence[Row]],
        empty: str = "Nothing here yet.",
        *,
        folded: bool = False,
    ) -> DataTable:
        """A table of all of these rows, or what `empty` says; with neither, nothing at all.

        `folded`: only its heading and count until somebody opens it.
        """
        table = DataTable()

        def fill() -> None:
            now = self.model.clock()
            table.table = table_of(columns, rows(), now, label=label, empty=empty, folded=folded)

        self.on_draw(fill)
        return table

    def chart(self, title: str, figure: Callable[[], dict[str, Any]], **looks: Any) -> ChartPanel:
        """A chart; `looks` are its note, height, and what stands there while nothing can be drawn."""
        chart = ChartPanel(title=title, **looks)
        self.on_draw(lambda: setattr(chart, "figure", figure()))
        return chart

    def kpis(self, figures: Callable[[], Sequence[Kpi]]) -> KpiRow:
        """A row of figures."""
        row = KpiRow()
        self.on_draw(lambda: setattr(row, "items", [kpi.described() for kpi in figures()]))
        return row

    def text(self, lines: Callable[[], list[list[Cell]]], **looks: Any) -> TextBlock:
        """Lines of cells; `looks` are kind and title."""
        block = TextBlock(**looks)
        self.on_draw(lambda: setattr(block, "lines", lines()))
        return block


class PageView(Section, Generic[Model]):
    """A page. Subclasses name their model and return their components from `build`.

    Attributes:
        status: link to the frame around the page.
        root: the widget that is shown.
    """

    model_class: ClassVar[type[PageModel[Any]]] = PageModel

    def __init__(self, query: str | None = "", model: Model | None = None) -> None:
        super().__init__(model or self.model_class(query or ""), self._bounded)
        log_to(self.model.settings)
        self.status = PageStatus(title=self.model.title)
        self.status.on_commands(self.boundary, tick=self._tick)
        components = self.build()
        self.sources = TextBlock(kind="plain")
        self.root = VBox([self.status, *components, self.sources])
        self.root.add_class("sm-page")
        self.model.observe(lambda _: self.redraw(), "data")
        self.model.observe(lambda _: self._show_state(), ["state", "sentence"])
        self.model.refresh()
        self._show_state()

    def _repr_mimebundle_(self, **named: Any) -> Any:
        """The page as a document, for the first paint and for readers without scripts, and as widgets."""
        whole = {**self.root._repr_mimebundle_(**named)}
        try:
            whole["text/html"] = str(self.document())
        except Exception as error:  # noqa: BLE001
            report(error, f"{self.model.name}, as a document")
        return whole, {"text/html": {"smartmoney": "document"}}

    def document(self, drawn_by: Renderer | None = None) -> Markup:
        """The page as markup, by the dashboards' renderer unless another is given."""
        return (drawn_by or renderer()).markup(self.root)

    def build(self) -> list[Widget]:
        """The components of the page, made once."""
        return []

    def _bounded(self, callback: Callback) -> Callable[..., None]:
        return bounded(callback, self.show, self.model.name)

    def show(self, sentence: str) -> None:
        """Show a notice on top of the page until the next successful read."""
        self.status.notices = [sentence]

    def redraw(self) -> None:
        """Draw after a read; the error of a failing component is shown, the rest of the page stays."""
        self.status.notices = list(self.model.notices)
        self.boundary(self._draw_all)()
        self.status.query, self.status.title = self.model.query, self.model.title

    def _draw_all(self) -> None:
        self.draw()
        self.sources.lines = self.model.made_by()

    def _show_state(self) -> None:
        model, status = self.model, self.status
        with status.hold_sync():
            status.state, status.freshness = model.state.value, model.freshness
            status.as_of = model.as_of.isoformat() if model.as_of else ""
            status.sentence = "" if model.state is PageState.READY else model.sentence

    def _tick(self) -> None:
        self.model.tick()
        self.status.send({"tock": True})


def list_table(model: ListModel[Any], **more: Any) -> dict[str, Any]:
    """The description of a list's table: sorted, paged, exportable."""
    page, shown = model.data.page, model.filter
    described = {
        "label": model.title,
        "empty": model.empty_sentence,
        "title": "",
        "sort": shown.sort.name,
        "descending": shown.descending,
        "first": model.first_row,
        "total": page.total,
        "next": bool(page.next_cursor),
        "previous": model.first_row > 1,
        "paged": True,
        "exports": True,
        "clearable": bool(shown.narrowed),
        "addresses": model.addresses(),
    }
    return table_of(model.columns, page.rows, model.clock(), **(described | more))


class ListSection(Section):
    """Filter bar and table of one list: on a page of its own, or as a part of another page.

    Attributes:
        filters: the filter bar.
        rows: the table.
        widgets: both.
    """

    def __init__(
        self,
        model: ListModel[Any],
        boundary: Boundary,
        fields: Callable[[], list[Control]],
        **more: Any,
    ) -> None:
        super().__init__(model, boundary)
        self.fields, self.more = fields, more
        self.filters, self.rows = FilterBar(name=model.name), DataTable()
        self.filters.on_commands(boundary, filter=self.filter, reset=model.reset)
        self.rows.on_commands(
            boundary, sort=self.sort, turn=self.turn, export=self.export, reset=model.reset
        )
        self.widgets: list[Widget] = [self.filters, self.rows]

    def filter(self, key: Any = "", value: Any = None) -> None:
        """A control changed."""
        self.model.change(**{str(key): self.model.filter_class.value(str(key), value)})

    def sort(self, key: Any = "") -> None:
        """A heading was pressed."""
        self.model.sort_by(str(key))

    def turn(self, forward: Any = True) -> None:
        """A page was turned."""
        self.model.turn(bool(forward))

    def export(self, form: Any = "csv") -> None:
        """The list is to be saved as a file."""
        name, content = self.model.exported(str(form))
        self.rows.send({"file": name}, buffers=[content])

    def draw(self) -> None:
        """Fill filter bar and table."""
        with self.filters.hold_sync():
            self.filters.fields = self.fields()
            self.filters.narrowed = bool(self.model.filter.narrowed)
            switches = [one for one in self.filters.fields if one["kind"] == "choices"]
            self.filters.addresses = {
                name: query
                for one in switches
                for name, query in self.model.toggling(one["key"], one["choices"]).items()
            }
            shown = {one["key"] for one in self.filters.fields if one not in switches}
            self.filters.kept = self.model.kept(shown)
            self.filters.addressed = self.model.addressed
        self.rows.table = list_table(self.model, **self.more)


class ListView(PageView[Lister]):
    """A page that is a list: filters above, table below.

    Attributes:
        list: filter bar and table.
    """

    def build(self) -> list[Widget]:
        """Filter bar and table."""
        self.list = ListSection(self.model, self.boundary, self.fields)
        self.on_draw(self.list.draw)
        return self.list.widgets

    def fields(self) -> list[Control]:
        """The controls of the filter bar; `key` names a field of the model's filter."""
        return []

    def _show_state(self) -> None:
        super()._show_state()
        if self.model.state is PageState.EMPTY:
            self.status.sentence = ""


class WatchForm(Section):
    """A note and a button that put what a page shows on the watchlist.

    Attributes:
        form: the widget.
    """

    def __init__(self, model: WatchableModel[Any], boundary: Boundary) -> None:
        super().__init__(model, boundary)
        self.form = InputForm(name="watch", title="Watchlist")
        self.form.on_commands(boundary, submit=self.submit, press=lambda key="": model.unwatch())

    def submit(self, values: Any = None) -> None:
        """The note is to be saved."""
        self.model.watch(str((values or {}).get("note", "")))

    def draw(self) -> None:
        """Show whether it is watched, and the note."""
        watched = self.model.data.watched
        label = "Save the note" if watched else f"Watch this {self.model.thing}"
        leave = [{"key": "unwatch", "label": "Stop watching"}] if watched else []
        with self.form.hold_sync():
            self.form.note = self.model.consequence if watched else "Not watched."
            note = watched["note"] if watched else ""
            self.form.fields = [
                text_field("note", "Note", note, hint="yours", longest=LONGEST_NOTE)
            ]
            self.form.buttons = [{"key": "submit", "label": label, "main": True}, *leave]


class TabSection(Protocol):
    """What a tab shows, from top to bottom, and filling it after a read."""

    widgets: list[Widget]

    def draw(self) -> None:
        """Fill it."""


class TabbedView(PageView[Tab]):
    """A page whose lower part is the chosen tab; each is built when it is first chosen.

    Attributes:
        tabs: the strip.
        body: what the chosen tab shows.
        built: the tabs built so far.
    """

    def tabbed(self, label: str) -> list[Widget]:
        """The strip and the place below it."""
        self.tabs = TabStrip(label=label)
        self.tabs.on_commands(self.boundary, choose=lambda key="": self.model.choose(str(key)))
        self.body = VBox([])
        self.built: dict[str, TabSection] = {}
        self.on_draw(self._draw_tab)
        return [self.tabs, self.body]

    def section(self, tab: str) -> TabSection:
        """Build a tab."""
        raise NotImplementedError

    def _draw_tab(self) -> None:
        model = self.model
        if not model.found:
            self.body.children, self.tabs.names = (), []
            return
        self.tabs.addresses = {key: model.query_of(key) for key, _ in model.TABS}
        self.tabs.names, self.tabs.chosen = [list(tab) for tab in model.TABS], model.tab
        if model.tab not in self.built:
            self.built[model.tab] = self.section(model.tab)
        shown = self.built[model.tab]
        shown.draw()
        self.body.children = tuple(shown.widgets)
