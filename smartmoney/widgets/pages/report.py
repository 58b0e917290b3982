"""The executed notebook of one run."""

from __future__ import annotations

from ipywidgets import Widget

from smartmoney.widgets.models.report import ReportModel
from smartmoney.widgets.pages.base import PageView
from smartmoney.widgets.parts import Frame, Prose


class ReportPage(PageView[ReportModel]):
    """Header, and the notebook in a frame that may do nothing."""

    model_class = ReportModel

    def build(self) -> list[Widget]:
        """The parts of the page."""
        self.header, self.frame = Prose(kind="hero"), Frame(label="executed notebook")
        return [self.header, self.frame]

    def draw(self) -> None:
        """Fill both parts."""
        self.header.lines = self.model.header()
        self.frame.page = self.model.data["html"]
