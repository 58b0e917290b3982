"""`doctor` holds disk, memory and requests against what is planned, and says what to do."""

from __future__ import annotations

from typing import Any

import pytest

from smartmoney.settings import Settings
from smartmoney.supervise import requirements

GB = 10**9


def found(**changed: Any) -> dict[str, Any]:
    """An installation half read: 5,000 of 10,000 wallets, 4 GB, 5 million trades."""
    facts = {
        "free_bytes": 100 * GB,
        "days_left": 900.0,
        "fits": True,
        "bytes_then": 8 * GB,
        "trades": 5_000_000,
        **changed,
    }
    return {
        "storage": {
            "free_bytes": facts["free_bytes"],
            "days_left": facts["days_left"],
            "sentence": "The tables grow.",
        },
        "capacity": {
            "first_fill": {
                "sentence": "First fill.",
                "wallets": 10_000,
                "read": 5_000,
                "bytes_now": 4 * GB,
                "bytes_then": facts["bytes_then"],
                "trades": facts["trades"],
            },
            "plans": [{"plan": {"fits": facts["fits"], "sentence": "All come late."}}],
        },
    }


def test_all_well(settings: Settings) -> None:
    told = list(requirements.checked(found(), settings))
    assert all(good for good, _ in told) and len(told) == 5
    assert "need 13.0 GB of disk more, 100.0 GB are free" in told[2][1]
    assert "about 10.0M trades takes 1.5 GB of memory" in told[3][1]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"days_left": 12.0}, "Make room"),
        (
            {"free_bytes": 12 * GB},
            "lower POPULATION_DEPTH, or set SMARTMONEY_HOME to a larger disk",
        ),
        ({"trades": 25_000_000}, "6.8 GB of memory, and JOB_MEMORY_MB allows 6,144 MB; raise it"),
        ({"fits": False}, "All come late."),
    ],
)
def test_what_does_not_fit_is_said(
    settings: Settings, changed: dict[str, Any], sentence: str
) -> None:
    bad = [told for good, told in requirements.checked(found(**changed), settings) if not good]
    assert len(bad) == 1 and sentence in bad[0]


def test_without_a_database_nothing_is_claimed(settings: Settings) -> None:
    away = {"storage": None, "capacity": None}
    assert list(requirements.checked(away, settings)) == []
