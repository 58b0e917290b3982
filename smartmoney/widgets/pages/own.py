"""A page of your own: any widgets in the shell of the pages, drawn anew whenever the page is read again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ipywidgets import Widget

from smartmoney.widgets.models.base import PageModel
from smartmoney.widgets.pages.base import PageView


class OwnModel(PageModel):
    """State of a page that reads for itself."""

    name = "own"

    def read(self) -> dict[str, Any]:
        """Nothing: the page's own function reads what it draws."""
        return {}


class OwnPage(PageView[OwnModel]):
    """A page made in its notebook.

    Args:
        title: heading, and title of the tab.
        parts: widgets, from top to bottom.
        draw: fills them; called at once, and after each refresh. Its errors become a notice on the page.
    """

    model_class = OwnModel

    def __init__(self, title: str, parts: Sequence[Widget], draw: Callable[[], None]) -> None:
        self.parts, self.drawing = list(parts), draw
        model = OwnModel()
        model.title = title
        super().__init__(model=model)

    def build(self) -> list[Widget]:
        """The parts given."""
        return self.parts

    def draw(self) -> None:
        """Call the function given."""
        self.drawing()
