"""The list of traders."""

from __future__ import annotations

from typing import Any

from smartmoney.store.reads import TIERS
from smartmoney.widgets.controls import check, choices, number, search, select
from smartmoney.widgets.models.traders import TradersModel
from smartmoney.widgets.pages.base import ListView

WINDOWS = [("1", "24 hours"), ("7", "7 days"), ("30", "30 days"), ("90", "90 days")]


class TradersPage(ListView[TradersModel]):
    """Traders with filters, sorted by any column."""

    model_class = TradersModel

    def fields(self) -> list[dict[str, Any]]:
        """Tier, category, window, evidence, PnL, confidence, flags, text."""
        wanted = self.model.filter
        return [
            search(wanted.text, "name or 0x address"),
            {**choices("tiers", "Tier", TIERS, wanted.tiers), "tiers": True},
            select(
                "category",
                "Best in",
                [(name, name) for name in self.model.data.get("categories", [])],
                wanted.category,
            ),
            select("active_days", "Active within", WINDOWS, wanted.active_days),
            number("min_events", "Min events", wanted.min_events, min=1),
            number("min_pnl", "Min PnL, $", wanted.min_pnl, step="any"),
            number(
                "min_confidence", "Min P(skill)", wanted.min_confidence, min=0, max=1, step=0.01
            ),
            check("hide_flagged", "Hide flagged", wanted.hide_flagged),
            check("scored_only", "Scored only", wanted.scored_only),
        ]
