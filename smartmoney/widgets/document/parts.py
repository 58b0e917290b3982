"""A page's parts as markup: the state of each component goes through its template, which escapes every value."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ipywidgets import Box, Widget
from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from smartmoney.widgets.cells import Cell
from smartmoney.widgets.document import drawings
from smartmoney.widgets.document.charts.picture import picture

FOLDER = Path(__file__).parent / "templates"
NEAR = {"127.0.0.1", "localhost"}
OWN = re.compile(r"[a-z_]+\.ipynb(\?[^\s#]*)?")
Locate = Callable[[str], str]
"""From the address of one of our pages (`trader.ipynb?address=0x12`) to where it is; "" for no link."""


def safe_link(address: str, locate: Locate = str) -> str:
    """The address of a link, or "" where it must not become one.

    Only pages of ours, https addresses and services of this machine become links, whoever made the address.
    """
    if OWN.fullmatch(address):
        return locate(address)
    parts = urlsplit(address)
    near = parts.scheme == "http" and parts.hostname in NEAR
    return address if near or (parts.scheme == "https" and parts.hostname) else ""


class Renderer:
    """Turns components into markup.

    Args:
        locate: where a page of ours is; as its own address by default.
        here: the address of the page itself under another query string.
    """

    def __init__(self, locate: Locate = str, here: Locate = "?{}".format) -> None:
        self.locate = locate
        self._env = Environment(
            loader=FileSystemLoader(FOLDER), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        self._env.filters.update(
            spark=drawings.spark,
            bars=drawings.bars,
            interval=drawings.interval,
            calendar=drawings.calendar,
            picture=picture,
            href=lambda address: safe_link(str(address), locate),
            here=here,
            opens=self.opens,
        )
        self._env.tests["outside"] = lambda address: "://" in address
        self._parts: Any = self._env.get_template("parts.html.j2").module

    def opens(self, row: Sequence[Cell]) -> str:
        """The page of ours that a row opens: its first link, where that is one of ours."""
        address = next((str(cell["u"]) for cell in row if cell.get("u")), "")
        return self.locate(address) if OWN.fullmatch(address) else ""

    def part(self, part: Any) -> Markup:
        """One component as markup, by the macro that its `template` names."""
        made: Markup = getattr(self._parts, part.template)(part) if part.template else Markup()
        return made

    def markup(self, widget: Widget) -> Markup:
        """A component, or a box with all it holds; what a page hides is left out, and what is no part of ours."""
        if hasattr(widget, "template"):
            return Markup('<div class="sm-part">{}</div>').format(self.part(widget))
        if not isinstance(widget, Box) or getattr(widget.layout, "display", None) == "none":
            return Markup()
        inside = Markup().join(self.markup(child) for child in widget.children)
        return Markup('<div class="{}">{}</div>').format(
            " ".join(("sm-box", *widget._dom_classes)), inside
        )


@cache
def renderer() -> Renderer:
    """The renderer of the dashboards."""
    return Renderer()
