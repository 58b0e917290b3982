"""The thresholds of the proof ask for something that can be answered both ways."""

from __future__ import annotations

from smartmoney.proof.thresholds import BASELINES, FACTOR, PARTS_OF_SCORE, THRESHOLDS


def test_the_answers_exclude_each_other() -> None:
    assert 0 < THRESHOLDS.min_ic < THRESHOLDS.literature_ic < THRESHOLDS.leak_ic
    assert THRESHOLDS.min_events < THRESHOLDS.more_events
    assert THRESHOLDS.power_z > THRESHOLDS.level_z


def test_the_score_is_no_baseline_of_itself() -> None:
    assert FACTOR not in BASELINES and set(PARTS_OF_SCORE) < set(BASELINES)


def test_price_bands_cover_every_price() -> None:
    bands = THRESHOLDS.price_bands
    assert bands[0] == 0 and bands[-1] == 1 and list(bands) == sorted(set(bands))
