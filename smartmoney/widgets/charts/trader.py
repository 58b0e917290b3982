"""A trader's curves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from smartmoney.store.reads import Row
from smartmoney.widgets import palette
from smartmoney.widgets.safe import plain

POINTS = 500


def thinned(rows: Sequence[Row], points: int = POINTS) -> list[Row]:
    """Every so-many-th row, at most `points`, the first and the last kept."""
    if len(rows) <= points:
        return list(rows)
    step = (len(rows) - 1) / (points - 1)
    return [rows[round(index * step)] for index in range(points)]


def drawdown(totals: Sequence[float]) -> list[float]:
    """At each point how far the curve is below its highest so far (0 at the start), as a number <= 0."""
    highest, falls = 0.0, []
    for total in totals:
        highest = max(highest, total)
        falls.append(total - highest)
    return falls


def equity(days: Sequence[Row]) -> dict[str, Any]:
    """Total PnL at the end of each day, with the fall from its highest beneath."""
    if len(days) < 2:
        return {}
    totals = [float(row["total_pnl"]) for row in days]
    rows = thinned(
        [
            {"day": row["day"], "total": total, "fall": fall}
            for row, total, fall in zip(days, totals, drawdown(totals), strict=True)
        ]
    )
    when = [row["day"].isoformat() for row in rows]
    colour = palette.signed(totals[-1])
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "lines",
                "name": "total PnL",
                "x": when,
                "y": [round(row["total"], 2) for row in rows],
                "line": {"color": colour, "width": 2},
                "fill": "tozeroy",
                "fillcolor": palette.see_through(colour, 0.10),
                "hovertemplate": "%{x|%d %b %Y}: $%{y:,.0f}<extra></extra>",
            },
            {
                "type": "scatter",
                "mode": "lines",
                "name": "drawdown",
                "x": when,
                "y": [round(row["fall"], 2) for row in rows],
                "yaxis": "y2",
                "line": {"color": palette.LOSS, "width": 1},
                "fill": "tozeroy",
                "fillcolor": palette.see_through(palette.LOSS, 0.18),
                "hovertemplate": "−$%{customdata:,.0f}<extra>drawdown</extra>",
                "customdata": [round(-row["fall"], 2) for row in rows],
            },
        ],
        "layout": {
            "showlegend": False,
            "hovermode": "x unified",
            "xaxis": {"type": "date", "showgrid": False, "anchor": "y2"},
            "yaxis": {"domain": [0.32, 1], "tickprefix": "$", "tickformat": "~s"},
            "yaxis2": {"domain": [0, 0.24], "tickprefix": "$", "tickformat": "~s", "nticks": 3},
        },
    }


def by_category(rows: Sequence[Row]) -> dict[str, Any]:
    """PnL per category, the largest on top."""
    if not rows:
        return {}
    shown = list(reversed(rows[:10]))
    values = [float(row["pnl"]) for row in shown]
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "x": values,
                "y": [plain(row["category"]) for row in shown],
                "marker": {"color": [palette.signed(value) for value in values]},
                "customdata": [[row["events"], row["won"], row["decided"]] for row in shown],
                "hovertemplate": "%{y}: $%{x:,.0f}<br>%{customdata[0]} events, "
                "%{customdata[1]} of %{customdata[2]} won"
                "<extra></extra>",
            }
        ],
        "layout": {
            "xaxis": {"tickprefix": "$", "tickformat": "~s"},
            "yaxis": {"type": "category", "showgrid": False},
            "bargap": 0.4,
        },
    }


def calibration(rows: Sequence[Row]) -> dict[str, Any]:
    """Price paid against the share won, by tenth of the price; above the diagonal is better than paid."""
    if not rows:
        return {}
    most = max(row["events"] for row in rows)
    points = {
        "type": "scatter",
        "mode": "markers",
        "x": [round(row["paid"], 4) for row in rows],
        "y": [round(row["won"], 4) for row in rows],
        "customdata": [row["events"] for row in rows],
        "marker": {
            "size": [8 + 22 * (row["events"] / most) ** 0.5 for row in rows],
            "opacity": 0.85,
            "color": [palette.GAIN if row["won"] >= row["paid"] else palette.LOSS for row in rows],
        },
        "hovertemplate": "paid %{x:.0%}, won %{y:.0%}, n=%{customdata}<extra></extra>",
    }
    diagonal = {
        "type": "scatter",
        "mode": "lines",
        "x": [0, 1],
        "y": [0, 1],
        "hoverinfo": "skip",
        "line": {"color": palette.MUTED, "dash": "dot", "width": 1},
    }
    axis = {"range": [-0.03, 1.03], "tickformat": ".0%"}
    return {
        "data": [diagonal, points],
        "layout": {
            "showlegend": False,
            "xaxis": {**axis, "title": {"text": "price paid"}},
            "yaxis": {**axis, "title": {"text": "share won"}},
        },
    }


def score_history(rows: Sequence[Row]) -> dict[str, Any]:
    """rarityScore over time, coloured by the tier of the moment, with the skill edge's interval beneath."""
    scored = [row for row in thinned(rows) if row["rarity_score"] is not None]
    if len(scored) < 2:
        return {}
    score = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [row["as_of"].isoformat() for row in scored],
        "y": [row["rarity_score"] for row in scored],
        "text": [row["tier"] for row in scored],
        "line": {"color": palette.MUTED, "width": 1, "shape": "hv"},
        "marker": {
            "size": 9,
            "color": [palette.TIERS.get(row["tier"], palette.MUTED) for row in scored],
        },
        "hovertemplate": "%{x|%d %b %Y %H:%M}: %{y:,} (tier %{text})<extra></extra>",
    }
    return {
        "data": [score, *_edge(scored)],
        "layout": {
            "showlegend": False,
            "xaxis": {"type": "date", "showgrid": False, "anchor": "y2"},
            "yaxis": {
                "domain": [0.45, 1],
                "range": [0, 103_000],
                "title": {"text": "rarityScore"},
                "tickformat": "~s",
            },
            "yaxis2": {"domain": [0, 0.36], "title": {"text": "edge, pp"}, "nticks": 4},
        },
    }


def _edge(rows: Sequence[Row]) -> list[dict[str, Any]]:
    known = [row for row in rows if row["skill_edge"] is not None and row["skill_lo"] is not None]
    line = {
        "type": "scatter",
        "mode": "lines",
        "x": [row["as_of"].isoformat() for row in known],
        "yaxis": "y2",
    }
    band = {**line, "line": {"width": 0}, "hoverinfo": "skip"}
    return [
        {**band, "y": [row["skill_hi"] for row in known]},
        {
            **band,
            "y": [row["skill_lo"] for row in known],
            "fill": "tonexty",
            "fillcolor": palette.see_through(palette.ACCENT, 0.2),
        },
        {
            **line,
            "y": [row["skill_edge"] for row in known],
            "line": {"color": palette.ACCENT, "width": 2},
            "hovertemplate": "edge %{y:+.1f} pp<extra></extra>",
        },
    ]
