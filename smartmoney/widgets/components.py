"""Our own small widgets (anywidget). Python sends each part as markup (document/), scripts add what it does.

What the browser sends back is a command: `{"do": name, ...}`. It reaches a handler through the page's error
boundary, and the handler checks every value.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from anywidget import AnyWidget
from traitlets import Bool, Dict, Int, List, Unicode

from smartmoney.widgets.document.parts import renderer
from smartmoney.widgets.error_boundary import Boundary, Callback

FOLDER = Path(__file__).parent / "static"


@cache
def script(*names: str) -> str:
    """The source of a component: the last of these files exports it, the others are what it uses."""
    files = ("common", *names)
    texts = [(FOLDER / f"{file}.js").read_text(encoding="utf-8") for file in files]
    return "\n".join(
        [*(text.replace("export default", "const shared =") for text in texts[:-1]), texts[-1]]
    )


class Component(AnyWidget):
    """A part of a page: what it shows, as markup, and a widget that turns commands from the browser into calls.

    Attributes:
        template: the macro of document/templates that turns it into markup.
        shows: the attributes that the macro reads.
        html: the part as markup; made anew whenever one of them changes, and set by nothing else.
    """

    _esm = script("part")
    template: ClassVar[str] = ""
    shows: ClassVar[tuple[str, ...]] = ()
    html = Unicode("").tag(sync=True)

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        if self.shows:
            self.observe(lambda _: self._draw(), list(self.shows))
        self._draw()

    def _draw(self) -> None:
        self.html = str(renderer().part(self))

    def on_commands(self, boundary: Boundary, **handlers: Callback) -> None:
        """Call `handlers[name](**rest)` for each command `{"do": name, **rest}`; anything else is dropped."""
        safe = {name: boundary(handler) for name, handler in handlers.items()}

        def received(_: Any, content: Any, buffers: Any) -> None:
            name = content.get("do") if isinstance(content, dict) else None
            if isinstance(name, str) and name in safe:
                rest = {str(key): value for key, value in content.items() if key != "do"}
                safe[name](**rest)

        self.on_msg(received)


class PageStatus(Component):
    """Links the page to the frame around it: address bar, title, as-of stamp, state and notices."""

    _esm = script("part", "page_status")
    template = "status"
    shows = ("state", "sentence", "notices")
    title = Unicode("").tag(sync=True)
    query = Unicode("").tag(sync=True)
    as_of = Unicode("").tag(sync=True)
    freshness = Unicode("off").tag(sync=True)
    state = Unicode("loading").tag(sync=True)
    sentence = Unicode("")
    notices = List(Unicode())


class DataTable(Component):
    """One page of rows; commands: sort(key), turn(forward), export(form), reset(), act(key, id)."""

    template = "table"
    shows = ("table",)
    table = Dict()


class FilterBar(Component):
    """The filter bar; commands: filter(key, value), reset().

    Attributes:
        addresses: where scripts are off, the query string of each press of a switch, by `key:choice`.
        kept: what else the query string keeps, as pairs of name and value.
    """

    template = "filters"
    shows = ("name", "fields", "narrowed", "addresses", "kept")
    name = Unicode("")
    fields = List(Dict())
    narrowed = Bool(False)
    addresses = Dict()
    kept: List[list[str]] = List()


class KpiRow(Component):
    """A row of figures: label, cell, and at times a line below and hints."""

    template = "kpis"
    shows = ("items",)
    items = List(Dict())


class ChartPanel(Component):
    """A Plotly figure as a plain dict of `data` and `layout`; without data the `empty` sentence.

    It stands as a picture until somebody points at it; then it is drawn live from the figure.
    """

    _esm = script("part", "chart")
    template = "chart"
    shows = ("figure", "title", "note", "label", "empty", "height")
    figure = Dict().tag(sync=True)
    title = Unicode("")
    note = Unicode("")
    label = Unicode("")
    empty = Unicode("Nothing to draw yet.")
    height = Int(300).tag(sync=True)


class TabStrip(Component):
    """A strip of tabs; command: choose(key). `addresses` has the query string of each."""

    template = "tabs"
    shows = ("names", "chosen", "label", "addresses")
    names: List[list[str]] = List()
    chosen = Unicode("")
    label = Unicode("")
    addresses = Dict()


class InputForm(Component):
    """Fields sent as a whole, and buttons; commands: submit(values), press(key)."""

    template = "form"
    shows = ("name", "title", "fields", "buttons", "note", "bare")
    name = Unicode("")
    title = Unicode("")
    fields = List(Dict())
    buttons = List(Dict())
    note = Unicode("")
    bare = Bool(False)


class TextBlock(Component):
    """Lines of cells; `kind` is panel, list, plain or hero."""

    template = "text"
    shows = ("kind", "title", "lines")
    kind = Unicode("panel")
    title = Unicode("")
    lines: List[list[dict[str, Any]]] = List()


class ResultCalendar(Component):
    """Daily results: `days` holds [ISO date, value, words on hover], oldest first."""

    template = "calendar"
    shows = ("title", "days", "empty")
    title = Unicode("")
    days: List[list[Any]] = List()
    empty = Unicode("No days yet.")


class SandboxedPage(Component):
    """A whole HTML page shown in a sandboxed frame without rights."""

    template = "frame"
    shows = ("page", "label")
    page = Unicode("")
    label = Unicode("")
