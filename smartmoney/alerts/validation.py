"""Rules checked before they are saved, and tried on the last seven days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from smartmoney.alerts.dispatch import evaluate, sentences
from smartmoney.alerts.inputs import Span
from smartmoney.alerts.rules import Rule, draft
from smartmoney.errors import ParameterError
from smartmoney.store import alerts as store_alerts
from smartmoney.store.db import Store
from smartmoney.store.wallets import owners

DAYS = 7
MOST_FIRINGS = 1_000  # in the days of a dry run; a rule that fires more often is not saved
SAMPLES = 10


@dataclass(frozen=True)
class DryRun:
    """What a rule would have brought.

    Attributes:
        since, until: the span it was tried on.
        fired: firings after de-duplication and cool-down.
        alerts: those left after the cap per day.
        per_day: firings by UTC day (ISO).
        dropped: firings held back, by reason.
        samples: sentences of the newest firings.
        blind_until: until when the rule could see nothing, if that is within the span: tiers and statistics
            are known since the first scoring only.
    """

    since: datetime
    until: datetime
    fired: int
    alerts: int
    per_day: Mapping[str, int]
    dropped: Mapping[str, int]
    samples: Sequence[str]
    blind_until: datetime | None = None

    def __str__(self) -> str:
        days = (self.until - self.since).days
        capped = (
            f", {self.fired - self.alerts:,} of them over the daily cap"
            if self.alerts < self.fired
            else ""
        )
        held = "".join(
            f"; {count:,} held back by {reason}" for reason, count in sorted(self.dropped.items())
        )
        blind = (
            f" Before {self.blind_until:%Y-%m-%d %H:%M} UTC it could see nothing."
            if self.blind_until
            else ""
        )
        return f"In the last {days} days it would have fired {self.fired:,} times{capped}{held}.{blind}"


def dry_run(
    store: Store, rule: Rule, now: datetime, schedules: Mapping[str, float], days: int = DAYS
) -> DryRun:
    """Evaluate a rule over the last days as if it had been there, without storing anything.

    Raises:
        ParameterError: the rule reads too much.
    """
    start = now - timedelta(days=days)
    inputs = rule.parameters.read(store, Span(start, now, schedules))
    evaluation = evaluate(rule, inputs, (), start, now)
    per_day = Counter(firing.at.date().isoformat() for firing in evaluation.firings)
    alerts = sum(min(count, rule.parameters.most_per_day) for count in per_day.values())
    newest = list(evaluation.firings)[-SAMPLES:][::-1]
    return DryRun(
        start,
        now,
        len(evaluation.firings),
        alerts,
        dict(sorted(per_day.items())),
        evaluation.dropped,
        sentences(store, rule, newest),
        _blind_until(store, rule, start, now),
    )


def _blind_until(store: Store, rule: Rule, start: datetime, now: datetime) -> datetime | None:
    first = rule.parameters.known_since(store_alerts.known_since(store))
    first = min(first or now, now)
    return first if first > start else None


def check(
    store: Store,
    name: str,
    kind: str,
    parameters: Mapping[str, Any],
    targets: Sequence[str] | None = None,
) -> Rule:
    """A rule that may be tried: its parameters are right and what it names is known.

    Args:
        targets: labels there are; None when they are not known here, so that a rule's own are not checked.

    Raises:
        ParameterError: one sentence on what is wrong.
    """
    rule = draft(name, kind, parameters)
    own = rule.parameters
    missing = store_alerts.unknown(store, getattr(own, "wallets", ()), getattr(own, "markets", ()))
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        why = owners.standing(store, missing[0]).sentence(missing[0])
        raise ParameterError(
            why
            or f"There is no trader or market {missing[0]}{more} in the database; sync it first."
        )
    strange = [label for label in own.targets or () if targets is not None and label not in targets]
    if strange:
        there = ", ".join(targets or ()) or "none"
        raise ParameterError(f"There is no alert target {strange[0]!r}; there are: {there}.")
    return rule


def save_rule(
    store: Store,
    name: str,
    kind: str,
    parameters: Mapping[str, Any],
    *,
    now: datetime,
    schedules: Mapping[str, float],
    who: str = "local",
    rule_id: int | None = None,
    targets: Sequence[str] | None = None,
) -> tuple[int, DryRun]:
    """Check and try a rule, then save it, or change rule `rule_id`; returns its id and the dry run.

    Raises:
        ParameterError: it is wrong, names somebody unknown, or would have fired over 1,000 times in seven
            days.
    """
    rule = check(store, name, kind, parameters, targets)
    tried = dry_run(store, rule, now, schedules)
    if tried.fired > MOST_FIRINGS:
        raise ParameterError(
            f"This rule would have fired {tried.fired:,} times in {DAYS} days, more than "
            f"{MOST_FIRINGS:,}; raise its size or level, lengthen its cool-down, or name fewer."
        )
    packed = rule.parameters.model_dump(mode="json")
    if rule_id is None:
        return store_alerts.add_alert_rule(store, rule.name, rule.kind, packed, who), tried
    if not store_alerts.change_alert_rule(
        store, rule_id, name=rule.name, kind=rule.kind, parameters=packed
    ):
        raise ParameterError(f"There is no rule {rule_id}.")
    return rule_id, tried
