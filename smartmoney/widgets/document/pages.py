"""Pages by name, drawn as documents without a session: for readers who find all taken, and for files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from markupsafe import Markup

from smartmoney.errors import ParameterError
from smartmoney.widgets import screens
from smartmoney.widgets.document.parts import Renderer
from smartmoney.widgets.view import PageView


@dataclass(frozen=True)
class Document:
    """A page that was drawn.

    Attributes:
        title: of the page.
        body: its parts as markup.
        as_of: when its numbers were made, ISO 8601; "" where that is not known.
        state: of the page, as `PageState` calls it.
    """

    title: str
    body: Markup
    as_of: str
    state: str


def names() -> list[str]:
    """The pages there are."""
    return sorted(found.name for found in iter_modules(screens.__path__) if found.ispkg)


def view_of(name: str) -> type[PageView[Any]]:
    """The view of a page.

    Raises:
        ParameterError: there is no such page.
    """
    if name not in names():
        raise ParameterError(f"There is no page {name[:40]!r}; there are {', '.join(names())}.")
    module = import_module(f"{screens.__name__}.{name}.view")
    own = [
        kind
        for kind in vars(module).values()
        if isinstance(kind, type)
        and issubclass(kind, PageView)
        and kind.__module__ == module.__name__
    ]
    return own[0]


@contextmanager
def opened(name: str, query: str = "", model: Any = None) -> Iterator[PageView[Any]]:
    """A page's view, forgotten afterwards: widgets are kept by their library until they are closed.

    Raises:
        ParameterError: there is no such page.
    """
    view = view_of(name)(query, model)
    try:
        yield view
    finally:
        for part in _all(view.root):
            part.close()


def _all(widget: Any) -> list[Any]:
    inside = [part for child in getattr(widget, "children", ()) for part in _all(child)]
    return [*inside, widget, widget.layout]


def draw(
    name: str, query: str = "", drawn_by: Renderer | None = None, model: Any = None
) -> Document:
    """A page as a document.

    Args:
        name: of the page, as in its address.
        query: its query string.
        drawn_by: makes the markup; as the dashboards do by default.
        model: the page's state, where it is not to be made from the query.

    Raises:
        ParameterError: there is no such page.
    """
    with opened(name, query, model) as view:
        return Document(
            title=view.model.title,
            body=view.document(drawn_by),
            as_of=view.status.as_of,
            state=view.status.state,
        )
