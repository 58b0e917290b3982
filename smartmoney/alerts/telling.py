"""From rules to alerts in the feed: one rule at a time, so that a wrong one stops no other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from smartmoney.alerts.evaluate import Verdict, evaluate, since
from smartmoney.alerts.facts import Firing
from smartmoney.alerts.gather import Span, gather, told
from smartmoney.alerts.plain import plain
from smartmoney.alerts.quiet import waits_until
from smartmoney.alerts.rules import Rule
from smartmoney.alerts.saving import sentences
from smartmoney.store import alerts as store_alerts
from smartmoney.store.alerts import NewAlert
from smartmoney.store.db import Store


@dataclass(frozen=True)
class Told:
    """What one rule told.

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


def tell(
    store: Store, rule: Rule, now: datetime, schedules: Mapping[str, float], targets: Sequence[str]
) -> Told:
    """Evaluate one rule and store what it found, with its deliveries.

    Raises:
        ParameterError: the rule looks at too much.
    """
    start = since(rule, now)
    verdict = evaluate(
        rule,
        gather(store, rule, Span(start, now, schedules)),
        told(store, rule, start),
        start,
        now,
        _room(store, rule, now),
    )
    wanted = rule.parameters.targets
    chosen = [label for label in targets if wanted is None or label in wanted]
    found = _alerts(store, rule, verdict, now)
    ids = store_alerts.save_alerts(
        store,
        rule.id,
        found,
        chosen,
        now,
        waits_until(rule.parameters.quiet_hours, now),
        skipped_to=now if verdict.capped else None,
    )
    newest = max((firing.at for firing in verdict.firings), default=None)
    return Told(ids, found, len(verdict.capped), verdict.dropped, newest)


def _room(store: Store, rule: Rule, now: datetime) -> int:
    today = store_alerts.fired_lately(store, rule.id, now - timedelta(days=1))
    return max(0, min(rule.parameters.most_per_run, rule.parameters.most_per_day - today))


def _alerts(store: Store, rule: Rule, verdict: Verdict, now: datetime) -> list[NewAlert]:
    texts = sentences(store, rule, verdict.firings)
    found = [_alert(firing, text) for firing, text in zip(verdict.firings, texts, strict=True)]
    return [*found, _capped(rule, verdict, now)] if verdict.capped else found


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


def _capped(rule: Rule, verdict: Verdict, now: datetime) -> NewAlert:
    """The one alert a day that says that a rule's cap was reached."""
    most = rule.parameters
    text = (
        f"The rule “{plain(rule.name, 80)}” reached its cap ({most.most_per_run} a run, "
        f"{most.most_per_day} a day): {len(verdict.capped):,} more were not told. "
        "Narrow it, or raise the cap."
    )
    return NewAlert(
        f"{rule.id}:capped:{now.date().isoformat()}",
        now,
        text,
        detail={"capped": len(verdict.capped)},
    )
