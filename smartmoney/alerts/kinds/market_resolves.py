"""A market that resolves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar, Self

from pydantic import Field, model_validator

from smartmoney.alerts import phrases
from smartmoney.alerts.dedupe import Dedupe
from smartmoney.alerts.inputs import Firing, Resolution, RuleInputs, Span
from smartmoney.alerts.kinds.options import MarketRule, RuleKind
from smartmoney.alerts.phrases import Names
from smartmoney.store import alerts as store_alerts
from smartmoney.store.db import Store
from smartmoney.units import MICRO_DIGITS

SHOWN = 6


class MarketResolves(MarketRule):
    """A listed or watched market resolves; every one fires, also of one event."""

    kind: ClassVar[RuleKind] = RuleKind.market_resolves
    horizon: ClassVar[timedelta] = timedelta(days=7)

    watched_markets: bool = True
    event_minutes: int = Field(0, ge=0, le=10_080)

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if self.all_markets:
            raise ValueError("The rule names no market: give markets, or watched_markets=true.")
        return self

    def read(self, store: Store, span: Span) -> RuleInputs:
        """Resolutions of the listed and the watched markets."""
        listed = store_alerts.market_ids(store, self.markets, False) if self.markets else []
        rows = store_alerts.resolutions(store, listed, self.watched_markets, span.start, span.now)
        return RuleInputs(resolutions=[_resolution(row) for row in rows])

    def evaluate(self, rule_id: int, inputs: RuleInputs, dedupe: Dedupe) -> None:
        """Offer every resolution, once per market."""
        for resolution in inputs.resolutions:
            dedupe.offer(
                Firing(
                    key=f"{rule_id}:resolved:{resolution.market_id}",
                    at=resolution.at,
                    market_id=resolution.market_id,
                    event_id=resolution.event_id,
                    detail={"payouts": [[name, str(paid)] for name, paid in resolution.payouts]},
                )
            )

    def sentence(self, firing: Firing, names: Names) -> str:
        """What each outcome pays."""
        paid = ", ".join(
            f"{phrases.outcome_name(name)} pays {Decimal(payout).normalize():f}"
            for name, payout in firing.detail["payouts"][:SHOWN]
        )
        return f"{phrases.market(firing, names)} resolved: {paid}, {phrases.utc_minute(firing.at)}."


def _resolution(row: Mapping[str, Any]) -> Resolution:
    payouts = tuple(
        (name, Decimal(paid).scaleb(-MICRO_DIGITS))
        for name, paid in zip(row["names"], row["payouts"], strict=True)
    )
    return Resolution(row["at"], row["market_id"], row["event_id"], payouts)
