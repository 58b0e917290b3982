"""The list of traders."""

from __future__ import annotations

from smartmoney.store.reads import TIERS
from smartmoney.widgets.controls import Control, category, check, choices, number, search, select
from smartmoney.widgets.screens.traders.model import TradersModel
from smartmoney.widgets.view import ListView

WINDOWS = [("1", "24 hours"), ("7", "7 days"), ("30", "30 days"), ("90", "90 days")]


class TradersPage(ListView[TradersModel]):
    """Traders with filters, sorted by any column."""

    model_class = TradersModel

    def fields(self) -> list[Control]:
        """Tier, category, window, evidence, PnL, confidence, flags, text."""
        shown = self.model.filter
        sure = {"min": 0, "max": 1, "step": 0.01}
        return [
            search(shown.text, "name or 0x address"),
            choices("tiers", "Tier", TIERS, shown.tiers, tiers=True),
            category("Best in", self.model.data.categories, shown.category),
            select("active_days", "Active within", WINDOWS, shown.active_days),
            number("min_events", "Min events", shown.min_events, min=1),
            number("min_pnl", "Min PnL, $", shown.min_pnl, step="any"),
            number("min_confidence", "Min P(skill)", shown.min_confidence, **sure),
            check("hide_flagged", "Hide flagged", shown.hide_flagged),
            check("scored_only", "Scored only", shown.scored_only),
        ]
