"""The list of markets."""

from __future__ import annotations

from smartmoney.store.reads import STATUSES
from smartmoney.widgets.controls import Control, category, check, choices, search, select
from smartmoney.widgets.screens.markets.model import MarketsModel
from smartmoney.widgets.view import ListView

ENDS = [("1", "a day"), ("7", "7 days"), ("30", "30 days"), ("90", "90 days")]
LIQUIDITY = [("1000", "$1k"), ("10000", "$10k"), ("100000", "$100k"), ("1000000", "$1M")]


def liquidity(value: float | None) -> Control:
    """The control of the least liquidity."""
    chosen = "" if value is None else f"{value:.0f}"
    return select("min_liquidity", "Min liquidity", LIQUIDITY, chosen)


class MarketsPage(ListView[MarketsModel]):
    """Markets with filters."""

    model_class = MarketsModel

    def fields(self) -> list[Control]:
        """Text, status, category, liquidity, end date, smart money."""
        shown = self.model.filter
        return [
            search(shown.text, "question or condition id"),
            choices("statuses", "Status", STATUSES, shown.statuses),
            category("Category", self.model.data.categories, shown.category),
            liquidity(shown.min_liquidity),
            select("ends_within_days", "Ends within", ENDS, shown.ends_within_days),
            check("smart_only", "With smart money", shown.smart_only),
        ]
