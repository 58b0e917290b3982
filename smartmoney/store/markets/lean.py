"""What the proof of the lean reads; `scores.runs` keeps it."""

from __future__ import annotations

import pandas as pd

from smartmoney.store.db import Store
from smartmoney.store.sql import Statements

SQL = Statements(__file__)


def load_resolved(store: Store) -> pd.DataFrame:
    """Resolved markets with a price a day before: market_id, event_id (negative: none), won (0 to 1), resolved_at and at (Unix
    seconds), price of outcome 0 at `at`."""
    return SQL.arrow(store, "resolved").to_pandas()


def load_history(store: Store) -> pd.DataFrame:
    """The score history: trader_id, as_of (Unix seconds), tier, skill_prob, flagged."""
    return SQL.arrow(store, "history").to_pandas()
