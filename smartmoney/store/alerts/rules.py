"""Alert rules: what people edit, what an evaluation reads of them, and how they did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from smartmoney.store.db import PostgresConnection, Store
from smartmoney.store.sql import Row, Statements, document

SQL = Statements(__file__)
LONGEST_ERROR = 1_000
EVER = datetime(1970, 1, 1, tzinfo=UTC)


def alert_rules(store: Store) -> list[Row]:
    """Every rule with how often it fired."""
    return SQL.fetch(store, "alert_rules")


def alert_rule(store: Store, rule_id: int) -> Row | None:
    """One alert rule with how often it fired, or None."""
    return SQL.fetch_one(store, "alert_rule", rule_id=rule_id)


def add_alert_rule(
    store: Store, name: str, kind: str, parameters: dict[str, Any], who: str = "local"
) -> int:
    """A new rule; returns its id.

    Raises:
        ParameterError: a value breaks a rule of the table.
    """
    row = SQL.edit(
        store,
        "add_alert_rule",
        name=name.strip()[:200],
        kind=kind[:60],
        parameters=document(parameters),
        created_by=who,
    )
    assert row is not None
    return int(row["id"])


def change_alert_rule(
    store: Store,
    rule_id: int,
    *,
    name: str | None = None,
    kind: str | None = None,
    parameters: dict[str, Any] | None = None,
    enabled: bool | None = None,
) -> bool:
    """Change what is given; False when there is no such rule.

    Raises:
        ParameterError: a value breaks a rule of the table.
    """
    row = SQL.edit(
        store,
        "change_alert_rule",
        rule_id=rule_id,
        name=name,
        kind=kind,
        parameters=None if parameters is None else document(parameters),
        enabled=enabled,
    )
    return row is not None


def delete_alert_rule(store: Store, rule_id: int) -> bool:
    """Delete the rule with its alerts; False when there is no such rule."""
    return SQL.edit(store, "delete_alert_rule", rule_id=rule_id) is not None


def rules(store: Store, ids: Sequence[int] | None = None, enabled: bool = True) -> list[Row]:
    """Rules by id: id, name, kind, parameters, enabled, starts_at. With `enabled`, only those that are."""
    if ids is not None and not ids:
        return []
    return SQL.fetch(store, "evaluable", ids=ids and list(ids), enabled=enabled)


def evaluated(store: Store, rule_id: int, now: datetime, error: str) -> None:
    """Note that a rule could not be evaluated, and why."""
    with store.raw() as connection:
        note_evaluated(connection, rule_id, now, error[:LONGEST_ERROR])


def note_evaluated(
    connection: PostgresConnection[Any],
    rule_id: int,
    now: datetime,
    error: str | None = None,
    skipped_to: datetime | None = None,
) -> bool:
    """Note that a rule was evaluated, and how far a cap made it skip; False when it is gone."""
    noted = {"rule_id": rule_id, "now": now, "error": error, "skipped_to": skipped_to}
    return SQL.value(connection, "evaluated", **noted) is not None


def rule_outcomes(store: Store, since: datetime = EVER) -> list[Row]:
    """Per rule, how often it fired since a time and how prices moved the way it pointed.

    For each of 1h, 24h and settled: n, hit_rate (share of moves above 0) and move (mean, USD per share,
    signed by the direction of the alert); rate and move are None when n is 0.
    """
    return SQL.fetch(store, "rule_outcomes", since=since)
