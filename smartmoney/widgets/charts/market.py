"""A market's curves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from smartmoney.store.reads import FLOW_SPANS, TIERS, Row
from smartmoney.widgets import palette
from smartmoney.widgets.formats import usd
from smartmoney.widgets.safe import plain


def price_and_flow(prices: Sequence[Row], flow: Sequence[Row]) -> dict[str, Any]:
    """Price of the first outcome; beneath it the net USD of smart wallets per bucket."""
    if len(prices) < 2 and not flow:
        return {}
    net = [float(row["net"]) for row in flow]
    data: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": [row["ts"].isoformat() for row in prices],
            "y": [round(float(row["price"]) * 100, 2) for row in prices],
            "line": {"color": palette.ACCENT, "width": 2, "shape": "hv"},
            "hovertemplate": "%{y:.1f}¢<extra>price</extra>",
        },
        {
            "type": "bar",
            "x": [row["bucket"].isoformat() for row in flow],
            "y": net,
            "yaxis": "y2",
            "marker": {"color": [palette.signed(value) for value in net]},
            "hovertemplate": "$%{y:,.0f}<extra>net smart flow</extra>",
        },
    ]
    return {
        "data": data,
        "layout": {
            "showlegend": False,
            "hovermode": "x unified",
            "xaxis": {"type": "date", "showgrid": False, "anchor": "y2"},
            "bargap": 0.15,
            "yaxis": {"domain": [0.36, 1], "ticksuffix": "¢", "title": {"text": "price"}},
            "yaxis2": {
                "domain": [0, 0.28],
                "tickprefix": "$",
                "tickformat": "~s",
                "nticks": 4,
                "title": {"text": "flow"},
            },
        },
    }


def flow_by_tier(flow: Sequence[Row], per: Literal["hour", "day"], now: datetime) -> dict[str, Any]:
    """Net USD bought per hour or day up to now, stacked by tier; above zero is towards YES."""
    if not flow:
        return {}
    step = timedelta(**{f"{per}s": 1})
    tiers = [tier for tier in TIERS if any(row["tier"] == tier for row in flow)]
    data = [
        {
            "type": "bar",
            "name": tier,
            "x": [row["bucket"].isoformat() for row in flow if row["tier"] == tier],
            "y": [round(float(row["net"]), 2) for row in flow if row["tier"] == tier],
            "customdata": [round(float(row["gross"]), 2) for row in flow if row["tier"] == tier],
            "marker": {"color": palette.TIERS[tier]},
            "width": 0.85 * step.total_seconds() * 1_000,
            "offset": 0,
            "hovertemplate": "%{x|%d %b %H:%M}: $%{y:,.0f} net of $%{customdata:,.0f} traded<extra>tier "
            + tier
            + "</extra>",
        }
        for tier in tiers
    ]
    return {
        "data": data,
        "layout": {
            "barmode": "relative",
            "xaxis": {
                "type": "date",
                "showgrid": False,
                "range": [(now - FLOW_SPANS[per] - step).isoformat(), (now + step).isoformat()],
            },
            "yaxis": {"tickprefix": "$", "tickformat": "~s", "nticks": 5},
            "showlegend": len(tiers) > 1,
        },
    }


def holders(sides: Sequence[Row], names: Sequence[str]) -> dict[str, Any]:
    """Mirrored bars: USD held per tier, the first outcome to the right, the others to the left."""
    rows = [row for row in sides if row["value"] is not None]
    if not rows:
        return {}
    tiers = [tier for tier in (*TIERS, "none") if any(row["tier"] == tier for row in rows)][::-1]
    first, rest = (plain(name) for name in (*names, "first", "others")[:2])
    data: list[dict[str, Any]] = []
    for side, name, sign, colour in (
        (True, first, 1, palette.GAIN),
        (False, rest, -1, palette.LOSS),
    ):
        held = {
            tier: [
                row for row in rows if row["tier"] == tier and (row["outcome_index"] == 0) is side
            ]
            for tier in tiers
        }
        values = [float(sum(row["value"] for row in held[tier])) for tier in tiers]
        data.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": name,
                "y": tiers,
                "x": [sign * value for value in values],
                "customdata": [
                    [values[place], sum(row["holders"] for row in held[tier])]
                    for place, tier in enumerate(tiers)
                ],
                "marker": {"color": colour},
                "hovertemplate": "tier %{y}: $%{customdata[0]:,.0f}, %{customdata[1]} wallets"
                "<extra>%{fullData.name}</extra>",
            }
        )
    return {
        "data": data,
        "layout": {
            "barmode": "relative",
            "bargap": 0.35,
            "yaxis": {"type": "category", "showgrid": False},
            "xaxis": _both_ways([abs(value) for bar in data for value in bar["x"]]),
        },
    }


def _both_ways(sizes: Sequence[float]) -> dict[str, Any]:
    """An axis of USD that counts up to both sides of zero."""
    step = max(sizes, default=0) / 2 or 1.0
    marks = [-2 * step, -step, 0.0, step, 2 * step]
    return {"tickvals": marks, "ticktext": [usd(abs(mark)) for mark in marks]}


def lean(history: Sequence[Row]) -> dict[str, Any]:
    """Smart lean over time with its 90 % interval, from -1 (all NO) to 1 (all YES)."""
    rows = [row for row in history if row["smart_lean"] is not None]
    if len(rows) < 2:
        return {}
    when = [row["computed_at"].isoformat() for row in rows]
    edge = {
        "type": "scatter",
        "mode": "lines",
        "x": when,
        "line": {"width": 0},
        "hoverinfo": "skip",
    }
    return {
        "data": [
            {**edge, "y": [row["lean_hi"] for row in rows]},
            {
                **edge,
                "y": [row["lean_lo"] for row in rows],
                "fill": "tonexty",
                "fillcolor": palette.see_through(palette.ACCENT, 0.18),
            },
            {
                "type": "scatter",
                "mode": "lines",
                "x": when,
                "y": [row["smart_lean"] for row in rows],
                "line": {"color": palette.ACCENT, "width": 2},
                "customdata": [row["smart_count"] for row in rows],
                "hovertemplate": "%{x|%d %b %H:%M}: %{y:+.2f}, %{customdata} wallets<extra></extra>",
            },
        ],
        "layout": {
            "showlegend": False,
            "xaxis": {"type": "date", "showgrid": False},
            "yaxis": {"range": [-1.05, 1.05], "nticks": 5},
        },
    }
