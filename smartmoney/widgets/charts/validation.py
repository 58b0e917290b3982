"""Does the score rank what comes next? Pictures of a stored validation (scoring.md, section 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from smartmoney.store.reads import TIERS, Row
from smartmoney.widgets import palette

BAND = 1.645  # half-width of a 90 % band in deviations


def _day(as_of: Any) -> str:
    if isinstance(as_of, (int, float)):
        return datetime.fromtimestamp(as_of, UTC).date().isoformat()
    return str(as_of)[:10]


def ic_by_month(
    rows: Sequence[Row], summary: Mapping[str, Any], factor: str = "rarity_score"
) -> dict[str, Any]:
    """Rank IC per cut-off, with the band in which its mean would lie by luck (90 %, from its own spread)."""
    known = [row for row in rows if row.get(factor) is not None]
    if len(known) < 2:
        return {}
    when = [_day(row.get("as_of")) for row in known]
    values = [float(row[factor]) for row in known]
    data: list[dict[str, Any]] = [
        {
            "type": "bar",
            "x": when,
            "y": values,
            "marker": {"color": [palette.signed(value) for value in values]},
            "hovertemplate": "%{x}: IC %{y:.3f}<extra></extra>",
        }
    ]
    shapes = []
    mean, t = summary.get("IC Mean"), summary.get("t-stat(IC)")
    if mean is not None and t:
        reach = BAND * abs(mean / t)
        shapes.append(
            {
                "type": "rect",
                "xref": "paper",
                "x0": 0,
                "x1": 1,
                "y0": -reach,
                "y1": reach,
                "line": {"width": 0},
                "fillcolor": palette.see_through(palette.MUTED, 0.18),
                "layer": "below",
            }
        )
        shapes.append(
            {
                "type": "line",
                "xref": "paper",
                "x0": 0,
                "x1": 1,
                "y0": mean,
                "y1": mean,
                "line": {"color": palette.ACCENT, "width": 2, "dash": "dash"},
            }
        )
    return {
        "data": data,
        "layout": {
            "shapes": shapes,
            "xaxis": {"type": "category", "showgrid": False},
            "yaxis": {"title": {"text": "rank IC"}},
        },
    }


def deciles(rows: Sequence[Row]) -> dict[str, Any]:
    """Edge of what came next by decile of the score, with 90 % bars."""
    known = [row for row in rows if row.get("mean") is not None]
    if not known:
        return {}
    values = [25 * float(row["mean"]) for row in known]
    errors = [
        25 * BAND * float(row["std_err"]) if row.get("std_err") is not None else 0 for row in known
    ]
    return {
        "data": [
            {
                "type": "bar",
                "x": [str(row.get("factor_quantile")) for row in known],
                "y": values,
                "marker": {"color": [palette.signed(value) for value in values]},
                "error_y": {
                    "type": "data",
                    "array": errors,
                    "color": palette.MUTED,
                    "thickness": 1.2,
                    "width": 3,
                },
                "customdata": [row.get("count") for row in known],
                "hovertemplate": "decile %{x}: %{y:+.1f} pp, n=%{customdata}<extra></extra>",
            }
        ],
        "layout": {
            "xaxis": {
                "type": "category",
                "showgrid": False,
                "title": {"text": "decile of the score, 10 is the highest"},
            },
            "yaxis": {"title": {"text": "edge afterwards, pp"}},
        },
    }


def transitions(rows: Sequence[Row]) -> dict[str, Any]:
    """Tier at a cut-off against the tier at the next, as shares of the row."""
    by_tier = {row.get("tier"): row for row in rows}
    shown = [
        tier
        for tier in TIERS
        if tier in by_tier and any(by_tier[tier].get(to) is not None for to in TIERS)
    ][::-1]
    if not shown:
        return {}
    values = [[by_tier[tier].get(to) for to in TIERS] for tier in shown]
    words = [["" if value is None else f"{100 * value:.0f} %" for value in row] for row in values]
    return {
        "data": [
            {
                "type": "heatmap",
                "x": list(TIERS),
                "y": shown,
                "z": values,
                "text": words,
                "texttemplate": "%{text}",
                "showscale": False,
                "zmin": 0,
                "zmax": 1,
                "colorscale": [[0, "rgba(122,162,247,0.04)"], [1, "rgba(122,162,247,0.45)"]],
                "xgap": 2,
                "ygap": 2,
                "hovertemplate": "%{y} to %{x}: %{text}<extra></extra>",
            }
        ],
        "layout": {
            "xaxis": {
                "type": "category",
                "title": {"text": "tier at the next cut-off"},
                "showgrid": False,
            },
            "yaxis": {"type": "category", "title": {"text": "tier"}, "showgrid": False},
        },
    }


def reliability(rows: Sequence[Row]) -> dict[str, Any]:
    """skillProb as it was said against how often the next edge cleared its costs."""
    known = [
        row for row in rows if row.get("observed") is not None and row.get("predicted") is not None
    ]
    if not known:
        return {}
    most = max(row.get("count") or 1 for row in known)
    diagonal = {
        "type": "scatter",
        "mode": "lines",
        "x": [0, 1],
        "y": [0, 1],
        "hoverinfo": "skip",
        "line": {"color": palette.MUTED, "dash": "dot", "width": 1},
    }
    points = {
        "type": "scatter",
        "mode": "markers+lines",
        "x": [row["predicted"] for row in known],
        "y": [row["observed"] for row in known],
        "customdata": [row.get("count") for row in known],
        "line": {"color": palette.see_through(palette.ACCENT, 0.4)},
        "marker": {
            "color": palette.ACCENT,
            "size": [7 + 16 * ((row.get("count") or 1) / most) ** 0.5 for row in known],
        },
        "hovertemplate": "said %{x:.0%}, came %{y:.0%}, n=%{customdata}<extra></extra>",
    }
    axis = {"range": [-0.03, 1.03], "tickformat": ".0%"}
    return {
        "data": [diagonal, points],
        "layout": {
            "showlegend": False,
            "xaxis": {**axis, "title": {"text": "P(skill) said"}},
            "yaxis": {**axis, "title": {"text": "edge came"}},
        },
    }


def lean_calibration(rows: Sequence[Row]) -> dict[str, Any]:
    """What markets paid beyond their price of a day before, by how far smart money leaned; 90 % over events."""
    known = [row for row in rows if row.get("over") is not None]
    if not known:
        return {}
    values = [100 * float(row["over"]) for row in known]

    def reach(row: Row, edge: str) -> float:
        return (
            100 * abs(float(row[edge]) - float(row["over"])) if row.get(edge) is not None else 0.0
        )

    return {
        "data": [
            {
                "type": "bar",
                "x": [
                    f"{row['low']:+.1f} to {row['high']:+.1f}".replace("-", "−") for row in known
                ],
                "y": values,
                "marker": {"color": [palette.signed(value) for value in values]},
                "error_y": {
                    "type": "data",
                    "symmetric": False,
                    "array": [reach(row, "over_high") for row in known],
                    "arrayminus": [reach(row, "over_low") for row in known],
                    "color": palette.MUTED,
                    "thickness": 1.2,
                    "width": 3,
                },
                "customdata": [[row["markets"], row["events"]] for row in known],
                "hovertemplate": "lean %{x}: %{y:+.1f}¢ beyond the price, %{customdata[0]} markets of "
                "%{customdata[1]} events<extra></extra>",
            }
        ],
        "layout": {
            "xaxis": {
                "type": "category",
                "showgrid": False,
                "title": {"text": "lean a day before, −1 all NO to 1 all YES"},
            },
            "yaxis": {"ticksuffix": "¢", "title": {"text": "paid beyond the price"}},
        },
    }
