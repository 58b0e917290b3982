"""Bars by tier."""

from __future__ import annotations

from collections.abc import Sequence

from smartmoney.store.reads import TIERS, Row
from smartmoney.widgets import palette
from smartmoney.widgets.figures import Figure, bars, figure, words


def by_tier(rows: Sequence[Row], key: str, *, money: bool = False) -> Figure:
    """One bar per tier of the number `key`; on a log scale where tiers differ more than a hundredfold."""
    values = {row["tier"]: float(row[key] or 0) for row in rows if row["tier"]}
    shown = [tier for tier in TIERS if tier in values]
    if not shown:
        return {}
    positive = [value for value in values.values() if value > 0]
    wide = bool(positive) and max(positive) > 100 * min(positive)
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
    scale = {"type": "log" if wide else "linear", "showticklabels": False, "showgrid": False}
    margin = {"l": 8, "r": 8, "t": 26, "b": 8}
    return figure([bar], xaxis=words(), yaxis=scale, bargap=0.35, margin=margin)
