"""Three alert rules for a demo, so that its alerts have something to say; they are the reader's to change or delete."""

from __future__ import annotations

from typing import Any

from smartmoney.alerts.rules import draft
from smartmoney.store.alerts.rules import add_alert_rule, alert_rules
from smartmoney.store.db import Store

GOOD = ["S", "A", "B"]
SAMPLES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        "A good wallet opens or closes for $100",
        "trader_moves",
        {"tiers": GOOD, "actions": ["opens", "closes"], "min_usd": 100},
    ),
    (
        "Two good wallets buy the same side within a day",
        "consensus",
        {"tiers": GOOD, "wallets_needed": 2, "within_hours": 24, "min_usd": 50},
    ),
    (
        "A third smart wallet joins a market",
        "market_crosses",
        {"measure": "smart_count", "level": 3, "direction": "up"},
    ),
)


def add_sample_rules(store: Store) -> None:
    """Add the rules where there is none yet.

    Raises:
        ParameterError: a sample is no rule.
    """
    if alert_rules(store):
        return
    for name, kind, parameters in SAMPLES:
        draft(name, kind, parameters)
        add_alert_rule(store, name, kind, parameters, who="demo")
