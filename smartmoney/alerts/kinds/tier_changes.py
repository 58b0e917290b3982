"""A wallet whose tier changes."""

from __future__ import annotations

from typing import ClassVar

from smartmoney.alerts import phrases
from smartmoney.alerts.dedupe import Dedupe
from smartmoney.alerts.inputs import Firing, RuleInputs, Span, TierStep
from smartmoney.alerts.kinds.options import Direction, RuleKind, WalletRule
from smartmoney.alerts.phrases import Names
from smartmoney.store import alerts as store_alerts
from smartmoney.store.db import Store

TIER_ORDER = "EDCBAS"


class TierChanges(WalletRule):
    """A wallet changes tier; with `tiers`, wallets that reach or leave one of them."""

    kind: ClassVar[RuleKind] = RuleKind.tier_changes

    direction: Direction = Direction.either

    def read(self, store: Store, span: Span) -> RuleInputs:
        """Changes of tier of named wallets, or from or to one of the tiers."""
        named = store_alerts.wallet_ids(store, self.wallets, self.watched)
        rows = store_alerts.tier_transitions(store, named, self.tiers, span.start, span.now)
        return RuleInputs(tier_steps=[TierStep(**row) for row in rows], named=frozenset(named))

    def evaluate(self, rule_id: int, inputs: RuleInputs, dedupe: Dedupe) -> None:
        """Offer every change of tier of the rule's wallets."""
        for step in inputs.tier_steps:
            rose = TIER_ORDER.index(step.tier) > TIER_ORDER.index(step.before)
            meant = step.trader_id in inputs.named or {step.tier, step.before} & {*self.tiers}
            went = Direction.up if rose else Direction.down
            if meant and self.direction in (went, Direction.either):
                dedupe.offer(_firing(rule_id, step, rose))

    def sentence(self, firing: Firing, names: Names) -> str:
        """Who rose or fell."""
        detail = firing.detail
        verb = "rose" if detail["rose"] else "fell"
        return (
            f"{phrases.wallet(firing.trader_id, names)} {verb} from tier {detail['before']} to "
            f"{detail['tier']}, {phrases.utc_minute(firing.at)}."
        )


def _firing(rule_id: int, step: TierStep, rose: bool) -> Firing:
    return Firing(
        key=f"{rule_id}:tier:{step.trader_id}:{step.at.timestamp():.0f}",
        at=step.at,
        trader_id=step.trader_id,
        strength=float(TIER_ORDER.index(step.tier)),
        detail={"before": step.before, "tier": step.tier, "rose": rose},
    )
