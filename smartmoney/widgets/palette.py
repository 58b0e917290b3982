"""Colours of series, by meaning. What is chrome (ground, text, lines) is in the stylesheet."""

from __future__ import annotations

GAIN, LOSS = "#2DD4BF", "#FB7185"
YES, NO = "#7DD3FC", "#FDBA74"
"""The sides of a market, which are neither gains nor losses."""
ACCENT, MUTED = "#7AA2F7", "#8B95A5"
AMBER, RED = "#FBBF24", "#F87171"
TIERS = {
    "S": "#F5C451",
    "A": "#4ADE80",
    "B": "#60A5FA",
    "C": "#E6E9EF",
    "D": "#A3ABB8",
    "E": "#8B93A1",
}


def signed(value: float) -> str:
    """The colour of a gain or a loss."""
    return GAIN if value >= 0 else LOSS


def see_through(colour: str, alpha: float) -> str:
    """The colour as rgba() with an alpha of 0 to 1."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha:g})"
