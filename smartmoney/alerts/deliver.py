"""Deliveries: claimed, sent, noted.

At least once, and never twice on purpose: a delivery is noted as being sent before the message leaves and as
sent after it was accepted. Only a process killed between the two leaves a doubt; then the message is sent
again with the same key, which a webhook can drop, and says that it may be a repeat.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from smartmoney.alerts.quiet import waits_until
from smartmoney.alerts.sending import Message, Result, message_key, send
from smartmoney.alerts.targets import Target, read_targets
from smartmoney.errors import ParameterError
from smartmoney.settings import Settings, get_settings
from smartmoney.store import alerts as store_alerts
from smartmoney.store.db import Store
from smartmoney.store.reads import Row
from smartmoney.text import INERT, sanitize

MOST_ATTEMPTS = 8
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=3)
BUDGET_SECONDS = 60.0
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time, UTC."""
    return datetime.now(UTC)


def deliver(
    store: Store, targets: Sequence[Target], clock: Clock = utc_now, seconds: float = BUDGET_SECONDS
) -> Counter[str]:
    """Send what is due until nothing is, or the time is up.

    A target that did not accept a message is left alone for the rest of the run.

    Returns: how many were sent, put off, and failed for good.
    """
    known = {target.label: target for target in targets}
    done: Counter[str] = Counter(failed=store_alerts.expire(store, clock(), sorted(known)))
    down: set[str] = set()
    until = time.monotonic() + seconds
    while known.keys() - down and time.monotonic() < until:
        row = store_alerts.claim(store, clock(), sorted(known), sorted(down))
        if row is None:
            break
        result = send(known[row["target"]], message(row))
        done[_note(store, row, result, clock())] += 1
        if not result.ok:
            down.add(row["target"])
    return done


def message(row: Row) -> Message:
    """The message of a claimed delivery."""
    again = (
        "This may be a repeat: an earlier try ended without an answer. " if row["repeated"] else ""
    )
    return Message(
        f"smartmoney: {sanitize(row['rule_name'], 80, INERT)}",
        again + row["sentence"],
        message_key(row["dedupe_key"], row["target"]),
    )


def _note(store: Store, row: Row, result: Result, now: datetime) -> str:
    if result.ok:
        store_alerts.sent(store, row["alert_id"], row["target"], now)
        return "sent"
    last = row["attempts"] >= MOST_ATTEMPTS
    next_at = None if last else waits_until(row["quiet_hours"], now + backoff(row["attempts"]))
    store_alerts.not_sent(store, row["alert_id"], row["target"], result.error, next_at)
    return "failed" if last else "put off"


def backoff(attempts: int) -> timedelta:
    """The wait after that many tries: 30 s, then four times as long each, give or take a fifth, up to 3 h."""
    wait: timedelta = FIRST_WAIT * 4 ** (attempts - 1) * random.uniform(0.8, 1.2)
    return min(wait, LONGEST_WAIT)


def send_test(
    target_label: str, settings: Settings | None = None, allow_private: bool = False
) -> Result:
    """Send a test message to one target.

    Raises:
        ParameterError: there is no such target, or its address cannot be used.
    """
    found, problems = read_targets(settings or get_settings(), allow_private)
    targets = {target.label: target for target in found}
    if target_label not in targets:
        there = ", ".join(targets) or "none; set ALERT_URLS"
        sentence = f"There is no alert target {target_label[:40]!r}; there are: {there}."
        raise ParameterError(" ".join([sentence, *problems]))
    key = message_key(f"test:{utc_now().isoformat()}", target_label)
    return send(
        targets[target_label], Message("smartmoney: test", "A test: alerts reach this place.", key)
    )
