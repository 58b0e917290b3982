"""A Plotly figure as a still picture: shapes across in percent and down in pixels, so that it fits any width.

It draws what the pages draw (lines, areas, bands, bars, dots, cells) and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from smartmoney.widgets import palette
from smartmoney.widgets.document.charts.canvas import Pane, Picture, ink
from smartmoney.widgets.document.charts.scales import Scale, number, scale
from smartmoney.widgets.document.charts.traces import draw
from smartmoney.widgets.figures import Figure, Trace

TOP, BOTTOM, TITLE = 16, 24, 18
GUTTER = 20.0
LONGEST_NAME = 14
LETTERS_ACROSS = 50
"""So many letters of names stand side by side on a phone."""


def picture(figure: Figure, height: int) -> Picture:
    """The picture of a figure that has data."""
    data, layout = figure["data"], figure["layout"]
    x_axis = layout.get("xaxis", {})
    named = layout.get("yaxis", {}).get("type") == "category"
    drawn = Picture(height, GUTTER if named else 0.0)
    titled = bool(x_axis.get("title"))
    tall = height - TOP - BOTTOM - (TITLE if titled else 0)
    lying = any(trace.get("orientation") == "h" for trace in data)
    across = _values(data, "x") + ([] if lying or x_axis.get("type") == "category" else _ends(data))
    x = scale(x_axis, across, zero=lying, room=0.02 if lying else 0.0)
    for key in ("y", "y2"):
        axis = layout.get(f"yaxis{key[1:]}")
        traces = [trace for trace in data if trace.get("yaxis", "y") == key]
        if not traces:
            continue
        low, high = (axis or {}).get("domain", (0, 1))
        y = _vertical(axis or {}, traces, layout)
        pane = Pane(drawn, x, y, TOP + (1 - high) * tall, (high - low) * tall)
        _grid(pane)
        draw(pane, traces, layout)
    _marks_across(drawn, x, TOP + tall, str(x_axis["title"]["text"]) if titled else "")
    if layout.get("showlegend") is not False:
        named_traces = [
            (str(trace["name"]), ink(_colour(trace))) for trace in data if trace.get("name")
        ]
        drawn.legend = named_traces if len(named_traces) > 1 else []
    return drawn


def _values(data: Sequence[Trace], key: str) -> list[Any]:
    return [value for trace in data for value in trace.get(key, [])]


def _ends(data: Sequence[Trace]) -> list[float]:
    """Where upright bars begin and end on a line of numbers or times, so that the outer ones are drawn whole."""
    ends: list[float] = []
    for trace in data:
        if trace["type"] != "bar":
            continue
        places = sorted({at for value in trace["x"] if (at := number(value)) is not None})
        gaps = [after - before for before, after in zip(places, places[1:], strict=False)]
        wide = trace["width"] / 1_000 if "width" in trace else min(gaps, default=0.0)
        begin = 0.0 if "offset" in trace else wide / 2
        ends += [end for at in places for end in (at - begin, at - begin + wide)]
    return ends


def _vertical(axis: Mapping[str, Any], traces: Sequence[Trace], layout: Mapping[str, Any]) -> Scale:
    values: list[Any] = _values(traces, "y")
    for trace in traces:
        error = trace.get("error_y") or {}
        for at, reach in enumerate(error.get("array", [])):
            values += [
                trace["y"][at] + reach,
                trace["y"][at] - error.get("arrayminus", error["array"])[at],
            ]
    if layout.get("barmode") == "relative" and not axis.get("type"):
        values += [end for ends in _stacked(traces, "x", "y").values() for end in ends]
    bars = any(trace["type"] == "bar" or trace.get("fill") == "tozeroy" for trace in traces)
    return scale(axis, values, zero=bars, room=0.06)


def _stacked(traces: Sequence[Trace], key: str, value: str) -> dict[str, tuple[float, float]]:
    ends: dict[str, tuple[float, float]] = {}
    for trace in traces:
        for place, size in zip(trace[key], trace[value], strict=True):
            low, high = ends.get(str(place), (0.0, 0.0))
            ends[str(place)] = (low + min(size, 0), high + max(size, 0))
    return ends


def _grid(pane: Pane) -> None:
    drawn = pane.picture
    for at, words in pane.y.marks():
        down = pane.top + (1 - at) * pane.tall
        if pane.y.names:
            short = words if len(words) <= LONGEST_NAME else words[: LONGEST_NAME - 1] + "…"
            drawn.add("word", x=0, y=down + 4, anchor="start", words=short, whole=words)
        else:
            drawn.add("rule", x1=0, x2=100, y=down, zero=abs(down - pane.ground) < 0.5)
            drawn.add("word", x=0, y=down - 3, anchor="start", words=words)
    if title := (pane.y.axis.get("title") or {}).get("text"):
        drawn.add("word", x=100, y=pane.top - 4, anchor="end", words=title)


def _marks_across(drawn: Picture, x: Scale, bottom: float, title: str) -> None:
    for at, words in x.marks(LETTERS_ACROSS):
        anchor = "middle" if x.names or 0.02 < at < 0.98 else "start" if at < 0.5 else "end"
        across = drawn.left + at * (100 - drawn.left)
        drawn.add("word", x=across, y=bottom + 16, anchor=anchor, words=words)
    if title:
        drawn.add(
            "word",
            x=drawn.left + (100 - drawn.left) / 2,
            y=bottom + 34,
            anchor="middle",
            words=title,
        )


def _colour(trace: Trace) -> str:
    for part in ("line", "marker"):
        colour = trace.get(part, {}).get("color")
        if colour:
            return str(colour if isinstance(colour, str) else colour[0])
    return palette.ACCENT
