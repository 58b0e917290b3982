"""Crossings, tier changes, resolutions, silences."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from smartmoney.alerts.inputs import Resolution, RuleInputs, SmartStep, Staleness, TierStep
from tests.kit.alert_inputs import judge, minute, rule


def step(
    before: float,
    value: float,
    at: float = 0,
    market: int = 1,
    event: int | None = None,
    price: str = "0.4",
    **values: Any,
) -> SmartStep:
    return SmartStep(
        minute(at),
        market,
        event,
        before,
        value,
        values.pop("lean", 0.5),
        values.pop("label", "YES"),
        values.pop("score", 1.0),
        Decimal(price),
        market * 10,
        market * 10 + 1,
    )


@pytest.mark.parametrize(
    ("before", "value", "direction", "fires"),
    [
        (0.4, 0.6, "up", True),
        (0.4, 0.5, "up", True),
        (0.5, 0.6, "up", False),
        (0.6, 0.4, "up", False),
        (0.6, 0.4, "down", True),
        (0.5, 0.49, "down", True),
        (0.49, 0.4, "down", False),
        (0.4, 0.6, "down", False),
        (0.4, 0.6, "either", True),
        (0.6, 0.4, "either", True),
        (0.6, 0.7, "either", False),
    ],
)
def test_a_level_is_crossed_in_the_wanted_direction(
    before: float, value: float, direction: str, fires: bool
) -> None:
    lean = rule("market_crosses", measure="smart_lean", level=0.5, direction=direction)
    assert len(judge(lean, RuleInputs(smart=[step(before, value)])).firings) == fires


def test_a_lean_to_no_backs_the_second_outcome_at_its_price() -> None:
    lean = rule("market_crosses", measure="smart_lean", level=-0.5, direction="down")
    firing = judge(lean, RuleInputs(smart=[step(0, -0.6, price="0.4")])).firings[0]
    assert (firing.outcome_id, firing.price, firing.direction) == (11, Decimal("0.6"), 1)


def test_a_score_without_a_lean_points_nowhere() -> None:
    score = rule("market_crosses", measure="smart_score", level=5)
    mixed, yes = judge(
        score, RuleInputs(smart=[step(1, 9, label="MIXED"), step(1, 9, market=2)])
    ).firings
    assert (mixed.outcome_id, mixed.direction) == (None, None)
    assert (yes.outcome_id, yes.direction) == (20, 1)


def test_near_certain_markets_are_left_out() -> None:
    lean = rule("market_crosses", measure="smart_lean", level=0.5)
    sure = [
        step(0, 1, price="0.96"),
        step(0, 1, market=2, price="0.04"),
        step(0, 1, market=3, price="0.95"),
    ]
    assert [one.market_id for one in judge(lean, RuleInputs(smart=sure)).firings] == [3]


def test_of_one_event_the_strongest_market_is_told() -> None:
    lean = rule("market_crosses", measure="smart_lean", level=0.5)
    steps = [step(0, 1, market=market, event=7, score=market) for market in (1, 3, 2)]
    verdict = judge(lean, RuleInputs(smart=steps))
    assert [one.market_id for one in verdict.firings] == [3]
    assert verdict.dropped == {"event": 2}


def test_tier_changes_of_named_wallets_or_of_the_tiers() -> None:
    steps = RuleInputs(
        tier_steps=[
            TierStep(minute(0), 1, "B", "A"),
            TierStep(minute(1), 2, "S", "B"),
            TierStep(minute(2), 3, "D", "E"),
        ],
        named=frozenset({3}),
    )
    assert [one.trader_id for one in judge(rule("tier_changes", tiers=["S"]), steps).firings] == [
        2,
        3,
    ]
    up = judge(rule("tier_changes", tiers=["A", "S"], direction="up"), steps).firings
    assert [(one.trader_id, one.detail["rose"]) for one in up] == [(1, True)]


def test_every_market_resolves_once_also_within_one_event() -> None:
    paid = (("Yes", Decimal(1)), ("No", Decimal(0)))
    found = RuleInputs(resolutions=[Resolution(minute(at), at + 1, 7, paid) for at in range(3)])
    first = judge(rule("market_resolves"), found).firings
    assert [one.market_id for one in first] == [1, 2, 3]
    assert judge(rule("market_resolves"), found, told=tuple(first)).firings == []


def test_a_silence_is_told_when_it_is_long_and_once() -> None:
    stale = rule("stream_stale", times=6, jobs=["sync_markets"])
    silence = Staleness("sync_markets", minute(0), None, 600)
    assert judge(stale, RuleInputs(stale=[silence]), now=minute(59)).firings == []
    first = judge(stale, RuleInputs(stale=[silence]), now=minute(61)).firings
    assert [one.at for one in first] == [minute(60)]
    ended = Staleness("sync_markets", minute(0), minute(200), 600)
    assert judge(stale, RuleInputs(stale=[ended]), told=tuple(first)).firings == []
    assert (
        judge(
            stale, RuleInputs(stale=[Staleness("sync_markets", minute(0), minute(60), 600)])
        ).firings
        == []
    )
    assert (
        judge(stale, RuleInputs(stale=[Staleness("maintenance", minute(0), None, 600)])).firings
        == []
    )
