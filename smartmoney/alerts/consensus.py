"""Several smart wallets that buy the same outcome within a window."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from smartmoney.alerts.facts import Facts, Fill, Firing
from smartmoney.alerts.gate import Gate
from smartmoney.alerts.parameters import Consensus
from smartmoney.alerts.rules import Rule, micro


@dataclass
class Crowd:
    """What wallets net-bought of one outcome inside the window.

    Attributes:
        fills: those inside the window, ascending.
        net: USD micro-units bought less sold, per wallet.
        told_at: when a consensus on this outcome was told.
    """

    fills: deque[Fill] = field(default_factory=deque)
    net: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    told_at: list[datetime] = field(default_factory=list)

    def add(self, fill: Fill, window: timedelta) -> None:
        """Count the fill, and forget those that left the window."""
        self.fills.append(fill)
        self.net[fill.trader_id] += fill.side * fill.cash_micro
        while fill.ts - self.fills[0].ts > window:
            gone = self.fills.popleft()
            self.net[gone.trader_id] -= gone.side * gone.cash_micro

    def buyers(self, least: int) -> list[int]:
        """Wallets that net-bought at least that, the largest first."""
        return sorted(
            (wallet for wallet, net in self.net.items() if net >= least),
            key=lambda wallet: (-self.net[wallet], wallet),
        )

    def is_told(self, at: datetime, window: timedelta) -> bool:
        """Was it told less than a window from `at`?"""
        return any(abs(at - when) < window for when in self.told_at)


def walk(rule: Rule, facts: Facts, gate: Gate) -> None:
    """Offer every consensus to the gate, in the order of time; one per outcome and window."""
    wanted = rule.parameters
    assert isinstance(wanted, Consensus)
    crowds: defaultdict[tuple[int, int], Crowd] = defaultdict(Crowd)
    for firing in gate.told:
        if firing.market_id is not None and firing.outcome_id is not None:
            crowds[firing.market_id, firing.outcome_id].told_at.append(firing.at)
    least, cap = micro(wanted.min_usd), wanted.cap * 10**12
    for fill in facts.fills:
        tier, flagged = facts.tiers.at(fill.trader_id, fill.ts)
        if not fill.traded or tier not in wanted.tiers or flagged:
            continue
        crowd = crowds[fill.market_id, fill.outcome_id]
        crowd.add(fill, rule.window)
        if fill.side < 0 or fill.price_pico > cap or crowd.is_told(fill.ts, rule.window):
            continue
        buyers = crowd.buyers(least)
        if len(buyers) >= wanted.wallets_needed and gate.offer(_firing(rule, fill, crowd, buyers)):
            crowd.told_at.append(fill.ts)


def _firing(rule: Rule, fill: Fill, crowd: Crowd, buyers: list[int]) -> Firing:
    usd = sum(crowd.net[wallet] for wallet in buyers)
    return Firing(
        key=f"{rule.id}:consensus:{fill.outcome_id}:{fill.ts.timestamp():.0f}",
        at=fill.ts,
        market_id=fill.market_id,
        event_id=fill.event_id,
        outcome_id=fill.outcome_id,
        direction=1,
        price=fill.price,
        strength=float(len(buyers)),
        detail={"wallets": buyers[:10], "count": len(buyers), "usd_micro": usd},
    )
