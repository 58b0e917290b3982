"""A page of your own: any widgets in the frame of the pages, drawn again whenever the page is read again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ipywidgets import Widget

from smartmoney.widgets.model import PageData, PageModel
from smartmoney.widgets.view import PageView


class OwnModel(PageModel[PageData]):
    """State of a page that reads for itself."""

    name = "own"

    def read(self) -> PageData:
        """Nothing: the page's own function reads what it draws."""
        return PageData()


class OwnPage(PageView[OwnModel]):
    """A page made in its notebook.

    Args:
        title: heading, and title of the tab.
        parts: widgets, from top to bottom.
        draw: fills them; called at once, and after each refresh. Its errors become a notice on the page.
    """

    model_class = OwnModel

    def __init__(self, title: str, parts: Sequence[Widget], draw: Callable[[], None]) -> None:
        self._parts, self._draw = list(parts), draw
        model = OwnModel()
        model.title = title
        super().__init__(model=model)

    def build(self) -> list[Widget]:
        """The widgets given."""
        self.on_draw(self._draw)
        return self._parts
