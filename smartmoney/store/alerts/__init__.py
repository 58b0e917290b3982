"""What alerts read and write: facts known at a time, alerts told, deliveries, outcomes, and the watchlist.

The SQL is in `store/sql/alerts/`. Reading and editing work as `sm_read`; telling and delivering need
`sm_ingest`.
"""

from __future__ import annotations

from smartmoney.store.alerts.deliveries import claim, deliveries, expire, not_sent, sent
from smartmoney.store.alerts.facts import (
    Statistic,
    fills,
    held,
    known_since,
    market_ids,
    names,
    resolutions,
    silences,
    smart_steps,
    tier_history,
    tier_steps,
    unknown,
    wallet_ids,
    wallets_of_tiers,
)
from smartmoney.store.alerts.targets import seen_targets, tested_target, was_tested
from smartmoney.store.alerts.telling import (
    NewAlert,
    evaluated,
    follow_up,
    rule_outcomes,
    rules,
    save_alerts,
    told,
    told_lately,
)
from smartmoney.store.alerts.watching import unwatch, watch_market, watch_trader, watchlist

__all__ = [
    "NewAlert",
    "Statistic",
    "claim",
    "deliveries",
    "evaluated",
    "expire",
    "fills",
    "follow_up",
    "held",
    "known_since",
    "market_ids",
    "names",
    "not_sent",
    "resolutions",
    "rule_outcomes",
    "rules",
    "save_alerts",
    "seen_targets",
    "sent",
    "silences",
    "smart_steps",
    "tested_target",
    "tier_history",
    "tier_steps",
    "told",
    "told_lately",
    "unknown",
    "unwatch",
    "wallet_ids",
    "wallets_of_tiers",
    "was_tested",
    "watch_market",
    "watch_trader",
    "watchlist",
]
