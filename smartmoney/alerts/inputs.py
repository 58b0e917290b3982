"""What evaluation reads and what it returns: rows that were known at a time, and firings."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Fill:
    """One change of what a wallet holds of one outcome.

    Attributes:
        ts: when.
        key: tells equal fills apart.
        side: 1 buys, -1 sells.
        size_micro: shares, micro-units.
        cash_micro: USD paid or received, micro-units.
        price_pico: 1e-12 USD per share.
        traded: False for splits, merges and redemptions, which change holdings but are no move.
        other_id: the market's other outcome; None where there are not exactly two.
    """

    ts: datetime
    key: int
    trader_id: int
    market_id: int
    event_id: int | None
    outcome_id: int
    side: int
    size_micro: int
    cash_micro: int
    price_pico: int
    traded: bool = True
    other_id: int | None = None

    @property
    def price(self) -> Decimal:
        """USD per share."""
        return Decimal(self.price_pico).scaleb(-12)

    @property
    def pair(self) -> tuple[int, int]:
        """Wallet and outcome."""
        return self.trader_id, self.outcome_id


@dataclass(frozen=True, slots=True)
class SmartStep:
    """Consecutive values of a statistic: `before`, then `value` at `at`; price of the first outcome."""

    at: datetime
    market_id: int
    event_id: int | None
    before: float
    value: float
    lean: float | None
    lean_label: str
    score: float
    price: Decimal | None
    first_outcome_id: int | None
    second_outcome_id: int | None


@dataclass(frozen=True, slots=True)
class TierStep:
    """A wallet's tier changed from `before` to `tier` at `at`."""

    at: datetime
    trader_id: int
    before: str
    tier: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """A market resolved: payouts as (outcome name, USD per share), in the order of the outcomes."""

    at: datetime
    market_id: int
    event_id: int | None
    payouts: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Staleness:
    """A job succeeded at `last` and then not before `next` (None: not yet)."""

    job: str
    last: datetime
    next: datetime | None
    schedule_s: float


@dataclass(frozen=True)
class TierHistory:
    """What tiers wallets had, and when.

    Attributes:
        steps: per wallet (as_of, tier, flagged), ascending.
    """

    steps: Mapping[int, Sequence[tuple[datetime, str, bool]]] = field(default_factory=dict)

    def at(self, trader_id: int, when: datetime) -> tuple[str | None, bool]:
        """Tier and whether it was flagged, as known at `when`; (None, False) before the first score."""
        known = self.steps.get(trader_id, ())
        place = bisect_right(known, when, key=lambda step: step[0])
        return (known[place - 1][1], known[place - 1][2]) if place else (None, False)


@dataclass(frozen=True)
class Span:
    """Events in [start, now] are looked at; `schedules` holds the seconds between runs of each job."""

    start: datetime
    now: datetime
    schedules: Mapping[str, float]


@dataclass(frozen=True)
class RuleInputs:
    """Everything one rule reads.

    Attributes:
        fills: ascending by (ts, what adds first, untraded first, key).
        held: micro-shares per (trader, outcome) before the first fill; absent is 0.
        tiers: of the wallets that filled.
        named: ids of wallets the rule names, whatever their tier.
        smart, tier_steps, resolutions, stale: ascending by time.
    """

    fills: Sequence[Fill] = ()
    held: Mapping[tuple[int, int], int] = field(default_factory=dict)
    tiers: TierHistory = field(default_factory=TierHistory)
    named: frozenset[int] = frozenset()
    smart: Sequence[SmartStep] = ()
    tier_steps: Sequence[TierStep] = ()
    resolutions: Sequence[Resolution] = ()
    stale: Sequence[Staleness] = ()


@dataclass(frozen=True)
class Firing:
    """One thing worth telling.

    Attributes:
        key: the same thing has the same key, whenever it is found; unique over all rules.
        at: when it happened.
        trader_id, market_id, event_id, outcome_id: what it is about.
        direction: 1 when it backs the outcome, -1 when it leaves it, None when it points nowhere.
        price: of the outcome at that moment, USD per share.
        strength: orders firings of one moment, the strongest first.
        detail: JSON-native values its sentence is made from.
    """

    key: str
    at: datetime
    trader_id: int | None = None
    market_id: int | None = None
    event_id: int | None = None
    outcome_id: int | None = None
    direction: int | None = None
    price: Decimal | None = None
    strength: float = 0.0
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def subject(self) -> tuple[object, ...]:
        """What a cool-down counts as the same."""
        return self.trader_id, self.market_id, self.detail.get("job")
