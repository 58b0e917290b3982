"""Things of one moment: a level is crossed, a tier changes, a market resolves, a job falls silent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from smartmoney.alerts.facts import Facts, Firing, Resolution, Silence, SmartStep, TierStep
from smartmoney.alerts.parameters import (
    Direction,
    MarketCrosses,
    MarketResolves,
    Measure,
    StreamStale,
    TierChanges,
)
from smartmoney.alerts.rules import Rule

TIER_ORDER = "EDCBAS"


def crossings(rule: Rule, facts: Facts) -> Iterator[Firing]:
    """Every time the rule's statistic passed its level; the strongest market first among equal times."""
    wanted = rule.parameters
    assert isinstance(wanted, MarketCrosses)
    for step in sorted(facts.smart, key=lambda step: (step.at, -step.score, step.market_id)):
        went = _went(step.before, step.value, wanted.level)
        sure = step.price is not None and max(step.price, 1 - step.price) > wanted.cap
        if went is None or sure or wanted.direction not in (went, Direction.either):
            continue
        yield _crossing(rule, wanted, step, went)


def _went(before: float, value: float, level: float) -> Direction | None:
    if before < level <= value:
        return Direction.up
    return Direction.down if before >= level > value else None


def _crossing(rule: Rule, wanted: MarketCrosses, step: SmartStep, went: Direction) -> Firing:
    signed = wanted.measure in (Measure.smart_lean, Measure.smart_divergence)
    lean = (step.lean or 0.0) if step.lean_label in ("YES", "NO") else 0.0
    points = step.value if signed else lean
    first = points > 0
    outcome = (step.first_outcome_id if first else step.second_outcome_id) if points else None
    price = step.price if first or step.price is None else 1 - step.price
    return Firing(
        key=f"{rule.id}:{wanted.measure}:{step.market_id}:{step.at.timestamp():.0f}",
        at=step.at,
        market_id=step.market_id,
        event_id=step.event_id,
        outcome_id=outcome,
        strength=step.score,
        direction=1 if outcome else None,
        price=price if outcome else step.price,
        detail={
            "measure": wanted.measure.value,
            "level": wanted.level,
            "before": step.before,
            "value": step.value,
            "went": went.value,
            "lean": step.lean_label,
        },
    )


def tier_changes(rule: Rule, facts: Facts) -> Iterator[Firing]:
    """Every change of tier of the rule's wallets."""
    wanted = rule.parameters
    assert isinstance(wanted, TierChanges)
    for step in facts.tier_steps:
        rose = TIER_ORDER.index(step.tier) > TIER_ORDER.index(step.before)
        if wanted.direction is not Direction.either and (wanted.direction is Direction.up) != rose:
            continue
        if (
            step.trader_id in facts.named
            or step.tier in wanted.tiers
            or step.before in wanted.tiers
        ):
            yield _tier_change(rule, step, rose)


def _tier_change(rule: Rule, step: TierStep, rose: bool) -> Firing:
    return Firing(
        key=f"{rule.id}:tier:{step.trader_id}:{step.at.timestamp():.0f}",
        at=step.at,
        trader_id=step.trader_id,
        strength=float(TIER_ORDER.index(step.tier)),
        detail={"before": step.before, "tier": step.tier, "rose": rose},
    )


def resolutions(rule: Rule, facts: Facts) -> Iterator[Firing]:
    """Every resolution of the rule's markets, once per market."""
    assert isinstance(rule.parameters, MarketResolves)
    for found in facts.resolutions:
        yield _resolution(rule, found)


def _resolution(rule: Rule, found: Resolution) -> Firing:
    payouts = [[name, str(payout)] for name, payout in found.payouts]
    return Firing(
        key=f"{rule.id}:resolved:{found.market_id}",
        at=found.at,
        market_id=found.market_id,
        event_id=found.event_id,
        detail={"payouts": payouts},
    )


def silences(rule: Rule, facts: Facts) -> Iterator[Firing]:
    """Every time a job had not succeeded for the rule's multiple of its schedule, once per silence."""
    wanted = rule.parameters
    assert isinstance(wanted, StreamStale)
    for silence in facts.silences:
        at = silence.last + timedelta(seconds=silence.schedule_s * wanted.times)
        chosen = not wanted.jobs or silence.job in wanted.jobs
        if chosen and (silence.next is None or silence.next > at):
            yield _silence(rule, wanted, silence)


def _silence(rule: Rule, wanted: StreamStale, silence: Silence) -> Firing:
    at = silence.last + timedelta(seconds=silence.schedule_s * wanted.times)
    return Firing(
        key=f"{rule.id}:stale:{silence.job}:{silence.last.timestamp():.0f}",
        at=at,
        detail={
            "job": silence.job,
            "last": silence.last.isoformat(),
            "schedule_s": silence.schedule_s,
            "next": silence.next.isoformat() if silence.next else None,
        },
    )
