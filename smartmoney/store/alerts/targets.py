"""Where alerts go, by label: the addresses themselves are never stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from smartmoney.store.db import Store
from smartmoney.store.sql import Row, Statements

SQL = Statements(__file__)
LONGEST_ERROR = 500


def alert_targets(store: Store) -> list[Row]:
    """Where alerts go by label, with service, problem, the last test, and messages of seven days by result."""
    return SQL.fetch(store, "alert_targets")


def seen_targets(
    store: Store, targets: Sequence[tuple[str, str, str | None]], now: datetime
) -> None:
    """Note the targets there are now, as (label, service, problem or None); forget the others."""
    labels, services, problems = ([target[part] for target in targets] for part in range(3))
    SQL.fetch(store, "seen_targets", labels=labels, services=services, problems=problems, now=now)


def tested_target(store: Store, label: str, now: datetime, error: str | None) -> None:
    """Note what came of a test message: None when it was accepted."""
    SQL.fetch(
        store,
        "tested_target",
        label=label,
        now=now,
        error=None if error is None else error[:LONGEST_ERROR],
    )


def was_tested(store: Store, label: str, since: datetime) -> bool:
    """Was the target tested since a time?"""
    return bool(SQL.fetch(store, "test_lately", label=label, since=since))
