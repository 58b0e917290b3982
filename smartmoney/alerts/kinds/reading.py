"""What two kinds of rules read alike: fills of wallets with what was held before them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from smartmoney.alerts.inputs import Fill, RuleInputs, TierHistory
from smartmoney.store import alerts as store_alerts
from smartmoney.store.db import Store


def read_fills(
    store: Store,
    traders: Collection[int],
    begin: datetime,
    until: datetime,
    least_micro: int,
    markets: list[int] | None,
    named: frozenset[int] = frozenset(),
) -> RuleInputs:
    """Fills of wallets in (begin, until] where one side adds up to `least_micro`, holdings before, and tiers.

    Raises:
        ParameterError: there are too many.
    """
    rows = store_alerts.fills(store, sorted(traders), begin, until, least_micro, markets)
    fills = [Fill(**row) for row in rows]
    outcomes = {
        (fill.trader_id, outcome, fill.market_id)
        for fill in fills
        for outcome in (fill.outcome_id, fill.other_id)
        if outcome is not None
    }
    known = {fill.trader_id for fill in fills}
    return RuleInputs(
        fills=fills,
        held=store_alerts.held(store, outcomes, begin),
        named=named,
        tiers=TierHistory(store_alerts.tier_history(store, known, begin, until)),
    )
