"""Three alert rules for a demo, so that its alerts have something to say; they are the reader's to change or delete."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from smartmoney.alerts import save_rule
from smartmoney.store.alerts.rules import alert_rules
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


def add_sample_rules(store: Store, schedules: Mapping[str, float]) -> None:
    """Add the rules where there is none yet.

    Raises:
        ParameterError: a sample is no rule.
    """
    if alert_rules(store):
        return
    now = datetime.now(UTC)
    for name, kind, parameters in SAMPLES:
        save_rule(store, name, kind, parameters, now=now, schedules=schedules, who="demo")
