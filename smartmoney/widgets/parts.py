"""Our own small widgets (anywidget). Python sends descriptions, the browser makes nodes of them.

What the browser sends back is a wish: `{"do": name, ...}`. It reaches a handler through the page's guard, and
the handler checks every value.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from anywidget import AnyWidget
from traitlets import Bool, Dict, Int, List, Unicode

FOLDER = Path(__file__).parent / "static"
Handler = Callable[..., Any]
Guard = Callable[[Handler], Callable[..., None]]


@cache
def script(*names: str) -> str:
    """The source of a part, after what all parts share."""
    return "\n".join(
        (FOLDER / f"{file}.js").read_text(encoding="utf-8") for file in ("common", *names)
    )


class Part(AnyWidget):
    """A widget that turns wishes from the browser into calls."""

    _esm = "export default { render() {} }"

    def wishes(self, guard: Guard, **handlers: Handler) -> None:
        """Call `handlers[name](**rest)` for each wish `{"do": name, **rest}`; anything else is dropped."""
        safe = {name: guard(handler) for name, handler in handlers.items()}

        def received(_: Any, content: Any, buffers: Any) -> None:
            if (
                isinstance(content, dict)
                and isinstance(content.get("do"), str)
                and content["do"] in safe
            ):
                rest = {str(key): value for key, value in content.items() if key != "do"}
                safe[content["do"]](**rest)

        self.on_msg(received)


class Shell(Part):
    """Links the page to the shell around it: address bar, title, as-of stamp, state and notices."""

    _esm = script("shell")
    title = Unicode("").tag(sync=True)
    query = Unicode("").tag(sync=True)
    as_of = Unicode("").tag(sync=True)
    freshness = Unicode("off").tag(sync=True)
    state = Unicode("loading").tag(sync=True)
    sentence = Unicode("").tag(sync=True)
    notices = List(Unicode()).tag(sync=True)


class Table(Part):
    """One page of rows; wishes: sort(key), turn(forward), export(form), reset()."""

    _esm = script("table")
    table = Dict().tag(sync=True)


class Filters(Part):
    """The filter bar; wishes: filter(key, value), reset()."""

    _esm = script("fields", "filters")
    name = Unicode("").tag(sync=True)
    fields = List(Dict()).tag(sync=True)
    narrowed = Bool(False).tag(sync=True)


class Kpis(Part):
    """A row of figures: label, cell, and at times a line below and hints."""

    _esm = script("kpis")
    items = List(Dict()).tag(sync=True)


class Chart(Part):
    """A Plotly figure as a plain dict of `data` and `layout`; without data the `empty` sentence."""

    _esm = script("chart")
    figure = Dict().tag(sync=True)
    title = Unicode("").tag(sync=True)
    note = Unicode("").tag(sync=True)
    label = Unicode("").tag(sync=True)
    empty = Unicode("Nothing to draw yet.").tag(sync=True)
    height = Int(300).tag(sync=True)


class Tabs(Part):
    """A strip of tabs; wish: choose(key)."""

    _esm = script("tabs")
    names: List[list[str]] = List().tag(sync=True)
    chosen = Unicode("").tag(sync=True)
    label = Unicode("").tag(sync=True)


class Form(Part):
    """Fields sent as a whole, and buttons; wishes: submit(values), press(key)."""

    _esm = script("fields", "form")
    name = Unicode("").tag(sync=True)
    title = Unicode("").tag(sync=True)
    fields = List(Dict()).tag(sync=True)
    buttons = List(Dict()).tag(sync=True)
    note = Unicode("").tag(sync=True)
    bare = Bool(False).tag(sync=True)


class Prose(Part):
    """Lines of cells; `kind` is panel, list, plain or hero."""

    _esm = script("prose")
    kind = Unicode("panel").tag(sync=True)
    title = Unicode("").tag(sync=True)
    lines: List[list[dict[str, Any]]] = List().tag(sync=True)


class Calendar(Part):
    """Daily results: `days` holds [ISO date, value, words on hover], oldest first."""

    _esm = script("calendar")
    title = Unicode("").tag(sync=True)
    days: List[list[Any]] = List().tag(sync=True)
    empty = Unicode("No days yet.").tag(sync=True)


class Frame(Part):
    """A whole HTML page shown in a sandboxed frame without rights."""

    _esm = script("frame")
    page = Unicode("").tag(sync=True)
    label = Unicode("").tag(sync=True)
