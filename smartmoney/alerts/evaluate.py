"""Rules against facts: pure, so that the same rows give the same firings, however often they are read.

A firing at T depends on rows known at T alone and on what was told before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from smartmoney.alerts import consensus, moves, steps
from smartmoney.alerts.facts import Facts, Firing
from smartmoney.alerts.gate import Gate
from smartmoney.alerts.parameters import RuleKind
from smartmoney.alerts.rules import Rule

WALKS: dict[RuleKind, Callable[[Rule, Facts, Gate], None]] = {
    RuleKind.trader_moves: moves.walk,
    RuleKind.consensus: consensus.walk,
}
STEPS: dict[RuleKind, Callable[[Rule, Facts], Iterator[Firing]]] = {
    RuleKind.market_crosses: steps.crossings,
    RuleKind.tier_changes: steps.tier_changes,
    RuleKind.market_resolves: steps.resolutions,
    RuleKind.stream_stale: steps.silences,
}
HORIZON = {  # how late a row may come and still be told
    RuleKind.trader_moves: timedelta(hours=24),
    RuleKind.consensus: timedelta(hours=24),
    RuleKind.market_crosses: timedelta(hours=6),
    RuleKind.tier_changes: timedelta(hours=24),
    RuleKind.market_resolves: timedelta(days=7),
    RuleKind.stream_stale: timedelta(hours=24),
}
NO_LIMIT = 10**9


@dataclass(frozen=True)
class Verdict:
    """What one rule found.

    Attributes:
        firings: to be told, in the order of time.
        capped: lost to a cap.
        dropped: held back, by reason (cool-down, event).
    """

    firings: Sequence[Firing]
    capped: Sequence[Firing]
    dropped: Mapping[str, int]


def since(rule: Rule, now: datetime) -> datetime:
    """From when on events are looked at: the horizon, but not before the rule starts."""
    return max(now - HORIZON[rule.kind], rule.starts_at)


def evaluate(
    rule: Rule,
    facts: Facts,
    told: Sequence[Firing],
    start: datetime,
    now: datetime,
    room: int = NO_LIMIT,
) -> Verdict:
    """The firings of a rule among events in [start, now].

    Args:
        rule: what to look for.
        facts: rows known at `now`, reaching back `rule.window` before `start`.
        told: the rule's firings so far, reaching back `rule.memory` before `start`.
        start, now: which events may fire.
        room: most firings let through; the rest is `capped`.
    """
    gate = Gate(rule, told, start, now, room)
    if rule.kind in WALKS:
        WALKS[rule.kind](rule, facts, gate)
    else:
        for firing in STEPS[rule.kind](rule, facts):
            gate.offer(firing)
    return Verdict(gate.accepted, gate.capped, dict(gate.dropped))
