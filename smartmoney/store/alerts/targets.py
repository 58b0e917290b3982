"""Where alerts go, by label: the addresses themselves are never stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from smartmoney.store.alerts.run import change, look
from smartmoney.store.db import Store

LONGEST_ERROR = 500


def seen_targets(
    store: Store, targets: Sequence[tuple[str, str, str | None]], now: datetime
) -> None:
    """Note the targets there are now, as (label, service, problem or None); forget the others."""
    labels, services, problems = ([target[part] for target in targets] for part in range(3))
    change(store, "seen_targets", labels=labels, services=services, problems=problems, now=now)


def tested_target(store: Store, label: str, now: datetime, error: str | None) -> None:
    """Note what came of a test message: None when it was accepted."""
    change(
        store,
        "tested_target",
        label=label,
        now=now,
        error=None if error is None else error[:LONGEST_ERROR],
    )


def was_tested(store: Store, label: str, since: datetime) -> bool:
    """Was the target tested since a time?"""
    return bool(look(store, "test_lately", label=label, since=since))
