"""A market's curves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from smartmoney.formats import usd
from smartmoney.store.reads import FLOW_SPANS, TIERS, Row
from smartmoney.widgets import palette
from smartmoney.widgets.figures import (
    Figure,
    Trace,
    band,
    bars,
    dates,
    dollars,
    figure,
    label,
    line,
    lying,
    titled,
    words,
)

NO_TIER = "none"


def price_and_flow(prices: Sequence[Row], flow: Sequence[Row]) -> Figure:
    """Price of the first outcome; beneath it the net USD of smart wallets per bucket."""
    if len(prices) < 2 and not flow:
        return {}
    price = line(
        [row["ts"].isoformat() for row in prices],
        [round(float(row["price"]) * 100, 2) for row in prices],
        palette.ACCENT,
        shape="hv",
        hovertemplate="%{y:.1f}¢<extra>price</extra>",
    )
    net = bars(
        [row["bucket"].isoformat() for row in flow],
        [float(row["net"]) for row in flow],
        yaxis="y2",
        hovertemplate="$%{y:,.0f}<extra>net smart flow</extra>",
    )
    return figure(
        [price, net],
        showlegend=False,
        hovermode="x unified",
        xaxis=dates(anchor="y2"),
        bargap=0.15,
        yaxis={"domain": [0.36, 1], "ticksuffix": "¢", **titled("price")},
        yaxis2=dollars(domain=[0, 0.28], nticks=4, **titled("flow")),
    )


def flow_by_tier(flow: Sequence[Row], per: Literal["hour", "day"], now: datetime) -> Figure:
    """Net USD bought per hour or day up to now, stacked by tier; above zero is towards YES."""
    if not flow:
        return {}
    step = timedelta(**{f"{per}s": 1})
    tiers = [tier for tier in TIERS if any(row["tier"] == tier for row in flow)]
    span = [(now - FLOW_SPANS[per] - step).isoformat(), (now + step).isoformat()]
    return figure(
        [_flow([row for row in flow if row["tier"] == tier], tier, step) for tier in tiers],
        barmode="relative",
        xaxis=dates(range=span),
        yaxis=dollars(nticks=5),
        showlegend=len(tiers) > 1,
    )


def _flow(rows: Sequence[Row], tier: str, step: timedelta) -> Trace:
    hover = "%{x|%d %b %H:%M}: $%{y:,.0f} net of $%{customdata:,.0f} traded"
    return bars(
        [row["bucket"].isoformat() for row in rows],
        [round(float(row["net"]), 2) for row in rows],
        colour=palette.TIERS[tier],
        name=tier,
        customdata=[round(float(row["gross"]), 2) for row in rows],
        width=0.85 * step.total_seconds() * 1_000,
        offset=0,
        hovertemplate=hover + "<extra>tier %{fullData.name}</extra>",
    )


def holders(sides: Sequence[Row], names: Sequence[str]) -> Figure:
    """Mirrored bars: USD held per tier, the first outcome to the right, the others to the left."""
    rows = [row for row in sides if row["value"] is not None]
    if not rows:
        return {}
    tiers = [tier for tier in (*TIERS, NO_TIER) if any(row["tier"] == tier for row in rows)][::-1]
    first, rest = (*names, "first", "others")[:2]
    right = _held([row for row in rows if row["outcome_index"] == 0], tiers, first, 1)
    left = _held([row for row in rows if row["outcome_index"] != 0], tiers, rest, -1)
    sizes = [abs(value) for bar in (right, left) for value in bar["x"]]
    axes = {"yaxis": words(), "xaxis": _both_ways(sizes)}
    return figure([right, left], barmode="relative", bargap=0.35, **axes)


def _held(rows: Sequence[Row], tiers: Sequence[str], name: str, sign: int) -> Trace:
    held = {tier: [row for row in rows if row["tier"] == tier] for tier in tiers}
    values = [float(sum(row["value"] for row in held[tier])) for tier in tiers]
    wallets = [sum(row["holders"] for row in held[tier]) for tier in tiers]
    hover = "tier %{y}: $%{customdata[0]:,.0f}, %{customdata[1]} wallets"
    return lying(
        [sign * value for value in values],
        tiers,
        colour=palette.YES if sign > 0 else palette.NO,
        name=label(name),
        customdata=[list(pair) for pair in zip(values, wallets, strict=True)],
        hovertemplate=hover + "<extra>%{fullData.name}</extra>",
    )


def _both_ways(sizes: Sequence[float]) -> dict[str, Any]:
    """An axis of USD that counts up to both sides of zero."""
    step = max(sizes, default=0) / 2 or 1.0
    marks = [-2 * step, -step, 0.0, step, 2 * step]
    return {"tickvals": marks, "ticktext": [usd(abs(mark)) for mark in marks]}


def lean(history: Sequence[Row]) -> Figure:
    """Smart lean over time with its 90 % interval, from -1 (all NO) to 1 (all YES)."""
    rows = [row for row in history if row["smart_lean"] is not None]
    if len(rows) < 2:
        return {}
    when = [row["computed_at"].isoformat() for row in rows]
    low, middle, high = (
        [row[name] for row in rows] for name in ("lean_lo", "smart_lean", "lean_hi")
    )
    curve = line(
        when,
        middle,
        palette.ACCENT,
        customdata=[row["smart_count"] for row in rows],
        hovertemplate="%{x|%d %b %H:%M}: %{y:+.2f}, %{customdata} wallets<extra></extra>",
    )
    scale = {"range": [-1.05, 1.05], "nticks": 5}
    return figure([*band(when, low, high), curve], showlegend=False, xaxis=dates(), yaxis=scale)
