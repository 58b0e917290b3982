"""What a still picture is drawn on: shapes across in percent and down in pixels, and colours that both themes know."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from smartmoney.widgets import palette
from smartmoney.widgets.document.charts.scales import Scale

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
