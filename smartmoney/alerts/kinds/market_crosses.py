"""A statistic of a market that crosses a level."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import model_validator

from smartmoney.alerts import phrases
from smartmoney.alerts.dedupe import Dedupe
from smartmoney.alerts.inputs import Firing, RuleInputs, SmartStep, Span
from smartmoney.alerts.kinds.options import Direction, MarketRule, RuleKind
from smartmoney.alerts.phrases import Names
from smartmoney.store import alerts as store_alerts
from smartmoney.store.alerts import Statistic
from smartmoney.store.db import Store


class Measure(StrEnum):
    """Statistics of a market that can cross a level; names of columns of `market_smart_stats`."""

    smart_score = "smart_score"
    smart_lean = "smart_lean"
    smart_count = "smart_count"
    smart_divergence = "smart_divergence"


LEVELS = {
    Measure.smart_score: (0, 100_000),
    Measure.smart_lean: (-1, 1),
    Measure.smart_count: (1, 100_000),
    Measure.smart_divergence: (-1, 1),
}
SIGNED = (Measure.smart_lean, Measure.smart_divergence)


class MarketCrosses(MarketRule):
    """A statistic of a market crosses a level: up when it was below and is not now, down the other way."""

    kind: ClassVar[RuleKind] = RuleKind.market_crosses
    horizon: ClassVar[timedelta] = timedelta(hours=6)

    measure: Measure
    level: float
    direction: Direction = Direction.up

    @model_validator(mode="after")
    def _in_range(self) -> Self:
        low, high = LEVELS[self.measure]
        if not low <= self.level <= high:
            raise ValueError(
                f"{self.measure} lies between {low:,} and {high:,}; the level {self.level:g} is out of range."
            )
        return self

    def known_since(self, known: Mapping[str, datetime | None]) -> datetime | None:
        """Statistics are known since the first calculation of smart markets."""
        return known["statistics"]

    def read(self, store: Store, span: Span) -> RuleInputs:
        """Consecutive values between which the level lies."""
        rows = store_alerts.smart_transitions(
            store,
            Statistic[self.measure],
            self.level,
            span.start,
            span.now,
            self.market_ids(store),
        )
        return RuleInputs(smart=[SmartStep(**row) for row in rows])

    def evaluate(self, rule_id: int, inputs: RuleInputs, dedupe: Dedupe) -> None:
        """Offer every crossing; the strongest market first among equal times."""
        for step in sorted(inputs.smart, key=lambda step: (step.at, -step.score, step.market_id)):
            went = self._went(step)
            sure = step.price is not None and max(step.price, 1 - step.price) > self.cap
            if went and not sure and self.direction in (went, Direction.either):
                dedupe.offer(self._firing(rule_id, step, went))

    def _went(self, step: SmartStep) -> Direction | None:
        if step.before < self.level <= step.value:
            return Direction.up
        return Direction.down if step.before >= self.level > step.value else None

    def _firing(self, rule_id: int, step: SmartStep, went: Direction) -> Firing:
        lean = (step.lean or 0.0) if step.lean_label in ("YES", "NO") else 0.0
        points = step.value if self.measure in SIGNED else lean
        first = points > 0
        outcome = (step.first_outcome_id if first else step.second_outcome_id) if points else None
        price = step.price if first or step.price is None else 1 - step.price
        return Firing(
            key=f"{rule_id}:{self.measure}:{step.market_id}:{step.at.timestamp():.0f}",
            at=step.at,
            market_id=step.market_id,
            event_id=step.event_id,
            outcome_id=outcome,
            strength=step.score,
            direction=1 if outcome else None,
            price=price if outcome else step.price,
            detail={
                "measure": self.measure.value,
                "level": self.level,
                "before": step.before,
                "value": step.value,
                "went": went.value,
                "lean": step.lean_label,
            },
        )

    def sentence(self, firing: Firing, names: Names) -> str:
        """Which statistic went where."""
        detail = firing.detail
        verb = "rose through" if detail["went"] == Direction.up else "fell through"
        return (
            f"{detail['measure']} of {phrases.market(firing, names)} {verb} {detail['level']:g}: "
            f"from {detail['before']:.3g} to {detail['value']:.3g}, lean {detail['lean']}, "
            f"price {phrases.cents(firing.price)}, {phrases.utc_minute(firing.at)}."
        )
