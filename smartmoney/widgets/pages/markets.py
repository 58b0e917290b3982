"""The list of markets."""

from __future__ import annotations

from typing import Any

from smartmoney.store.reads import STATUSES
from smartmoney.widgets.controls import check, choices, search, select
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
            search(wanted.text, "question or condition id"),
            choices("statuses", "Status", STATUSES, wanted.statuses),
            select(
                "category",
                "Category",
                [(name, name) for name in self.model.data.get("categories", [])],
                wanted.category,
            ),
            select("min_liquidity", "Min liquidity", LIQUIDITY, liquidity),
            select("ends_within_days", "Ends within", ENDS, wanted.ends_within_days),
            check("smart_only", "With smart money", wanted.smart_only),
        ]
