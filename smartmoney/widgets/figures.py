"""Plotly figures as plain dicts: {"data": [...], "layout": {...}}; {} when there is nothing to draw.

Plotly itself is not imported here: the browser has it, and a kernel without it starts in half the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from smartmoney.widgets import palette

Figure = dict[str, Any]
Trace = dict[str, Any]
DEVIATIONS_90 = 1.645
"""Half-width of a 90 % band in standard deviations."""


def label(text: str) -> str:
    """Text for the library's labels and hovers, which read a little markup themselves."""
    return escape(text, quote=False)


def figure(data: Sequence[Trace], **layout: Any) -> Figure:
    """Traces and their layout."""
    return {"data": list(data), "layout": layout}


def line(
    x: Sequence[Any], y: Sequence[Any], colour: str, *, width: float = 2, **more: Any
) -> Trace:
    """A line; `shape` "hv" makes it a staircase."""
    stroke = {"color": colour, "width": width}
    if shape := more.pop("shape", ""):
        stroke["shape"] = shape
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "line": stroke, **more}


def filled(x: Sequence[Any], y: Sequence[Any], colour: str, *, alpha: float, **more: Any) -> Trace:
    """A line with the ground down to zero tinted."""
    tint = palette.see_through(colour, alpha)
    return line(x, y, colour, **{"fill": "tozeroy", "fillcolor": tint, **more})


def band(
    x: Sequence[Any], low: Sequence[Any], high: Sequence[Any], *, alpha: float = 0.18, **more: Any
) -> list[Trace]:
    """The ground between two lines tinted."""
    edge = {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "line": {"width": 0},
        "hoverinfo": "skip",
        **more,
    }
    tint = palette.see_through(palette.ACCENT, alpha)
    return [{**edge, "y": high}, {**edge, "y": low, "fill": "tonexty", "fillcolor": tint}]


def bars(x: Sequence[Any], y: Sequence[float], **more: Any) -> Trace:
    """Bars, each in the colour of its sign unless `colour` names another."""
    colour = more.pop("colour", None) or [palette.signed(value) for value in y]
    return {"type": "bar", "x": x, "y": y, "marker": {"color": colour}, **more}


def lying(x: Sequence[float], y: Sequence[Any], **more: Any) -> Trace:
    """Bars from left to right, each in the colour of its sign unless `colour` names another."""
    colour = more.pop("colour", None) or [palette.signed(value) for value in x]
    return {"type": "bar", "orientation": "h", "x": x, "y": y, "marker": {"color": colour}, **more}


def diagonal() -> Trace:
    """Where the outcome is as often as it was forecast."""
    dots = {"color": palette.MUTED, "dash": "dot", "width": 1}
    ends = [0, 1]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": ends,
        "y": ends,
        "hoverinfo": "skip",
        "line": dots,
    }


def whiskers(above: Sequence[float], below: Sequence[float] | None = None) -> dict[str, Any]:
    """Bounds on bars, the same both ways unless `below` is given."""
    apart = {} if below is None else {"symmetric": False, "arrayminus": below}
    looks = {"color": palette.MUTED, "thickness": 1.2, "width": 3}
    return {"type": "data", "array": above, **apart, **looks}


def dates(**more: Any) -> dict[str, Any]:
    """An axis of time."""
    return {"type": "date", "showgrid": False, **more}


def words(title: str = "", **more: Any) -> dict[str, Any]:
    """An axis of names."""
    return {"type": "category", "showgrid": False, **titled(title), **more}


def dollars(**more: Any) -> dict[str, Any]:
    """An axis of USD."""
    return {"tickprefix": "$", "tickformat": "~s", **more}


def shares(title: str) -> dict[str, Any]:
    """An axis from 0 to 1 in percent."""
    return {"range": [-0.03, 1.03], "tickformat": ".0%", **titled(title)}


def titled(title: str) -> dict[str, Any]:
    """The title of an axis."""
    return {"title": {"text": title}} if title else {}


def sizes(counts: Sequence[float], *, least: float, more: float) -> list[float]:
    """Diameters of dots whose area grows with the count."""
    most = max(counts)
    return [least + more * (count / most) ** 0.5 for count in counts]
