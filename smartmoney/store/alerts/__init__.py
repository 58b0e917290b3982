"""What alerts read and write: rules, what they are evaluated on, alerts that fired, deliveries, targets, the watchlist.

Reading and editing work as `sm_read`; evaluating and delivering need `sm_ingest`.
"""

from __future__ import annotations

from smartmoney.store.alerts.deliveries import claim, deliveries, expire, not_sent, sent
from smartmoney.store.alerts.fired import (
    AlertFilter,
    AlertSort,
    NewAlert,
    alerts,
    fired,
    fired_lately,
    follow_up,
    save_alerts,
)
from smartmoney.store.alerts.inputs import (
    Statistic,
    fills,
    held,
    known_since,
    market_ids,
    names,
    resolutions,
    smart_transitions,
    staleness,
    tier_history,
    tier_transitions,
    unknown,
    wallet_ids,
    wallets_of_tiers,
)
from smartmoney.store.alerts.rules import (
    add_alert_rule,
    alert_rule,
    alert_rules,
    change_alert_rule,
    delete_alert_rule,
    evaluated,
    rule_outcomes,
    rules,
)
from smartmoney.store.alerts.targets import (
    alert_targets,
    seen_targets,
    tested_target,
    was_tested,
)
from smartmoney.store.alerts.watchlist import (
    unwatch,
    watch,
    watch_market,
    watch_trader,
    watched,
    watchlist,
)

__all__ = [
    "AlertFilter",
    "AlertSort",
    "NewAlert",
    "Statistic",
    "add_alert_rule",
    "alert_rule",
    "alert_rules",
    "alert_targets",
    "alerts",
    "change_alert_rule",
    "claim",
    "delete_alert_rule",
    "deliveries",
    "evaluated",
    "expire",
    "fills",
    "fired",
    "fired_lately",
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
    "smart_transitions",
    "staleness",
    "tested_target",
    "tier_history",
    "tier_transitions",
    "unknown",
    "unwatch",
    "wallet_ids",
    "wallets_of_tiers",
    "was_tested",
    "watch",
    "watch_market",
    "watch_trader",
    "watched",
    "watchlist",
]
