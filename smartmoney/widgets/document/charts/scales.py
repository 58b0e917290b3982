"""Axes of a picture: where a value lies, and which marks stand beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from math import floor, log10
from typing import Any

DAY_S = 86_400
MARKS = 4
MOST_NAMES = 14
EDGE = 1e-6
Axis = Mapping[str, Any]


def number(value: Any) -> float | None:
    """A value of a linear or a time axis as a number, seconds for times; None for none."""
    if isinstance(value, str):
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            return None
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    if isinstance(value, (date, datetime)):
        return number(value.isoformat())
    return None if value is None else float(value)


@dataclass(frozen=True)
class Scale:
    """An axis.

    Attributes:
        low: the value at 0.
        high: the value at 1.
        names: the names of an axis of names, each a step wide; else none.
        axis: Plotly's description.
        log: are powers of ten equally far apart?
    """

    low: float
    high: float
    names: tuple[str, ...] = ()
    axis: Axis = field(default_factory=dict)

    def at(self, value: Any) -> float | None:
        """Where a value lies, from 0 to 1; the middle of its step for a name."""
        if self.names:
            return (self.names.index(str(value)) + 0.5) / len(self.names)
        found = number(value)
        return None if found is None else (found - self.low) / (self.high - self.low)

    @property
    def step(self) -> float:
        """How wide a name is."""
        return 1 / len(self.names) if self.names else 0.0

    def marks(self) -> list[tuple[float, str]]:
        """Places of the marks and what stands there; those beyond the ends are left out."""
        return [(at, words) for at, words in self._marks() if -EDGE <= at <= 1 + EDGE]

    def _marks(self) -> list[tuple[float, str]]:
        if self.axis.get("showticklabels") is False:
            return []
        if "tickvals" in self.axis:
            pairs = zip(self.axis["tickvals"], self.axis["ticktext"], strict=True)
            return [
                (place, str(words))
                for value, words in pairs
                if (place := self.at(value)) is not None
            ]
        if self.names:
            every = -(-len(self.names) // MOST_NAMES)
            return [
                ((at + 0.5) * self.step, name)
                for at, name in enumerate(self.names)
                if at % every == 0
            ]
        if self.axis.get("type") == "date":
            return self._moments()
        return [
            (place, written(value, self.axis))
            for value in self._round()
            if (place := self.at(value)) is not None
        ]

    def _moments(self) -> list[tuple[float, str]]:
        span = self.high - self.low
        form = "%b %Y" if span > 200 * DAY_S else "%-d %b" if span > 3 * DAY_S else "%-d %b %H:%M"
        places = [0.0, 0.25, 0.5, 0.75, 1.0]
        return [
            (
                place,
                (datetime.fromtimestamp(self.low, UTC) + timedelta(seconds=place * span)).strftime(
                    form
                ),
            )
            for place in places
        ]

    def _round(self) -> list[float]:
        wanted = int(self.axis.get("nticks", MARKS))
        rough = (self.high - self.low) / max(wanted, 1)
        size = 10.0 ** floor(log10(rough))
        step = next((size * part for part in (1, 2, 2.5, 5, 10) if size * part >= rough), size * 10)
        first = -floor(-self.low / step)
        count = floor(self.high / step + 1e-9) - first + 1
        return [(first + at) * step for at in range(count)]


def written(value: float, axis: Axis) -> str:
    """A value as the axis writes it."""
    form = axis.get("tickformat", "")
    sign = "−" if value < 0 and abs(value) > 1e-12 else ""
    size = abs(value)
    if form.endswith("%"):
        words = f"{100 * size:.0f}%"
    elif "s" in form and size >= 1_000:
        unit, per = ("M", 1e6) if size >= 1e6 else ("k", 1e3)
        words = f"{size / per:.3g}{unit}"
    else:
        words = f"{size:.3g}" if size < 1_000 else f"{size:,.0f}"
    return f"{sign}{axis.get('tickprefix', '')}{words}{axis.get('ticksuffix', '')}"


def scale(axis: Axis, values: Sequence[Any], *, zero: bool = False, room: float = 0.0) -> Scale:
    """The scale of an axis for these values.

    Args:
        axis: Plotly's description.
        values: all values that lie on it.
        zero: must zero be on it?
        room: the share of the span that stays free at both ends.
    """
    if axis.get("type") == "category":
        return Scale(0, 1, tuple(dict.fromkeys(str(value) for value in values)), axis)
    if "range" in axis:
        low, high = (number(end) for end in axis["range"])
        return Scale(low or 0.0, high or 1.0, (), axis)
    found = [one for value in values if (one := number(value)) is not None]
    if zero or axis.get("rangemode") == "tozero":
        found.append(0.0)
    low, high = min(found, default=0.0), max(found, default=1.0)
    if low == high:
        low, high = low - (abs(low) or 1.0) / 2, high + (abs(high) or 1.0) / 2
    free = room * (high - low)
    return Scale(low - free if low else low, high + free if high else high, (), axis)
