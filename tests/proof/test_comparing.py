"""Bounds that cover, a verdict for every kind of world, and an error that counts an event once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from smartmoney.proof.comparing import FACTORS, Pair, RankComparison, compare
from smartmoney.proof.figures import clustered_mean, price_calibration
from smartmoney.proof.thresholds import THRESHOLDS, VERDICTS
from smartmoney.proof.verdict import verdict

QUICK = replace(THRESHOLDS, bootstraps=50)


def world(
    seed: int, *, persists: float, wallets: int = 150, each: int = 20, events: int = 600
) -> Pair:
    """Wallets at even prices; `persists` is the deviation of their edge, which the score knows with as much noise."""
    rng = np.random.default_rng(seed)
    edge = rng.normal(0, 1, wallets)
    trader = np.repeat(np.arange(wallets), each)
    event = np.concatenate([rng.choice(events, each, replace=False) for _ in range(wallets)])
    yes = rng.random(events) < 0.5  # all who are on one side of an event win or lose together
    chance = np.clip(0.5 + persists * edge[trader], 0.05, 0.95)
    side = np.where(rng.random(len(trader)) < chance, yes[event], ~yes[event])
    hit = (side == yes[event]).astype(float)
    later = pd.DataFrame({"trader": trader, "event": event, "surprise": hit - 0.5})
    later = later.assign(information=0.25, entry_price=0.5, hit=hit)
    said = pd.DataFrame({name: rng.normal(0, 1, wallets) for name in FACTORS})
    said["rarity_score"] = edge + rng.normal(0, 0.5, wallets)
    said = said.assign(trader=np.arange(wallets), flags=[()] * wallets, q_value=1.0, tier="C")
    return Pair(said, later.sort_values(["trader", "event"]).reset_index(drop=True))


def test_without_skill_nine_in_ten_bounds_hold_zero() -> None:
    inside = 0
    for seed in range(40):
        score = compare({0: world(seed, persists=0.0)}, QUICK).correlations[0]
        assert score.low is not None and score.high is not None
        inside += score.low <= 0 <= score.high
    assert 31 <= inside <= 39


def test_skill_that_lasts_is_found_and_beats_noise() -> None:
    compared = compare({0: world(3, persists=0.15)}, replace(QUICK, leak_ic=1.0))
    assert verdict(compared, replace(QUICK, leak_ic=1.0)).answer == "holds"
    spread = compared.spread
    assert spread["low"] is not None and spread["low"] > 0


def test_no_skill_is_called_none_where_it_would_have_been_seen() -> None:
    pair = world(4, persists=0.0, wallets=900)
    said = verdict(compare({0: pair}, QUICK), QUICK)
    assert said.answer == "nothing" and "would have been seen" in said.sentence


def test_too_few_wallets_cannot_answer_and_too_few_to_see_it_say_so() -> None:
    few = compare({0: world(5, persists=0.0, wallets=40)}, QUICK)
    assert verdict(few, QUICK).answer == "no answer"
    assert verdict(few, replace(QUICK, min_wallets=10, min_set_events=100)).answer == "too little"
    assert verdict(compare({}, QUICK), QUICK).answer == "no answer"


def test_a_score_that_knows_the_outcome_is_called_a_leak() -> None:
    pair = world(6, persists=0.0)
    known = pair.later.groupby("trader")["surprise"].mean()
    leaking = Pair(pair.before.assign(rarity_score=known.to_numpy()), pair.later)
    assert verdict(compare({0: leaking}, QUICK), QUICK).answer == "leak"


def test_a_baseline_as_good_takes_the_claim_away() -> None:
    pair = world(3, persists=0.15)
    same = Pair(pair.before.assign(roi=pair.before["rarity_score"]), pair.later)
    limits = replace(QUICK, leak_ic=1.0)
    said = verdict(compare({0: same}, limits), limits)
    assert said.answer == "ranks" and "roi" in said.sentence


def test_a_score_that_is_the_same_for_everybody_has_no_answer() -> None:
    pair = world(7, persists=0.0)
    flat = Pair(pair.before.assign(rarity_score=1), pair.later)
    found: RankComparison = compare({0: flat}, QUICK)
    assert found.correlations[0].ic is None
    assert verdict(found, QUICK).answer == "no answer"


def test_a_hundred_bets_on_one_event_are_one() -> None:
    values, event = pd.Series([1.0, -1.0] * 50), pd.Series(np.arange(100))
    alone = clustered_mean(values, event)
    together = clustered_mean(pd.Series([1.0] * 50 + [-1.0] * 50), pd.Series([0] * 50 + [1] * 50))
    assert alone["high"] == pytest.approx(1.645 * 0.1005, rel=1e-3)
    assert together["high"] > 9 * alone["high"] and together["events"] == 2
    assert clustered_mean(values[:0], event[:0])["mean"] is None


def test_every_price_has_its_band() -> None:
    usable = pd.DataFrame({"entry_price": [0.001, 0.05, 0.5, 0.999], "hit": 1.0, "event": range(4)})
    rows = price_calibration(usable)
    assert rows[0]["n"] == 4 and sum(row["n"] for row in rows[1:]) == 4


def test_every_answer_is_one_of_those_fixed() -> None:
    assert {"leak", "holds", "ranks", "nothing", "too little", "no answer"} == set(VERDICTS)
