"""A trader's curves."""

from __future__ import annotations

from collections.abc import Sequence

from smartmoney.store.reads import Row
from smartmoney.widgets import palette
from smartmoney.widgets.figures import (
    Figure,
    Trace,
    band,
    dates,
    diagonal,
    dollars,
    figure,
    filled,
    label,
    line,
    lying,
    shares,
    sizes,
    titled,
    words,
)

POINTS = 500
MOST_CATEGORIES = 10


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


def equity(days: Sequence[Row]) -> Figure:
    """Total PnL at the end of each day, with the fall from its highest beneath."""
    if len(days) < 2:
        return {}
    totals = [float(row["total_pnl"]) for row in days]
    falls = zip(days, totals, drawdown(totals), strict=True)
    rows = thinned(
        [{"day": row["day"], "total": total, "fall": fall} for row, total, fall in falls]
    )
    when = [row["day"].isoformat() for row in rows]
    total = filled(
        when,
        [round(row["total"], 2) for row in rows],
        palette.signed(totals[-1]),
        alpha=0.10,
        name="total PnL",
        hovertemplate="%{x|%d %b %Y}: $%{y:,.0f}<extra></extra>",
    )
    fall = filled(
        when,
        [round(row["fall"], 2) for row in rows],
        palette.LOSS,
        alpha=0.18,
        width=1,
        name="drawdown",
        yaxis="y2",
        customdata=[round(-row["fall"], 2) for row in rows],
        hovertemplate="−$%{customdata:,.0f}<extra>drawdown</extra>",
    )
    return figure(
        [total, fall],
        showlegend=False,
        hovermode="x unified",
        xaxis=dates(anchor="y2"),
        yaxis=dollars(domain=[0.32, 1]),
        yaxis2=dollars(domain=[0, 0.24], nticks=3),
    )


def by_category(rows: Sequence[Row]) -> Figure:
    """PnL per category, the largest on top."""
    if not rows:
        return {}
    shown = list(reversed(rows[:MOST_CATEGORIES]))
    hover = "%{y}: $%{x:,.0f}<br>%{customdata[0]} events, %{customdata[1]} of %{customdata[2]} won"
    bar = lying(
        [float(row["pnl"]) for row in shown],
        [label(row["category"]) for row in shown],
        customdata=[[row["events"], row["won"], row["decided"]] for row in shown],
        hovertemplate=hover + "<extra></extra>",
    )
    return figure([bar], xaxis=dollars(), yaxis=words(), bargap=0.4)


def calibration(rows: Sequence[Row]) -> Figure:
    """Price paid against the share won, by tenth of the price; above the diagonal is better than paid."""
    if not rows:
        return {}
    events = [row["events"] for row in rows]
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": [round(row["paid"], 4) for row in rows],
        "y": [round(row["won"], 4) for row in rows],
        "customdata": events,
        "marker": {
            "size": sizes(events, least=8, more=22),
            "opacity": 0.85,
            "color": [palette.signed(row["won"] - row["paid"]) for row in rows],
        },
        "hovertemplate": "paid %{x:.0%}, won %{y:.0%}, n=%{customdata}<extra></extra>",
    }
    axes = {"xaxis": shares("price paid"), "yaxis": shares("share won")}
    return figure([diagonal(), dots], showlegend=False, **axes)


def score_history(rows: Sequence[Row]) -> Figure:
    """rarityScore over time, coloured by the tier of the moment, with the skill edge's interval beneath."""
    scored = [row for row in thinned(rows) if row["rarity_score"] is not None]
    if len(scored) < 2:
        return {}
    colours = [palette.TIERS.get(row["tier"], palette.MUTED) for row in scored]
    score = line(
        [row["as_of"].isoformat() for row in scored],
        [row["rarity_score"] for row in scored],
        palette.MUTED,
        width=1,
        shape="hv",
        mode="lines+markers",
        text=[row["tier"] for row in scored],
        marker={"size": 9, "color": colours},
        hovertemplate="%{x|%d %b %Y %H:%M}: %{y:,} (tier %{text})<extra></extra>",
    )
    ranks = {
        "domain": [0.45, 1],
        "range": [0, 103_000],
        "tickformat": "~s",
        **titled("rarityScore"),
    }
    return figure(
        [score, *_edge(scored)],
        showlegend=False,
        xaxis=dates(anchor="y2"),
        yaxis=ranks,
        yaxis2={"domain": [0, 0.36], "nticks": 4, **titled("edge, pp")},
    )


def _edge(rows: Sequence[Row]) -> list[Trace]:
    known = [row for row in rows if row["skill_edge"] is not None and row["skill_lo"] is not None]
    when = [row["as_of"].isoformat() for row in known]
    low, edge, high = (
        [row[name] for row in known] for name in ("skill_lo", "skill_edge", "skill_hi")
    )
    hover = "edge %{y:+.1f} pp<extra></extra>"
    middle = line(when, edge, palette.ACCENT, yaxis="y2", hovertemplate=hover)
    return [*band(when, low, high, alpha=0.2, yaxis="y2"), middle]
