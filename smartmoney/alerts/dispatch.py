"""From rules to alerts in the feed: one rule at a time, so that a wrong one stops no other.

A firing at T depends on rows known at T alone and on the alerts before, so the same rows give the same firings, however often
they are read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from smartmoney.alerts.dedupe import Dedupe
from smartmoney.alerts.inputs import Firing, RuleInputs, Span
from smartmoney.alerts.quiet import waits_until
from smartmoney.alerts.rules import Rule
from smartmoney.store import alerts as store_alerts
from smartmoney.store.alerts import NewAlert
from smartmoney.store.db import Store
from smartmoney.text import INERT, sanitize

NO_LIMIT = 10**9
LONGEST = 500


@dataclass(frozen=True)
class Evaluation:
    """What one rule found.

    Attributes:
        firings: to become alerts, in the order of time.
        capped: lost to a cap.
        dropped: held back, by reason (cool-down, event).
    """

    firings: Sequence[Firing]
    capped: Sequence[Firing]
    dropped: Mapping[str, int]


def evaluate(
    rule: Rule,
    inputs: RuleInputs,
    earlier: Sequence[Firing],
    start: datetime,
    now: datetime,
    room: int = NO_LIMIT,
) -> Evaluation:
    """The firings of a rule among events in [start, now]; pure.

    Args:
        rule: what to look for.
        inputs: rows known at `now`, reaching back the rule's window before `start`.
        earlier: the rule's alerts so far, reaching back its memory before `start`.
        start, now: which events may fire.
        room: most firings let through; the rest is `capped`.
    """
    options = rule.parameters
    dedupe = Dedupe(
        earlier,
        start,
        now,
        room=room,
        cooldown=timedelta(minutes=options.cooldown_minutes),
        event_spacing=timedelta(minutes=options.event_minutes),
    )
    options.evaluate(rule.id, inputs, dedupe)
    return Evaluation(dedupe.accepted, dedupe.capped, dict(dedupe.dropped))


def since(rule: Rule, now: datetime) -> datetime:
    """From when on events may fire: the horizon, but not before the rule starts."""
    return max(now - rule.parameters.horizon, rule.starts_at)


def earlier(store: Store, rule: Rule, start: datetime) -> list[Firing]:
    """The rule's alerts that still matter for events from `start` on."""
    rows = store_alerts.fired(store, rule.id, start - rule.parameters.memory) if rule.id else []
    return [Firing(**row) for row in rows]


def sentences(store: Store, rule: Rule, firings: Sequence[Firing]) -> list[str]:
    """One sentence per firing, of at most 500 letters."""
    if not firings:
        return []
    wallets = {firing.trader_id for firing in firings} | {
        id_ for firing in firings for id_ in firing.detail.get("wallets", ())
    }
    names = store_alerts.names(
        store,
        _known(wallets),
        _known({firing.market_id for firing in firings}),
        _known({firing.outcome_id for firing in firings}),
    )
    return [rule.parameters.sentence(firing, names)[:LONGEST] for firing in firings]


def _known(ids: set[int | None]) -> list[int]:
    return [id_ for id_ in ids if id_ is not None]


@dataclass(frozen=True)
class Dispatched:
    """What one rule brought.

    Attributes:
        ids: rows of `alert` that are new.
        alerts: what they say.
        capped: firings lost to a cap.
        dropped: firings held back, by reason.
        newest: when the newest of the new ones happened.
    """

    ids: Sequence[int] = ()
    alerts: Sequence[NewAlert] = ()
    capped: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)
    newest: datetime | None = None


def dispatch(
    store: Store, rule: Rule, now: datetime, schedules: Mapping[str, float], targets: Sequence[str]
) -> Dispatched:
    """Evaluate one rule and store what it found, with its deliveries.

    Raises:
        ParameterError: the rule reads too much.
    """
    start = since(rule, now)
    evaluation = evaluate(
        rule,
        rule.parameters.read(store, Span(start, now, schedules)),
        earlier(store, rule, start),
        start,
        now,
        _room(store, rule, now),
    )
    own = rule.parameters.targets
    chosen = [label for label in targets if own is None or label in own]
    alerts = _alerts(store, rule, evaluation, now)
    ids = store_alerts.save_alerts(
        store,
        rule.id,
        alerts,
        chosen,
        now,
        waits_until(rule.parameters.quiet_hours, now),
        skipped_to=now if evaluation.capped else None,
    )
    newest = max((firing.at for firing in evaluation.firings), default=None)
    return Dispatched(ids, alerts, len(evaluation.capped), evaluation.dropped, newest)


def _room(store: Store, rule: Rule, now: datetime) -> int:
    today = store_alerts.fired_lately(store, rule.id, now - timedelta(days=1))
    return max(0, min(rule.parameters.most_per_run, rule.parameters.most_per_day - today))


def _alerts(store: Store, rule: Rule, evaluation: Evaluation, now: datetime) -> list[NewAlert]:
    texts = sentences(store, rule, evaluation.firings)
    found = [_alert(firing, text) for firing, text in zip(evaluation.firings, texts, strict=True)]
    return [*found, _capped(rule, evaluation, now)] if evaluation.capped else found


def _alert(firing: Firing, text: str) -> NewAlert:
    return NewAlert(
        firing.key,
        firing.at,
        text,
        firing.trader_id,
        firing.market_id,
        firing.event_id,
        firing.outcome_id,
        firing.direction,
        firing.price,
        firing.detail,
    )


def _capped(rule: Rule, evaluation: Evaluation, now: datetime) -> NewAlert:
    """The one alert a day that says that a rule's cap was reached."""
    most = rule.parameters
    text = (
        f"The rule “{sanitize(rule.name, 80, INERT)}” reached its cap ({most.most_per_run} a run, "
        f"{most.most_per_day} a day): {len(evaluation.capped):,} more brought no alert. "
        "Narrow it, or raise the cap."
    )
    return NewAlert(
        f"{rule.id}:capped:{now.date().isoformat()}",
        now,
        text,
        detail={"capped": len(evaluation.capped)},
    )
