"""Quiet hours make messages wait until they end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartmoney.alerts.quiet import waits_until

DAY = datetime(2026, 11, 20, tzinfo=UTC)


def at(hour: int, minute: int = 0, day: int = 0) -> datetime:
    return DAY + timedelta(days=day, hours=hour, minutes=minute)


@pytest.mark.parametrize(
    ("quiet", "now", "until"),
    [
        ("22:00-07:00", at(21, 59), at(21, 59)),
        ("22:00-07:00", at(22), at(7, day=1)),
        ("22:00-07:00", at(3), at(7)),
        ("22:00-07:00", at(7), at(7)),
        ("12:30-13:00", at(12, 45), at(13)),
        ("12:30-13:00", at(13), at(13)),
        ("12:30-00:00", at(23, 59), at(0, day=1)),
        ("00:00-06:00", at(0), at(6)),
        (None, at(3), at(3)),
    ],
)
def test_the_end_is_the_next_one(quiet: str | None, now: datetime, until: datetime) -> None:
    assert waits_until(quiet, now) == until


@given(st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 86_399))
def test_the_wait_ends_outside_and_within_a_day(start: int, end: int, second: int) -> None:
    if start != end:
        quiet = f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"
        now = DAY + timedelta(seconds=second)
        until = waits_until(quiet, now)
        assert now <= until < now + timedelta(days=1)
        assert waits_until(quiet, until) == until
