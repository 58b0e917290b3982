"""The list of markets that smart money is in."""

from __future__ import annotations

from typing import Any

from smartmoney.store.reads import LEANS, STATUSES
from smartmoney.widgets.controls import check, choices, number, search, select
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
            search(wanted.text, "question"),
            choices("leans", "Lean", LEANS, wanted.leans),
            select(
                "category",
                "Category",
                [(name, name) for name in self.model.data.get("categories", [])],
                wanted.category,
            ),
            choices("statuses", "Status", STATUSES, wanted.statuses),
            select("min_liquidity", "Min liquidity", LIQUIDITY, liquidity),
            number("min_count", "Min wallets", wanted.min_count, min=1),
            check("grouped", "One row per event", wanted.grouped),
        ]
