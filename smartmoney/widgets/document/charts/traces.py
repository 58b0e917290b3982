"""The series of a figure as shapes: lines, areas, bands, bars, dots, cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from smartmoney.widgets import palette
from smartmoney.widgets.document.charts.canvas import Pane, ink
from smartmoney.widgets.document.charts.scales import number
from smartmoney.widgets.figures import Trace

ACROSS = 1_000
"""Width of the box in which lines and areas are drawn; it is stretched to the picture."""
DASHES = {"dot": "2 4", "dash": "6 4"}


def draw(pane: Pane, traces: Sequence[Trace], layout: Mapping[str, Any]) -> None:
    """Draw the series that share a vertical axis."""
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
    free = 1 - float(layout.get("bargap", 0.2))
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
