"""Bars by tier."""

from __future__ import annotations

from collections.abc import Sequence

from smartmoney.store.reads import TIERS, Row
from smartmoney.widgets import palette
from smartmoney.widgets.figures import Figure, bars, figure, words


def by_tier(rows: Sequence[Row], key: str, *, money: bool = False) -> Figure:
    """One bar per tier of the number `key`, as long as it is large; each bears its number."""
    values = {row["tier"]: float(row[key] or 0) for row in rows if row["tier"]}
    shown = [tier for tier in TIERS if tier in values]
    if not shown:
        return {}
    unit = "$%{y:,.0f}" if money else "%{y:,}"
    bar = bars(
        shown,
        [values[tier] for tier in shown],
        colour=[palette.TIERS[tier] for tier in shown],
        text=[f"{'$' if money else ''}{values[tier]:,.0f}" for tier in shown],
        textposition="outside",
        hovertemplate=f"tier %{{x}}: {unit}<extra></extra>",
        cliponaxis=False,
    )
    scale = {"type": "linear", "rangemode": "tozero", "showticklabels": False, "showgrid": False}
    margin = {"l": 8, "r": 8, "t": 26, "b": 8}
    return figure([bar], xaxis=words(), yaxis=scale, bargap=0.35, margin=margin)
