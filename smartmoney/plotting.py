"""Plots in the product's dress: `frame.plot()` draws with Plotly, and so does `plotly.express`, in our colours.

`smartmoney.frames` installs it, unless another backend or template was chosen.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly
import plotly.io

INK, GRID = "#1F2937", "#E5E7EB"
SERIES = ("#2563EB", "#D97706", "#0D9488", "#9333EA", "#DC2626", "#8B95A5")
"""Colours of series on white, in order; told apart by people who do not see red and green alike."""
TEMPLATE = "smartmoney"


AXIS = {"gridcolor": GRID, "linecolor": GRID, "zerolinecolor": "#9CA3AF", "automargin": True}
LAYOUT = {
    "colorway": SERIES,
    "font": {"color": INK, "size": 13},
    "paper_bgcolor": "white",
    "plot_bgcolor": "white",
    "xaxis": AXIS,
    "yaxis": AXIS,
    "legend": {"title": {"text": ""}, "orientation": "h", "y": 1.06, "x": 1, "xanchor": "right"},
    "title": {"x": 0, "xanchor": "left", "font": {"size": 16}},
    "margin": {"l": 60, "r": 20, "t": 56, "b": 50},
}


def install() -> None:
    """Make this pandas' plotting backend and Plotly's template, where nobody chose others."""
    if pd.get_option("plotting.backend") == "matplotlib":
        pd.set_option("plotting.backend", __name__)
    if TEMPLATE not in plotly.io.templates:
        plotly.io.templates[TEMPLATE] = {"layout": LAYOUT}
    if plotly.io.templates.default == "plotly":
        plotly.io.templates.default = TEMPLATE


def plot(data: pd.DataFrame | pd.Series, kind: str, **options: Any) -> Any:
    """What pandas calls for `.plot(kind=…)`: a Plotly figure.

    Args:
        data: the frame or series.
        kind: line, bar, barh, hist, box, scatter, area.
        options: of `plotly.express`.
    """
    return plotly.plot(data, kind, **options)
