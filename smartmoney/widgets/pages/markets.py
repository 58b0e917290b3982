"""The list of markets."""

from __future__ import annotations

from typing import Any

from smartmoney.store.reads import STATUSES
from smartmoney.widgets.models.markets import MarketsModel
from smartmoney.widgets.pages.base import ListView

ENDS = [("1", "a day"), ("7", "7 days"), ("30", "30 days"), ("90", "90 days")]
LIQUIDITY = [("1000", "$1k"), ("10000", "$10k"), ("100000", "$100k"), ("1000000", "$1M")]


class MarketsPage(ListView[MarketsModel]):
    """Markets with filters."""

    model_class = MarketsModel

    def fields(self) -> list[dict[str, Any]]:
        """Text, status, category, liquidity, end date, smart money."""
        wanted = self.model.filter
        liquidity = "" if wanted.min_liquidity is None else f"{wanted.min_liquidity:.0f}"
        return [
            {"key": "text", "label": "Search", "kind": "text", "hint": "question or condition id", "value": wanted.text, "wide": True},
            {"key": "statuses", "label": "Status", "kind": "choices", "choices": list(STATUSES), "value": list(wanted.statuses)},
            {"key": "category", "label": "Category", "kind": "select", "value": wanted.category,
             "choices": [(name, name) for name in self.model.data.get("categories", [])]},
            {"key": "min_liquidity", "label": "Min liquidity", "kind": "select", "choices": LIQUIDITY, "value": liquidity},
            {"key": "ends_within_days", "label": "Ends within", "kind": "select", "choices": ENDS, "value": wanted.ends_within_days},
            {"key": "smart_only", "label": "With smart money", "kind": "check", "value": wanted.smart_only},
        ]
