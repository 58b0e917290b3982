"""The small drawings of a cell and the calendar as numbers; the templates make shapes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

WIDTH, HEIGHT = 88, 22
BAR = 64
SIDE = 13
MONTH_ROOM = 30


@dataclass(frozen=True)
class Shape:
    """A rectangle of a drawing, in pixels, and its class."""

    x: float
    y: float
    width: float
    height: float
    kind: str


@dataclass(frozen=True)
class Square:
    """A day of the calendar."""

    x: int
    y: int
    kind: str
    opacity: str
    words: str


def spark(values: Sequence[float]) -> str:
    """The points of a line through these values, as an SVG polyline takes them."""
    low, high = min(values), max(values)
    reach, last = (high - low) or 1.0, max(len(values) - 1, 1)
    return " ".join(
        f"{at / last * (WIDTH - 2) + 1:.1f},{HEIGHT - 2 - (value - low) / reach * (HEIGHT - 4):.1f}"
        for at, value in enumerate(values)
    )


def bars(values: Sequence[float]) -> list[Shape]:
    """Bars around zero."""
    reach, step = max(abs(value) for value in values) or 1.0, WIDTH / len(values)
    drawn = []
    for at, value in enumerate(values):
        tall = max(abs(value) / reach * (HEIGHT / 2 - 1), 0.6)
        top = HEIGHT / 2 - tall if value >= 0 else HEIGHT / 2
        kind = "up" if value >= 0 else "down"
        drawn.append(
            Shape(
                round(at * step + 0.5, 1),
                round(top, 1),
                round(max(step - 1, 1), 1),
                round(tall, 1),
                kind,
            )
        )
    return drawn


def interval(value: float) -> str:
    """Where −1 to 1 lies on an interval bar, in pixels."""
    return f"{(value + 1) / 2 * (BAR - 2) + 1:.1f}"


def calendar(days: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """A column a week, a square a day: squares, names of months, and the size in pixels."""
    reach = max(abs(value) for _, value, _ in days) or 1.0
    first, last = date.fromisoformat(days[0][0]), date.fromisoformat(days[-1][0])
    lead = first.weekday()
    squares: list[Square] = []
    months: list[tuple[int, str]] = []
    shown, free = "", -1
    for day, value, words in days:
        at = (date.fromisoformat(day) - first).days + lead
        x = at // 7 * SIDE
        kind = "up" if value > 0 else "down" if value < 0 else "flat"
        deep = 0.25 + 0.75 * (abs(value) / reach) ** 0.5
        squares.append(Square(x, at % 7 * SIDE + 14, kind, f"{deep:.2f}", words))
        if day[:7] != shown and x >= free:
            shown, free = day[:7], x + MONTH_ROOM
            months.append((x, date.fromisoformat(day).strftime("%b")))
    weeks = ((last - first).days + lead) // 7 + 1
    return {
        "squares": squares,
        "months": months,
        "width": max(weeks * SIDE, 60),
        "height": 7 * SIDE + 14,
        "side": SIDE - 2,
    }
