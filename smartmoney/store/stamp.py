"""What the newest numbers are valid for."""

from __future__ import annotations

from smartmoney.store.db import Store
from smartmoney.store.sql import Row, Statements

SQL = Statements(__file__)


def stamp(store: Store) -> Row:
    """Validity of the newest numbers (scores_as_of, markets_as_of, newest_watermark, last_run_at); theme."""
    return SQL.fetch_one(store, "stamp") or {}


def newest(store: Store) -> Row:
    """scores_as_of, score_version, markets_as_of, priced_at, trades_up_to; each None where there is none."""
    return SQL.fetch_one(store, "newest") or {}
