"""How a finding is written and drawn: bold figures with interval and n, or a sentence that there is nothing to say."""

from __future__ import annotations

import math
from collections.abc import Callable
from html import escape

import pandas as pd
import plotly.express as px
import plotly.graph_objects as go

from smartmoney.formats import cents, decimal, percent, signed_cents, signed_percent, usd
from smartmoney.plotting import GRID, INK, SERIES
from smartmoney.research.sampling import Interval
from smartmoney.text import LINE, sanitize
from smartmoney.widgets import palette

LONGEST_NAME = 90
px.defaults.color_discrete_sequence = list(SERIES)
MARKDOWN = str.maketrans({sign: f"\\{sign}" for sign in r"\`*_{}[]<>()#+!|$~"})


class Text(str):
    """Markdown that a notebook shows as such."""

    def _repr_markdown_(self) -> str:
        return str(self)

    def __repr__(self) -> str:
        return str(self)


def say(*paragraphs: str) -> Text:
    """Paragraphs of Markdown; numbers in them come from `estimate` and `bold`, names from `quoted`. Empty ones are left out."""
    return Text("\n\n".join(part.strip() for part in paragraphs if part.strip()))


def bold(value: float | None, form: Callable[[float], str] = percent) -> str:
    """A number in bold; `no figure` where it is missing."""
    if value is None or pd.isna(value) or not math.isfinite(value):
        return "**no figure**"
    return f"**{_safe(form(value))}**"


def estimate(
    found: Interval, form: Callable[[float], str] = percent, what: str = "wallets", units: str = ""
) -> str:
    """An interval in words: **12.3 %** (90 %: 10.1 % to 14.2 %; n = 1,234 fills, 56 events).

    Args:
        found: the estimate.
        form: writes a number.
        what: what n counts.
        units: what the clusters are, where they are not the same.
    """
    if not found:
        return f"**no figure** (no {what})"
    count = f"n = {found.n:,} {what}" + (f", {found.clusters:,} {units}" if units else "")
    if not math.isfinite(found.low):
        return f"{bold(found.value, form)} ({count}: too few for an interval)"
    return f"{bold(found.value, form)} (90 %: {_safe(form(found.low))} to {_safe(form(found.high))}; {count})"


def quoted(text: str) -> str:
    """A name or a question chosen by a stranger, as plain text inside Markdown."""
    return escape(sanitize(str(text), LONGEST_NAME, LINE), quote=False).translate(MARKDOWN)


def _safe(text: str) -> str:
    return text.replace("$", "\\$")


def bounds(table: pd.DataFrame, value: str = "value") -> dict[str, pd.Series]:
    """Error bars for Plotly Express from the columns `value`, low and high."""
    return {
        "error_y": table["high"] - table[value],
        "error_y_minus": table[value] - table["low"],
    }


def diagonal(fig: go.Figure) -> go.Figure:
    """The figure with a dotted line from 0, 0 to 1, 1."""
    dots = {"dash": "dot", "color": palette.MUTED}
    return fig.add_shape(type="line", x0=0, y0=0, x1=1, y1=1, line=dots)


def figure(
    fig: go.Figure, title: str, x: str = "", y: str = "", height: int = 380, dark: bool = False
) -> go.Figure:
    """The figure in the notebooks' dress: a title that says what is seen, and named axes with units.

    `dark` is the dress of the pages.
    """
    ink, line = ("#E4E6EB", "#2A2F3A") if dark else (INK, GRID)
    clear = {"paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)"} if dark else {}
    fig.update_layout(
        title={"text": title, "x": 0, "xanchor": "left", "font": {"size": 16}},
        height=height,
        template="plotly_dark" if dark else "plotly_white",
        font={"color": ink, "size": 13},
        hovermode="closest",
        margin={"l": 60, "r": 20, "t": 56, "b": 50},
        **clear,
        legend={"title": {"text": ""}, "orientation": "h", "y": 1.06, "x": 1, "xanchor": "right"},
    )
    fig.update_xaxes(title_text=x, gridcolor=line, zerolinecolor=line)
    fig.update_yaxes(title_text=y, gridcolor=line, zerolinecolor="#9CA3AF")
    return fig


__all__ = [
    "Text",
    "bold",
    "bounds",
    "cents",
    "decimal",
    "diagonal",
    "estimate",
    "figure",
    "percent",
    "quoted",
    "say",
    "signed_cents",
    "signed_percent",
    "usd",
]
