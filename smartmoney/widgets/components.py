"""Our own small widgets (anywidget). Python sends descriptions, the browser makes nodes of them.

What the browser sends back is a command: `{"do": name, ...}`. It reaches a handler through the page's error
boundary, and the handler checks every value.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from anywidget import AnyWidget
from traitlets import Bool, Dict, Int, List, Unicode

from smartmoney.widgets.error_boundary import Boundary, Callback

FOLDER = Path(__file__).parent / "static"


@cache
def script(*names: str) -> str:
    """The source of a component, after what all of them share."""
    return "\n".join(
        (FOLDER / f"{file}.js").read_text(encoding="utf-8") for file in ("common", *names)
    )


class Component(AnyWidget):
    """A widget that turns commands from the browser into calls.

    Attributes:
        template: the macro of document/templates that turns it into markup.
    """

    _esm = "export default { render() {} }"
    template: ClassVar[str] = ""

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

    _esm = script("page_status")
    template = "status"
    title = Unicode("").tag(sync=True)
    query = Unicode("").tag(sync=True)
    as_of = Unicode("").tag(sync=True)
    freshness = Unicode("off").tag(sync=True)
    state = Unicode("loading").tag(sync=True)
    sentence = Unicode("").tag(sync=True)
    notices = List(Unicode()).tag(sync=True)


class DataTable(Component):
    """One page of rows; commands: sort(key), turn(forward), export(form), reset()."""

    _esm = script("table")
    template = "table"
    table = Dict().tag(sync=True)


class FilterBar(Component):
    """The filter bar; commands: filter(key, value), reset().

    Attributes:
        addresses: where scripts are off, the query string of each press of a switch, by `key:choice`.
        kept: what else the query string keeps, as pairs of name and value.
    """

    _esm = script("fields", "filters")
    template = "filters"
    name = Unicode("").tag(sync=True)
    fields = List(Dict()).tag(sync=True)
    narrowed = Bool(False).tag(sync=True)
    addresses = Dict()
    kept: List[list[str]] = List()


class KpiRow(Component):
    """A row of figures: label, cell, and at times a line below and hints."""

    _esm = script("kpis")
    template = "kpis"
    items = List(Dict()).tag(sync=True)


class ChartPanel(Component):
    """A Plotly figure as a plain dict of `data` and `layout`; without data the `empty` sentence."""

    _esm = script("chart")
    template = "chart"
    figure = Dict().tag(sync=True)
    title = Unicode("").tag(sync=True)
    note = Unicode("").tag(sync=True)
    label = Unicode("").tag(sync=True)
    empty = Unicode("Nothing to draw yet.").tag(sync=True)
    height = Int(300).tag(sync=True)


class TabStrip(Component):
    """A strip of tabs; command: choose(key). `addresses` has the query string of each."""

    _esm = script("tabs")
    template = "tabs"
    names: List[list[str]] = List().tag(sync=True)
    chosen = Unicode("").tag(sync=True)
    addresses = Dict()
    label = Unicode("").tag(sync=True)


class InputForm(Component):
    """Fields sent as a whole, and buttons; commands: submit(values), press(key)."""

    _esm = script("fields", "form")
    template = "form"
    name = Unicode("").tag(sync=True)
    title = Unicode("").tag(sync=True)
    fields = List(Dict()).tag(sync=True)
    buttons = List(Dict()).tag(sync=True)
    note = Unicode("").tag(sync=True)
    bare = Bool(False).tag(sync=True)


class TextBlock(Component):
    """Lines of cells; `kind` is panel, list, plain or hero."""

    _esm = script("text_block")
    template = "text"
    kind = Unicode("panel").tag(sync=True)
    title = Unicode("").tag(sync=True)
    lines: List[list[dict[str, Any]]] = List().tag(sync=True)


class ResultCalendar(Component):
    """Daily results: `days` holds [ISO date, value, words on hover], oldest first."""

    _esm = script("calendar")
    template = "calendar"
    title = Unicode("").tag(sync=True)
    days: List[list[Any]] = List().tag(sync=True)
    empty = Unicode("No days yet.").tag(sync=True)


class SandboxedPage(Component):
    """A whole HTML page shown in a sandboxed frame without rights."""

    _esm = script("frame")
    template = "frame"
    page = Unicode("").tag(sync=True)
    label = Unicode("").tag(sync=True)
