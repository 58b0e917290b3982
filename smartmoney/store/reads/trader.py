"""One trader: who, what they hold, what they did, and how their score came about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from smartmoney.errors import ParameterError
from smartmoney.store.db import Store
from smartmoney.store.reads.base import Page, Row, fetch, fetch_one, fetch_page, write
from smartmoney.store.reads.filters import ListFilter, Sort, among
from smartmoney.store.reads.identity import wallet_address

SOURCES = ("trades", "positions")
MOST_EVENTS = 2_000


class PositionSort(Sort):
    """Keys positions can be sorted by."""

    value = ("value", "numeric")
    unrealized_pnl = ("unrealized_pnl", "numeric")
    realized_pnl = ("realized_pnl", "numeric")
    shares = ("shares", "numeric")
    cost = ("cost", "numeric")
    avg_price = ("avg_price", "numeric")
    last_at = ("last_at", "timestamptz")
    end_date = ("end_date", "timestamptz")

    # `value` is Enum's own word for what a member holds; ours is reached through these
    @property
    def expression(self) -> str:
        """The SQL expression sorted by."""
        return str(self._value_[0])

    @property
    def type(self) -> str:
        """PostgreSQL type of the expression."""
        return str(self._value_[1])
