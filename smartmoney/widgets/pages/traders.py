"""The list of traders."""

from __future__ import annotations

from typing import Any

from smartmoney.store.reads import TIERS
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
            {"key": "text", "label": "Search", "kind": "text", "hint": "name or 0x address", "value": wanted.text, "wide": True},
            {"key": "tiers", "label": "Tier", "kind": "choices", "choices": list(TIERS), "value": list(wanted.tiers), "tiers": True},
            {"key": "category", "label": "Best in", "kind": "select", "value": wanted.category,
             "choices": [(name, name) for name in self.model.data.get("categories", [])]},
            {"key": "active_days", "label": "Active within", "kind": "select", "choices": WINDOWS, "value": wanted.active_days},
            {"key": "min_events", "label": "Min events", "kind": "number", "value": wanted.min_events, "min": 1, "hint": "any"},
            {"key": "min_pnl", "label": "Min PnL, $", "kind": "number", "value": wanted.min_pnl, "step": "any", "hint": "any"},
            {"key": "min_confidence", "label": "Min P(skill)", "kind": "number", "value": wanted.min_confidence, "min": 0,
             "max": 1, "step": 0.01, "hint": "any"},
            {"key": "hide_flagged", "label": "Hide flagged", "kind": "check", "value": wanted.hide_flagged},
            {"key": "scored_only", "label": "Scored only", "kind": "check", "value": wanted.scored_only},
        ]
