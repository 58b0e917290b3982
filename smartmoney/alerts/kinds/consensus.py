"""Several smart wallets that add to their net exposure to the same outcome within a window."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import ClassVar

from pydantic import Field

from smartmoney.alerts import phrases
from smartmoney.alerts.dedupe import Dedupe
from smartmoney.alerts.exposure import changes
from smartmoney.alerts.inputs import Fill, Firing, RuleInputs, Span
from smartmoney.alerts.kinds.options import MarketRule, RuleKind, Usd
from smartmoney.alerts.kinds.reading import read_fills
from smartmoney.alerts.phrases import Names
from smartmoney.settings import Tier
from smartmoney.store import alerts as store_alerts
from smartmoney.store.db import Store
from smartmoney.units import PICO, to_micro

SHOWN = 3
KEPT = 10


class Consensus(MarketRule):
    """`wallets_needed` unflagged wallets of the tiers each net-buy one outcome for `min_usd` in a window."""

    kind: ClassVar[RuleKind] = RuleKind.consensus

    wallets_needed: int = Field(3, ge=2, le=50)
    within_hours: int = Field(24, ge=1, le=168)
    min_usd: Usd = Decimal(100)
    tiers: tuple[Tier, ...] = Field(("S", "A"), min_length=1, max_length=6)

    @property
    def window(self) -> timedelta:
        """The span in which they must agree."""
        return timedelta(hours=self.within_hours)

    def read(self, store: Store, span: Span) -> RuleInputs:
        """Fills of the wallets of the tiers, what they held before, and their tiers."""
        begin = span.start - self.window
        wallets = store_alerts.wallets_of_tiers(store, self.tiers, begin, span.now)
        return read_fills(
            store, wallets, begin, span.now, to_micro(self.min_usd), self.market_ids(store)
        )

    def evaluate(self, rule_id: int, inputs: RuleInputs, dedupe: Dedupe) -> None:
        """Offer every consensus, one per outcome and window."""
        buyers: defaultdict[tuple[int, int], Buyers] = defaultdict(Buyers)
        for firing in dedupe.earlier:
            if firing.market_id is not None and firing.outcome_id is not None:
                buyers[firing.market_id, firing.outcome_id].alerted_at.append(firing.at)
        least, cap = to_micro(self.min_usd), self.cap * PICO
        for change in changes(inputs.fills, inputs.held):
            fill = change.fill
            tier, flagged = inputs.tiers.at(fill.trader_id, fill.ts)
            if tier not in self.tiers or flagged:
                continue
            group = buyers[fill.market_id, fill.outcome_id]
            group.add(fill, self.window)
            if fill.side < 0 or fill.price_pico > cap or group.is_alerted(fill.ts, self.window):
                continue
            wallets = group.wallets(least)
            enough = len(wallets) >= self.wallets_needed
            if enough and dedupe.offer(_firing(rule_id, fill, group, wallets)):
                group.alerted_at.append(fill.ts)

    def sentence(self, firing: Firing, names: Names) -> str:
        """How many, what, for how much."""
        detail = firing.detail
        shown = ", ".join(phrases.wallet(trader, names) for trader in detail["wallets"][:SHOWN])
        more = f" and {detail['count'] - SHOWN} more" if detail["count"] > SHOWN else ""
        return (
            f"{detail['count']} smart wallets bought {phrases.outcome(firing, names)} in "
            f"{phrases.market(firing, names)} for {phrases.usd(detail['usd_micro'])} net, now at "
            f"{phrases.cents(firing.price)}: {shown}{more}, {phrases.utc_minute(firing.at)}."
        )


@dataclass
class Buyers:
    """What wallets net-bought of one outcome inside the window.

    Attributes:
        fills: those inside the window, ascending.
        net: USD micro-units added less reduced, per wallet.
        alerted_at: when a consensus on this outcome became an alert.
    """

    fills: deque[Fill] = field(default_factory=deque)
    net: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    alerted_at: list[datetime] = field(default_factory=list)

    def add(self, fill: Fill, window: timedelta) -> None:
        """Count the fill, and forget those that left the window."""
        self.fills.append(fill)
        self.net[fill.trader_id] += fill.side * fill.cash_micro
        while fill.ts - self.fills[0].ts > window:
            gone = self.fills.popleft()
            self.net[gone.trader_id] -= gone.side * gone.cash_micro

    def wallets(self, least: int) -> list[int]:
        """Wallets that net-bought at least that, the largest first."""
        return sorted(
            (wallet for wallet, net in self.net.items() if net >= least),
            key=lambda wallet: (-self.net[wallet], wallet),
        )

    def is_alerted(self, at: datetime, window: timedelta) -> bool:
        """Was there an alert less than a window from `at`?"""
        return any(abs(at - when) < window for when in self.alerted_at)


def _firing(rule_id: int, fill: Fill, group: Buyers, wallets: list[int]) -> Firing:
    usd = sum(group.net[wallet] for wallet in wallets)
    return Firing(
        key=f"{rule_id}:consensus:{fill.outcome_id}:{fill.ts.timestamp():.0f}",
        at=fill.ts,
        market_id=fill.market_id,
        event_id=fill.event_id,
        outcome_id=fill.outcome_id,
        direction=1,
        price=fill.price,
        strength=float(len(wallets)),
        detail={"wallets": wallets[:KEPT], "count": len(wallets), "usd_micro": usd},
    )
