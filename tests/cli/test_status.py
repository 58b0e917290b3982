"""What `smartmoney status` says, whatever the clock did meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from smartmoney.supervise.status import as_text

JOB = {"job": "sync_markets", "consequence": ""}


def told(**row: Any) -> str:
    """The line of one job."""
    found = {
        "running": True,
        "home": "h",
        "source": "live",
        "started_at": "t",
        "pid": 1,
        "addresses": {},
        "programs": [],
    }
    return (
        as_text(
            {**found, "storage": None, "implausible": [], "capacity": None, "jobs": [JOB | row]}
        )
        .splitlines()[-1]
        .strip()
    )


@pytest.mark.parametrize(
    ("row", "line"),
    [
        (
            {
                "freshness": "fresh",
                "last_success_at": -timedelta(minutes=5),
                "next_due": timedelta(minutes=5, seconds=30),
            },
            "sync_markets             fresh  last success 5 min ago, next due in 5 min",
        ),
        (
            {
                "freshness": "red",
                "last_success_at": -timedelta(hours=5),
                "next_due": -timedelta(hours=3),
                "consequence": "prices are stale",
            },
            "sync_markets             red    last success 5 h ago, due since 3 h: prices are stale",
        ),
        (
            {
                "freshness": "fresh",
                "last_success_at": None,
                "next_due": timedelta(hours=23, minutes=59),
            },
            "sync_markets             fresh  has not run yet, next due in 24 h",
        ),
        (
            {"freshness": "off", "last_success_at": None, "next_due": None},
            "sync_markets             –      has not run yet; it has no schedule of its own",
        ),
        (
            {
                "freshness": "fresh",
                "last_success_at": timedelta(hours=2, minutes=1),
                "next_due": timedelta(hours=3, minutes=1),
            },
            "sync_markets             fresh  last success 2 h ahead of this clock, next due in 3 h",
        ),
    ],
)
def test_a_job_in_words(row: dict[str, Any], line: str) -> None:
    now = datetime.now(UTC)
    assert (
        told(
            **{
                name: now + value if isinstance(value, timedelta) else value
                for name, value in row.items()
            }
        )
        == line
    )


def test_growth_the_disk_and_what_is_implausible_are_said() -> None:
    found = {"running": False, "home": "h", "addresses": {}, "programs": []}
    sentence = "The tables take 1.0 GB and grow by 9.0 MB a day."
    can = {
        "first_fill": {"sentence": "First fill: 1 of 2."},
        "plans": [{"plan": {"sentence": "Trades of 2 wallets."}}],
    }
    odd = [{"sentence": "The population shrank.", "run_id": 7, "job": "sync_leaderboard"}]
    text = as_text(
        {
            **found,
            "storage": {"sentence": sentence},
            "implausible": odd,
            "capacity": can,
            "jobs": [],
        }
    )
    assert text.splitlines()[1:4] == [
        f"  {sentence}",
        "  First fill: 1 of 2.",
        "  Trades of 2 wallets.",
    ]
    assert "  Hardly true: The population shrank. (run 7 of sync_leaderboard)" in text.splitlines()


def test_a_database_that_is_away_is_said() -> None:
    found = {
        "running": True,
        "home": "h",
        "source": "live",
        "started_at": "t",
        "pid": 1,
        "addresses": {},
        "jobs": None,
        "programs": [
            {
                "name": "api",
                "state": "running",
                "since": (datetime.now(UTC) - timedelta(hours=3)).isoformat(),
            }
        ],
    }
    assert as_text(found).splitlines()[1:] == [
        "  api        running   for 3 h",
        "The database does not answer; its log tells why.",
    ]
