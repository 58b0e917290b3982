"""Messages on their way: each is claimed before it is sent, and noted after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from smartmoney.store.db import Store
from smartmoney.store.sql import Row, Statements

SQL = Statements(__file__)
LEASE = timedelta(minutes=2)
LONGEST_ERROR = 500
MOST_ROWS = 500


def claim(
    store: Store, now: datetime, targets: Sequence[str], skipped: Sequence[str] = ()
) -> Row | None:
    """Take the delivery that waited longest, or None when nothing is due.

    It is noted as being sent before it is. When the process dies meanwhile it is taken again after two
    minutes, with `repeated` set: nobody knows whether it arrived.

    Args:
        targets: labels that can be told now.
        skipped: labels left out.
    """
    rows = SQL.fetch(
        store, "claim", now=now, targets=list(targets), skipped=list(skipped), lease_end=now + LEASE
    )
    return rows[0] if rows else None


def sent(store: Store, alert_id: int, target: str, now: datetime) -> None:
    """Note that the target accepted the message."""
    SQL.fetch(store, "sent", alert_id=alert_id, target=target, now=now)


def not_sent(
    store: Store, alert_id: int, target: str, error: str, next_at: datetime | None
) -> None:
    """Note that the target did not accept it, and when to try again; None gives up."""
    SQL.fetch(
        store,
        "not_sent",
        alert_id=alert_id,
        target=target,
        error=error[:LONGEST_ERROR],
        next_at=next_at,
    )


def expire(store: Store, now: datetime, targets: Sequence[str]) -> int:
    """Give up what could not be told within a day; returns how many."""
    return len(SQL.fetch(store, "expire", now=now, targets=list(targets)))


def deliveries(
    store: Store, alerts: Sequence[int] | None = None, status: str | None = None, size: int = 100
) -> list[Row]:
    """The newest deliveries with status, attempts, error and the alert's sentence; of `alerts` when given."""
    if alerts is not None and not alerts:
        return []
    return SQL.fetch(
        store,
        "deliveries",
        alerts=None if alerts is None else list(alerts),
        status=status,
        size=min(max(size, 1), MOST_ROWS),
    )
