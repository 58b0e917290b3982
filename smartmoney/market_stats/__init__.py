"""Where the smart money stands in each market, who moved, and whether the lean was right; pure, no IO (scoring.md, section 4)."""

from __future__ import annotations

from smartmoney.market_stats.exposure import LEAST_EXPOSURE_USD, Inputs, exposures, smart_set
from smartmoney.market_stats.lean import (
    LEAST_RESOLVED,
    LEAST_WALLETS,
    divergence,
    fit_lean_slope,
    leans,
)
from smartmoney.market_stats.movers import MOVES, movers
from smartmoney.market_stats.proof import LeanProof, leans_then, prove
from smartmoney.market_stats.statistics import COLUMNS, smart_events, smart_markets, top_traders

__all__ = [
    "COLUMNS",
    "LEAST_EXPOSURE_USD",
    "LEAST_RESOLVED",
    "LEAST_WALLETS",
    "MOVES",
    "Inputs",
    "LeanProof",
    "divergence",
    "exposures",
    "fit_lean_slope",
    "leans",
    "leans_then",
    "movers",
    "prove",
    "smart_events",
    "smart_markets",
    "smart_set",
    "top_traders",
]
