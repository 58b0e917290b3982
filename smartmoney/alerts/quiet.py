"""Quiet hours: a UTC range in which messages wait."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta


def waits_until(quiet_hours: str | None, at: datetime) -> datetime:
    """When a message of `at` may be sent: `at` itself, or the end of the quiet hours it falls into.

    Args:
        quiet_hours: such as 22:00-07:00, UTC, start included, end not; None for none.
    """
    if quiet_hours is None:
        return at
    start, end = (time.fromisoformat(part) for part in quiet_hours.split("-"))
    now = at.astimezone(UTC)
    inside = start <= now.time() < end if start < end else now.time() >= start or now.time() < end
    if not inside:
        return at
    first = datetime.combine(now.date(), end, UTC)
    return first if first > now else first + timedelta(days=1)
