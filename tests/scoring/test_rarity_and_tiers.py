"""Percentiles, scores and tiers at their edges: ties, one wallet, flagged wallets, gates that fail."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata

from smartmoney.scoring.constants import SCORING_WEIGHTS, TIER_THRESHOLDS
from smartmoney.scoring.rarity import classic_scores, percentile, rarity_scores
from smartmoney.scoring.tiers import Evidence, place

numbers = st.lists(st.integers(-5, 5), min_size=1, max_size=30)


@given(numbers)
@settings(max_examples=100, deadline=None)
def test_hazen_percentile_is_average_rank_less_a_half(values: list[int]) -> None:
    x = np.array(values, np.float64)
    assert percentile(x, x) == pytest.approx((rankdata(x) - 0.5) / len(x))


def test_one_wallet_and_all_ties_stand_in_the_middle() -> None:
    one = np.array([0.3])
    assert rarity_scores(one, one, np.array([True])).tolist() == [50_000]
    same = np.full(7, 0.1)
    assert rarity_scores(same, same, np.full(7, True)).tolist() == [50_000] * 7


def test_scores_span_the_range_without_its_ends() -> None:
    x = np.arange(1_000, dtype=np.float64)
    found = rarity_scores(x, x, np.full(1_000, True))
    assert (found[0], found[-1]) == (50, 99_949)
    assert (np.diff(found) > 0).all()


def test_flagged_wallets_stand_between_their_neighbours_and_move_nobody() -> None:
    x = np.arange(10, dtype=np.float64)
    without = rarity_scores(x, x, np.full(10, True))
    y = np.append(x, [4.5, 100.0, -100.0])
    found = rarity_scores(y, y, np.arange(13) < 10)
    assert (found[:10] == without).all()
    assert without[4] < found[10] < without[5]
    assert (found[11], found[12]) == (99_999, 0)


def test_all_flagged_has_no_reference() -> None:
    x = np.array([1.0, 2.0])
    assert rarity_scores(x, x, np.array([False, False])).tolist() == [50_000, 50_000]


def test_weights_add_up() -> None:
    w = SCORING_WEIGHTS
    assert w.skill + w.dollars == pytest.approx(1)
    parts = [
        value
        for name, value in dataclasses.asdict(w).items()
        if name.startswith("classic_") and "concentration" not in name
    ]
    assert sum(parts) == pytest.approx(1)


def test_classic_score_rewards_what_people_expect() -> None:
    nan = np.nan
    found = classic_scores(
        pnl=np.array([900.0, 50.0, -400.0]),
        win_rate=np.array([0.8, 0.5, nan]),
        profit_factor=np.array([nan, 1.0, 0.2]),
        stability=np.array([1.0, 0.5, nan]),
        drawdown=np.array([0.0, 0.3, nan]),
        hhi=np.array([0.1, 0.1, 1.0]),
        reference=np.full(3, True),
    )
    assert found[0] > found[1] > found[2] >= 0
    expected = 0.4 * 5 / 6 + 0.2 * 0.8 + 0.15 + 0.15 + 0.10 - 0.10 * 0.1
    assert found[0] == round(99_999 * expected)


def placed(n: int = 1_000, **changes: Any) -> Any:
    """A thousand wallets in order, all with evidence enough for S, with changes to the named columns."""
    evidence = {
        "events": np.full(n, 50),
        "skill_prob": np.full(n, 0.99),
        "q_value": np.full(n, 0.01),
        "flagged": np.zeros(n, np.bool_),
    }
    for name, (rows, value) in changes.items():
        evidence[name][rows] = value
    return place(np.arange(n), Evidence(**evidence))


def test_tiers_are_cut_by_rank() -> None:
    found = placed()
    assert np.bincount(found.tier).tolist() == [1, 9, 40, 150, 300, 500]
    assert found.rank.tolist() == list(range(1, 1_001))


@pytest.mark.parametrize(
    ("changes", "tier"),
    [
        ({"q_value": (0, 0.11)}, 1),
        ({"q_value": (0, np.nan)}, 1),
        ({"flagged": (0, True)}, 1),
        ({"skill_prob": (0, 0.94)}, 1),
        ({"skill_prob": (0, 0.89)}, 2),
        ({"skill_prob": (0, 0.74)}, 3),
        ({"events": (0, 29)}, 2),
        ({"events": (0, 9)}, 4),
    ],
)
def test_a_failed_gate_drops_a_tier_at_a_time(changes: dict[str, Any], tier: int) -> None:
    assert placed(**changes).tier[0] == tier


def test_the_slot_is_not_refilled() -> None:
    found = placed(q_value=(0, 0.5))
    assert np.bincount(found.tier, minlength=6).tolist() == [0, 10, 40, 150, 300, 500]


def test_flagged_wallets_take_no_slot() -> None:
    found = placed(flagged=(slice(0, 5), True))
    assert found.rank[:7].tolist() == [1, 1, 1, 1, 1, 1, 2]
    assert found.tier[5] == 0 and (found.tier[:5] == 1).all()


def test_needs_events_up_to_the_slot() -> None:
    found = placed(events=([0, 20, 60, 300, 900], [12, 3, 10, 4, 9]))
    assert found.needs_events[[0, 20, 60, 300, 900, 1]].tolist() == [18, 7, 0, 6, 1, 0]


def test_thresholds_are_those_of_the_specification() -> None:
    assert [(gate.tier, gate.slots_per_mille) for gate in TIER_THRESHOLDS] == [
        ("S", 1),
        ("A", 10),
        ("B", 50),
        ("C", 200),
        ("D", 500),
        ("E", 1_000),
    ]
