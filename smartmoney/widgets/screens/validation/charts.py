"""Does the score rank what comes next? Pictures of a stored validation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from smartmoney import formats
from smartmoney.store.reads import TIERS, Row
from smartmoney.widgets import palette
from smartmoney.widgets.figures import (
    DEVIATIONS_90,
    Figure,
    bars,
    diagonal,
    figure,
    line,
    shares,
    sizes,
    titled,
    whiskers,
    words,
)

POINTS_PER_UNIT = 25
"""Percentage points at a price of 50 cents for one unit of log-odds."""


def _day(as_of: Any) -> str:
    if isinstance(as_of, (int, float)):
        return datetime.fromtimestamp(as_of, UTC).date().isoformat()
    return str(as_of)[:10]


def ic_by_month(
    rows: Sequence[Row], summary: Mapping[str, Any], factor: str = "rarity_score"
) -> Figure:
    """Rank IC per cut-off, with the band in which its mean would lie by luck (90 %, from its own spread)."""
    known = [row for row in rows if row.get(factor) is not None]
    if len(known) < 2:
        return {}
    when = [_day(row.get("as_of")) for row in known]
    values = [float(row[factor]) for row in known]
    monthly = bars(when, values, hovertemplate="%{x}: IC %{y:.3f}<extra></extra>")
    shapes = _luck(summary.get("IC Mean"), summary.get("t-stat(IC)"))
    return figure([monthly], shapes=shapes, xaxis=words(), yaxis=titled("rank IC"))


def _luck(mean: float | None, t: float | None) -> list[dict[str, Any]]:
    if mean is None or not t:
        return []
    reach = DEVIATIONS_90 * abs(mean / t)
    across = {"xref": "paper", "x0": 0, "x1": 1}
    grey = palette.see_through(palette.MUTED, 0.18)
    ground = {"type": "rect", "y0": -reach, "y1": reach, "line": {"width": 0}, "fillcolor": grey}
    dashes = {"color": palette.ACCENT, "width": 2, "dash": "dash"}
    return [
        {**across, **ground, "layer": "below"},
        {**across, "type": "line", "y0": mean, "y1": mean, "line": dashes},
    ]


def deciles(rows: Sequence[Row]) -> Figure:
    """Edge of what came next by decile of the score, with 90 % bars."""
    known = [row for row in rows if row.get("mean") is not None]
    if not known:
        return {}
    reach = [POINTS_PER_UNIT * DEVIATIONS_90 * float(row.get("std_err") or 0) for row in known]
    edges = bars(
        [str(row.get("factor_quantile")) for row in known],
        [POINTS_PER_UNIT * float(row["mean"]) for row in known],
        error_y=whiskers(reach),
        customdata=[row.get("count") for row in known],
        hovertemplate="decile %{x}: %{y:+.1f} pp, n=%{customdata}<extra></extra>",
    )
    names = words("decile of the score, 10 is the highest")
    return figure([edges], xaxis=names, yaxis=titled("edge afterwards, pp"))


def transitions(rows: Sequence[Row]) -> Figure:
    """Tier at a cut-off against the tier at the next, as shares of the row."""
    known = {row.get("tier"): [row.get(to) for to in TIERS] for row in rows}
    shown = [
        tier for tier in reversed(TIERS) if any(one is not None for one in known.get(tier, ()))
    ]
    if not shown:
        return {}
    values = [known[tier] for tier in shown]
    heat = {
        "type": "heatmap",
        "x": list(TIERS),
        "y": shown,
        "z": values,
        "text": [[_percent(value) for value in row] for row in values],
        "texttemplate": "%{text}",
        "showscale": False,
        "zmin": 0,
        "zmax": 1,
        "colorscale": [
            [0, palette.see_through(palette.ACCENT, 0.04)],
            [1, palette.see_through(palette.ACCENT, 0.45)],
        ],
        "xgap": 2,
        "ygap": 2,
        "hovertemplate": "%{y} to %{x}: %{text}<extra></extra>",
    }
    return figure([heat], xaxis=words("tier at the next cut-off"), yaxis=words("tier"))


def _percent(value: float | None) -> str:
    return "" if value is None else formats.percent(value, 0)


def reliability(rows: Sequence[Row]) -> Figure:
    """P(skill) as it was stated against how often the next edge cleared its costs."""
    known = [
        row for row in rows if row.get("observed") is not None and row.get("predicted") is not None
    ]
    if not known:
        return {}
    counts = [row.get("count") or 1 for row in known]
    dots = line(
        [row["predicted"] for row in known],
        [row["observed"] for row in known],
        palette.see_through(palette.ACCENT, 0.4),
        mode="markers+lines",
        customdata=[row.get("count") for row in known],
        marker={"color": palette.ACCENT, "size": sizes(counts, least=7, more=16)},
        hovertemplate="stated %{x:.0%}, came %{y:.0%}, n=%{customdata}<extra></extra>",
    )
    axes = {"xaxis": shares("P(skill) stated"), "yaxis": shares("edge came")}
    return figure([diagonal(), dots], showlegend=False, **axes)


def lean_calibration(rows: Sequence[Row]) -> Figure:
    """What markets paid beyond their price of a day before, by how far smart money leaned; 90 % over events."""
    known = [row for row in rows if row.get("over") is not None]
    if not known:
        return {}

    def reach(row: Row, edge: str) -> float:
        bound = row.get(edge)
        return 0.0 if bound is None else 100 * abs(float(bound) - float(row["over"]))

    hover = "lean %{x}: %{y:+.1f}¢ beyond the price, %{customdata[0]} markets of %{customdata[1]} events"
    paid = bars(
        [f"{formats.signed(row['low'], 1)} to {formats.signed(row['high'], 1)}" for row in known],
        [100 * float(row["over"]) for row in known],
        error_y=whiskers(
            [reach(row, "over_high") for row in known], [reach(row, "over_low") for row in known]
        ),
        customdata=[[row["markets"], row["events"]] for row in known],
        hovertemplate=f"{hover}<extra></extra>",
    )
    names = words("lean a day before, −1 all NO to 1 all YES")
    return figure([paid], xaxis=names, yaxis={"ticksuffix": "¢", **titled("paid beyond the price")})
