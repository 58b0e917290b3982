"""The executed notebook of one run."""

from __future__ import annotations

from ipywidgets import Widget

from smartmoney.widgets.components import SandboxedPage
from smartmoney.widgets.screens.report.model import ReportModel
from smartmoney.widgets.view import PageView


class ReportPage(PageView[ReportModel]):
    """Header, and the notebook in a frame that may do nothing."""

    model_class = ReportModel

    def build(self) -> list[Widget]:
        """The components of the page."""
        frame = SandboxedPage(label="executed notebook")
        self.on_draw(lambda: setattr(frame, "page", self.model.data.html))
        return [self.text(self.model.header, kind="hero"), frame]
