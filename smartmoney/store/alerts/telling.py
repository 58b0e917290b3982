"""Rules to evaluate, what they told, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from smartmoney.store.alerts.run import change, look, run
from smartmoney.store.db import Store
from smartmoney.store.reads.base import Row

LONGEST_ERROR = 1_000
EVER = datetime(1970, 1, 1, tzinfo=UTC)
FOLLOWED = {  # column: how long after it was told, and how old the look at the price may be then
    "price_1h": (timedelta(hours=1), timedelta(minutes=30)),
    "price_24h": (timedelta(hours=24), timedelta(hours=2)),
}


@dataclass(frozen=True)
class NewAlert:
    """An alert to be stored; see `smartmoney.alerts.facts.Firing` for the fields they share."""

    key: str
    event_at: datetime
    sentence: str
    trader_id: int | None = None
    market_id: int | None = None
    event_id: int | None = None
    outcome_id: int | None = None
    direction: int | None = None
    price: Decimal | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


def rules(store: Store, ids: Sequence[int] | None = None, enabled: bool = True) -> list[Row]:
    """Rules by id: id, name, kind, parameters, enabled, starts_at. With `enabled`, only those that are."""
    return (
        []
        if ids == []
        else look(store, "rules", ids=None if ids is None else list(ids), enabled=enabled)
    )


def told(store: Store, rule_id: int, since: datetime) -> list[Row]:
    """Alerts of a rule on events since a time, ascending."""
    return look(store, "told", rule_id=rule_id, since=since)


def told_lately(store: Store, rule_id: int, since: datetime) -> int:
    """How many alerts a rule told since a time."""
    return int(look(store, "told_lately", rule_id=rule_id, since=since)[0]["told"])


def save_alerts(
    store: Store,
    rule_id: int,
    alerts: Sequence[NewAlert],
    targets: Sequence[str],
    now: datetime,
    next_at: datetime,
    skipped_to: datetime | None = None,
) -> list[int]:
    """Store alerts with one delivery per target, and note that the rule was looked at; in one transaction.

    An alert whose key is known is left as it is. Returns the ids of the new ones; none when the rule is gone.
    """
    made: list[int] = []
    with store.transaction() as connection:
        if not run(
            connection, "evaluated", rule_id=rule_id, now=now, error=None, skipped_to=skipped_to
        ):
            return []
        for alert in alerts:
            values = {**alert.__dict__, "detail": json.dumps(dict(alert.detail), allow_nan=False)}
            for row in run(connection, "add", rule_id=rule_id, now=now, **values):
                made.append(row["id"])
                run(
                    connection,
                    "add_deliveries",
                    alert_id=row["id"],
                    targets=list(targets),
                    next_at=next_at,
                )
    return made


def evaluated(store: Store, rule_id: int, now: datetime, error: str) -> None:
    """Note that a rule could not be evaluated, and why."""
    change(
        store, "evaluated", rule_id=rule_id, now=now, error=error[:LONGEST_ERROR], skipped_to=None
    )


def follow_up(store: Store, now: datetime) -> dict[str, int]:
    """Fill in what happened after alerts: the price one hour and one day later, and what the outcome paid.

    Returns how many of each were filled in.
    """
    filled = {
        column: len(
            change(
                store, "follow_price", {"column": column}, now=now, after=after, tolerance=tolerance
            )
        )
        for column, (after, tolerance) in FOLLOWED.items()
    }
    return {**filled, "settled": len(change(store, "follow_settled"))}


def rule_outcomes(store: Store, since: datetime = EVER) -> list[Row]:
    """Per rule, how often it fired since a time and how prices moved the way it pointed.

    For each of 1h, 24h and settled: n, hit_rate (share of moves above 0) and move (mean, USD per share,
    signed by the direction of the alert); rate and move are None when n is 0.
    """
    return look(store, "rule_outcomes", since=since)
