"""A Plotly figure as a still picture: shapes across in percent and down in pixels, so that it fits any width.

It draws what the pages draw (lines, areas, bands, bars, dots, cells) and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from smartmoney.widgets import palette
from smartmoney.widgets.document.charts.scales import Scale, number, scale
from smartmoney.widgets.figures import Figure, Trace

TOP, BOTTOM, TITLE = 16, 24, 18
GUTTER = 20.0
LONGEST_NAME = 14
ACROSS = 1_000
INKS = {
    palette.GAIN: "gain",
    palette.LOSS: "loss",
    palette.YES: "yes",
    palette.NO: "no",
    palette.ACCENT: "accent",
    palette.MUTED: "dim",
    palette.AMBER: "amber",
    palette.RED: "red",
    **{colour: tier for tier, colour in palette.TIERS.items()},
}
"""Colours of series by the name the stylesheet knows them by, so that both themes draw them."""
DASHES = {"dot": "2 4", "dash": "6 4"}


def ink(colour: str) -> str:
    """A colour as a value of CSS."""
    return f"var(--{INKS[colour]})" if colour in INKS else colour


@dataclass
class Picture:
    """What is drawn, in order.

    Attributes:
        height: in pixels.
        left: where the drawing begins, in percent of the width.
        shapes: each a kind and its measures.
        legend: names of series and their colours.
    """

    height: int
    left: float = 0.0
    shapes: list[dict[str, Any]] = field(default_factory=list)
    legend: list[tuple[str, str]] = field(default_factory=list)

    def add(self, kind: str, **measures: Any) -> None:
        """Draw a shape."""
        self.shapes.append({"kind": kind, **measures})


@dataclass(frozen=True)
class Pane:
    """A part of the picture with a vertical axis of its own: from `top`, `tall` pixels."""

    picture: Picture
    x: Scale
    y: Scale
    top: float
    tall: float

    def across(self, value: Any) -> float | None:
        """Percent of the width."""
        at = self.x.at(value)
        return None if at is None else self.picture.left + at * (100 - self.picture.left)

    def down(self, value: Any) -> float | None:
        """Pixels from the top."""
        at = self.y.at(value)
        return None if at is None else self.top + (1 - at) * self.tall

    @property
    def ground(self) -> float:
        """Where zero lies, or the nearest end."""
        at = self.down(0.0) if not self.y.names else self.top + self.tall
        return min(max(at or 0.0, self.top), self.top + self.tall)


def picture(figure: Figure, height: int) -> Picture:
    """The picture of a figure that has data."""
    data, layout = figure["data"], figure["layout"]
    x_axis = layout.get("xaxis", {})
    named = layout.get("yaxis", {}).get("type") == "category"
    drawn = Picture(height, GUTTER if named else 0.0)
    titled = bool(x_axis.get("title"))
    tall = height - TOP - BOTTOM - (TITLE if titled else 0)
    lying = any(trace.get("orientation") == "h" for trace in data)
    x = scale(x_axis, _values(data, "x"), zero=lying, room=0.02 if lying else 0.0)
    for key in ("y", "y2"):
        axis = layout.get(f"yaxis{key[1:]}")
        traces = [trace for trace in data if trace.get("yaxis", "y") == key]
        if not traces:
            continue
        low, high = (axis or {}).get("domain", (0, 1))
        y = _vertical(axis or {}, traces, layout)
        pane = Pane(drawn, x, y, TOP + (1 - high) * tall, (high - low) * tall)
        _grid(pane)
        _traces(pane, traces, layout)
    _marks_across(drawn, x, TOP + tall, str(x_axis["title"]["text"]) if titled else "")
    if layout.get("showlegend") is not False:
        named_traces = [
            (str(trace["name"]), ink(_colour(trace))) for trace in data if trace.get("name")
        ]
        drawn.legend = named_traces if len(named_traces) > 1 else []
    return drawn


def _values(data: Sequence[Trace], key: str) -> list[Any]:
    return [value for trace in data for value in trace.get(key, [])]


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
    for at, words in x.marks():
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


def _traces(pane: Pane, traces: Sequence[Trace], layout: Mapping[str, Any]) -> None:
    for shape in layout.get("shapes", []):
        _shape(pane, shape)
    ends: dict[str, tuple[float, float]] = {}
    before: list[tuple[float, float]] = []
    for trace in traces:
        if trace["type"] == "heatmap":
            _cells(pane, trace)
        elif trace["type"] == "bar":
            _bars(pane, trace, ends if layout.get("barmode") == "relative" else {}, layout)
        else:
            before = _line(pane, trace, before)


def _line(pane: Pane, trace: Trace, before: list[tuple[float, float]]) -> list[tuple[float, float]]:
    points = _points(pane, trace)
    line = trace.get("line", {})
    stepped = _steps(points) if line.get("shape") == "hv" else points
    if points and trace.get("fill") in ("tozeroy", "tonexty"):
        if trace["fill"] == "tonexty":
            back = before[::-1]
        else:
            back = [(stepped[-1][0], pane.ground), (stepped[0][0], pane.ground)]
        pane.picture.add("area", points=_joined([*stepped, *back]), colour=trace["fillcolor"])
    mode = trace.get("mode", "lines")
    if "lines" in mode and line.get("width") != 0:
        dash = DASHES.get(line.get("dash", ""), "")
        colour = ink(str(line.get("color", palette.ACCENT)))
        pane.picture.add(
            "line", points=_joined(stepped), colour=colour, width=line.get("width", 2), dash=dash
        )
    if "markers" in mode:
        _dots(pane, trace, points)
    return stepped


def _points(pane: Pane, trace: Trace) -> list[tuple[float, float]]:
    pairs = ((pane.across(x), pane.down(y)) for x, y in zip(trace["x"], trace["y"], strict=True))
    return [(x, y) for x, y in pairs if x is not None and y is not None]


def _steps(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    stepped: list[tuple[float, float]] = []
    for x, y in points:
        if stepped:
            stepped.append((x, stepped[-1][1]))
        stepped.append((x, y))
    return stepped


def _joined(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x * ACROSS / 100:.1f},{y:.1f}" for x, y in points)


def _each(value: Any, count: int) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value] * count


def _dots(pane: Pane, trace: Trace, points: Sequence[tuple[float, float]]) -> None:
    marker, count = trace.get("marker", {}), len(points)
    colours = _each(marker.get("color", palette.ACCENT), count)
    sizes = _each(marker.get("size", 6), count)
    for (x, y), colour, size in zip(points, colours, sizes, strict=False):
        pane.picture.add(
            "dot", x=x, y=y, r=size / 2, colour=ink(colour), opacity=marker.get("opacity", 1)
        )


def _bars(
    pane: Pane, trace: Trace, ends: dict[str, tuple[float, float]], layout: Mapping[str, Any]
) -> None:
    lying = trace.get("orientation") == "h"
    places, values = (trace["y"], trace["x"]) if lying else (trace["x"], trace["y"])
    colours = _each(trace["marker"]["color"], len(values))
    thick = _thickness(pane, trace, layout, lying, len(values))
    errors = trace.get("error_y") or {}
    for at, (place, value, colour) in enumerate(zip(places, values, colours, strict=True)):
        low, high = ends.get(str(place), (0.0, 0.0))
        start = high if value >= 0 else low
        ends[str(place)] = (low + min(value, 0), high + max(value, 0))
        words = f"{place}: {value:,.2f}"
        if lying:
            one, two, middle = pane.across(start), pane.across(start + value), pane.down(place)
            if one is not None and two is not None and middle is not None:
                pane.picture.add(
                    "bar",
                    x=min(one, two),
                    y=middle - thick / 2,
                    width=max(abs(two - one), 0.15),
                    height=thick,
                    colour=ink(colour),
                    words=words,
                )
            continue
        middle, one, two = pane.across(place), pane.down(start), pane.down(start + value)
        if middle is None or one is None or two is None:
            continue
        left = middle if "offset" in trace else middle - thick / 2
        pane.picture.add(
            "bar",
            x=left,
            y=min(one, two),
            width=thick,
            height=max(abs(two - one), 0.5),
            colour=ink(colour),
            words=words,
        )
        if trace.get("text"):
            pane.picture.add(
                "word",
                x=middle,
                y=min(one, two) - 5,
                anchor="middle",
                words=trace["text"][at],
                strong=True,
            )
        if errors.get("array"):
            top = pane.down(value + errors["array"][at])
            foot = pane.down(value - errors.get("arrayminus", errors["array"])[at])
            pane.picture.add("whisker", x=middle, y1=top, y2=foot)


def _thickness(
    pane: Pane, trace: Trace, layout: Mapping[str, Any], lying: bool, count: int
) -> float:
    free = 1 - layout.get("bargap", 0.2)
    if lying:
        return pane.tall * pane.y.step * free
    room = 100 - pane.picture.left
    if "width" in trace:
        return float(trace["width"] / 1_000 / (pane.x.high - pane.x.low) * room)
    if pane.x.names:
        return room * pane.x.step * free
    moments = sorted({found for value in trace["x"] if (found := number(value)) is not None})
    nearest = min((b - a for a, b in zip(moments, moments[1:], strict=False)), default=0)
    wide = nearest / (pane.x.high - pane.x.low) if nearest else 1 / max(count, 2)
    return max(room * wide * free, 0.2)


def _cells(pane: Pane, trace: Trace) -> None:
    wide, tall = (100 - pane.picture.left) * pane.x.step, pane.tall * pane.y.step
    for name, values, texts in zip(trace["y"], trace["z"], trace["text"], strict=True):
        for place, value, words in zip(trace["x"], values, texts, strict=True):
            x, y = pane.across(place), pane.down(name)
            if x is None or y is None:
                continue
            deep = 0.04 + 0.41 * float(value or 0)
            pane.picture.add(
                "bar",
                x=x - wide / 2 + 0.15,
                y=y - tall / 2 + 1,
                width=wide - 0.3,
                height=tall - 2,
                colour=palette.see_through(palette.ACCENT, round(deep, 3)),
                words=f"{name} to {place}: {words}",
            )
            pane.picture.add("word", x=x, y=y + 4, anchor="middle", words=words, strong=True)


def _shape(pane: Pane, shape: Mapping[str, Any]) -> None:
    one, two = pane.down(shape["y0"]), pane.down(shape["y1"])
    if one is None or two is None:
        return
    if shape["type"] == "line":
        line = shape["line"]
        points = _joined([(pane.picture.left, one), (100, two)])
        pane.picture.add(
            "line",
            points=points,
            colour=ink(line["color"]),
            width=line["width"],
            dash=DASHES.get(line.get("dash", ""), ""),
        )
    else:
        top, foot = max(min(one, two), pane.top), min(max(one, two), pane.top + pane.tall)
        pane.picture.add(
            "bar",
            x=pane.picture.left,
            y=top,
            width=100 - pane.picture.left,
            height=max(foot - top, 0),
            colour=shape["fillcolor"],
            words="",
        )
