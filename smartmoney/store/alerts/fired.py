"""Alerts that fired: the feed, how they are stored, and what happened afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from psycopg.types.json import Jsonb

from smartmoney.store.alerts.rules import note_evaluated
from smartmoney.store.db import Store
from smartmoney.store.filters import MOST_ROWS, About, ListFilter, Sort, matching, within
from smartmoney.store.sql import Page, Row, Statements

SQL = Statements(__file__)
FOLLOWED = {  # column: how long after it fired, and how old the price may be then
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


class AlertSort(Sort):
    """Keys alerts can be sorted by."""

    at = ("alert.at", "timestamptz", "never null")


@dataclass(frozen=True, kw_only=True)
class AlertFilter(ListFilter):
    """The list of alerts, by time."""

    sort: AlertSort = AlertSort.at
    limit: int = within(20, 1, MOST_ROWS)
    text: str = matching(About("Part of the sentence.", "sentence", "q"))
    rule_id: int | None = within(None, 1, 2**31 - 1, About("Only of this rule.", example=1))


def alerts(store: Store, filters: AlertFilter | None = None) -> Page:
    """Alerts, newest first, with deliveries and the price one hour and a day later and at settlement."""
    return SQL.page(store, "alerts", filters or AlertFilter())


def fired(store: Store, rule_id: int, since: datetime) -> list[Row]:
    """Alerts of a rule on events since a time, ascending."""
    return SQL.fetch(store, "fired", rule_id=rule_id, since=since)


def fired_lately(store: Store, rule_id: int, since: datetime) -> int:
    """How many alerts of a rule were stored since a time."""
    return int(SQL.fetch(store, "fired_lately", rule_id=rule_id, since=since)[0]["fired"])


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
    with store.raw() as connection:
        if not note_evaluated(connection, rule_id, now, skipped_to=skipped_to):
            return []
        for alert in alerts:
            values = {**alert.__dict__, "detail": Jsonb(dict(alert.detail))}
            alert_id = SQL.value(connection, "add", rule_id=rule_id, now=now, **values)
            if alert_id is not None:
                made.append(alert_id)
                about = {"alert_id": alert_id, "targets": list(targets), "next_at": next_at}
                SQL.run(connection, "add_deliveries", **about)
    return made


def follow_up(store: Store, now: datetime) -> dict[str, int]:
    """Fill in what happened after alerts: the price one hour and one day later, and what the outcome paid.

    Returns how many of each were filled in.
    """
    filled = {
        column: len(
            SQL.fetch(
                store, "follow_price", {"column": column}, now=now, after=after, tolerance=tolerance
            )
        )
        for column, (after, tolerance) in FOLLOWED.items()
    }
    return {**filled, "settled": len(SQL.fetch(store, "follow_settled"))}
