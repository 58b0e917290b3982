"""The dictionary of columns: one description each, for frames, lists, REST, pages and docs."""

from __future__ import annotations

from smartmoney.schema.column import CellKind, Column, Dataset, On, Sortable, Topic, selected
from smartmoney.schema.holdings import (
    ACTIVITY,
    FILL,
    FRAMED_FILL,
    HOLDER,
    MARKET_FILL,
    PAST_POSITION,
    POSITION,
    RESULT,
    SHOWN_POSITION,
    SIDES,
    STATES,
    WALLET_FILL,
)
from smartmoney.schema.markets import (
    LEANS,
    MARKET,
    MARKET_DETAIL,
    OUTCOME,
    SMART,
    SMART_MARKET,
    STATUSES,
    TOP_TRADER,
)
from smartmoney.schema.traders import COVERAGE, DAY, FLAGS, SCORE, TIERS, TRADER

__all__ = [
    "ACTIVITY",
    "COVERAGE",
    "DAY",
    "FILL",
    "FLAGS",
    "FRAMED_FILL",
    "HOLDER",
    "LEANS",
    "MARKET",
    "MARKET_DETAIL",
    "MARKET_FILL",
    "OUTCOME",
    "PAST_POSITION",
    "POSITION",
    "RESULT",
    "SCORE",
    "SHOWN_POSITION",
    "SIDES",
    "SMART",
    "SMART_MARKET",
    "STATES",
    "STATUSES",
    "TIERS",
    "TOP_TRADER",
    "TRADER",
    "WALLET_FILL",
    "Column",
    "Dataset",
    "CellKind",
    "On",
    "Sortable",
    "Topic",
    "selected",
]
