"""The list of markets that smart money is in."""

from __future__ import annotations

from typing import Any

from smartmoney.store.reads import LEANS, STATUSES
from smartmoney.widgets.models.markets import SmartMarketsModel
from smartmoney.widgets.pages.base import ListView
from smartmoney.widgets.pages.markets import LIQUIDITY


class SmartMarketsPage(ListView[SmartMarketsModel]):
    """Smart markets with filters."""

    model_class = SmartMarketsModel

    def fields(self) -> list[dict[str, Any]]:
        """Text, lean, category, status, liquidity, number of wallets."""
        wanted = self.model.filter
        liquidity = "" if wanted.min_liquidity is None else f"{wanted.min_liquidity:.0f}"
        return [
            {"key": "text", "label": "Search", "kind": "text", "hint": "question", "value": wanted.text, "wide": True},
            {"key": "leans", "label": "Lean", "kind": "choices", "choices": list(LEANS), "value": list(wanted.leans)},
            {"key": "category", "label": "Category", "kind": "select", "value": wanted.category,
             "choices": [(name, name) for name in self.model.data.get("categories", [])]},
            {"key": "statuses", "label": "Status", "kind": "choices", "choices": list(STATUSES), "value": list(wanted.statuses)},
            {"key": "min_liquidity", "label": "Min liquidity", "kind": "select", "choices": LIQUIDITY, "value": liquidity},
            {"key": "min_count", "label": "Min wallets", "kind": "number", "value": wanted.min_count, "min": 1, "hint": "any"},
        ]
