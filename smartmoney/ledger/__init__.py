"""From rows of activity to average-cost positions and realized PnL, exact to the micro-dollar; no IO.

state = replay(activity, markets, as_of=..., state=...)     one pass in time order, or its continuation
ledger = close(state, markets, as_of=..., marks=...)      settlement, totals, events, days
"""

from smartmoney.ledger.activity import Activity, Kind
from smartmoney.ledger.arithmetic import muldiv, settle
from smartmoney.ledger.closing import close, run
from smartmoney.ledger.markets import CRYPTO_SHORT, UNKNOWN, Markets
from smartmoney.ledger.reconciling import ApiPositions, Reconciliation, reconcile
from smartmoney.ledger.replaying import late_traders, replay, stale_traders
from smartmoney.ledger.state import (
    Accounts,
    Days,
    EventBook,
    Ledger,
    LedgerState,
    Positions,
    Settlement,
    TraderTotals,
)

__all__ = [
    "CRYPTO_SHORT",
    "UNKNOWN",
    "Accounts",
    "Activity",
    "ApiPositions",
    "Days",
    "EventBook",
    "Kind",
    "Ledger",
    "LedgerState",
    "Markets",
    "Positions",
    "Reconciliation",
    "Settlement",
    "TraderTotals",
    "close",
    "late_traders",
    "muldiv",
    "reconcile",
    "replay",
    "run",
    "settle",
    "stale_traders",
]
