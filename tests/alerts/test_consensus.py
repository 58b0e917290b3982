"""Consensus: several smart wallets that net-buy one outcome within a window."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from smartmoney.alerts.inputs import Fill, Firing, RuleInputs, TierHistory
from smartmoney.alerts.rules import Rule
from tests.kit.alert_inputs import LONG_AGO, NOW, facts, fill, judge, minute, rule


def told(
    rule_: Rule, facts_: RuleInputs, **values: Any
) -> list[tuple[float, int | None, list[int]]]:
    """Minute, outcome and wallets of each firing."""
    return [
        ((one.at - NOW).total_seconds() / 60, one.outcome_id, one.detail["wallets"])
        for one in judge(rule_, facts_, **values).firings
    ]


THREE = rule("consensus", wallets_needed=3, within_hours=1)


def test_the_third_wallet_makes_it_and_the_fourth_repeats_nothing() -> None:
    fills = [fill(at, 200 + at, trader=at + 1) for at in range(4)]
    assert told(THREE, facts(fills)) == [(2, 1, [3, 2, 1])]


def test_the_same_wallet_thrice_is_one() -> None:
    assert told(THREE, facts([fill(at, 500) for at in range(3)])) == []


def test_who_leaves_by_buying_the_other_side_agrees_with_nobody() -> None:
    bought = [fill(at, 500, trader=at + 1, outcome=2) for at in range(3)]
    assert told(THREE, facts(bought)) == [(2, 2, [1, 2, 3])]
    leaves = {(3, 1): 5_000_000_000}
    assert told(THREE, facts(bought, held=leaves)) == []


def test_both_sides_are_apart_and_sales_take_back() -> None:
    assert (
        told(THREE, facts([fill(0, trader=1), fill(1, trader=2), fill(2, trader=3, outcome=2)]))
        == []
    )
    sold = [fill(0, trader=1), fill(1, trader=1, side=-1), fill(2, trader=2), fill(3, trader=3)]
    assert told(THREE, facts(sold)) == []
    assert told(THREE, facts([*sold, fill(4, trader=4)])) == [(4, 1, [2, 3, 4])]


def test_it_must_happen_within_the_window_and_is_told_once_in_it() -> None:
    assert told(THREE, facts([fill(0, trader=1), fill(30, trader=2), fill(61, trader=3)])) == []
    spread = [fill(at, trader=at // 20 + 1) for at in range(0, 200, 20)]
    assert [at for at, _, _ in told(THREE, facts(spread))] == [40, 100, 160]


def test_only_unflagged_wallets_of_the_tiers_count_as_known_then() -> None:
    fills = [fill(at, trader=at + 1) for at in range(3)]
    assert told(THREE, facts(fills, tiers={1: "S", 2: "A", 3: "B"})) == []
    steps = {wallet: [(LONG_AGO, "S", False)] for wallet in (1, 2, 3)}
    flagged = TierHistory({**steps, 2: [(LONG_AGO, "S", True)]})
    later = TierHistory({**steps, 2: [(minute(5), "S", False)]})
    assert (
        told(THREE, facts(fills, history=flagged)) == told(THREE, facts(fills, history=later)) == []
    )


def test_dust_and_near_certain_prices_do_not_count() -> None:
    assert told(THREE, facts([fill(at, 99, trader=at + 1) for at in range(3)])) == []
    assert told(THREE, facts([fill(at, trader=at + 1, price=0.97) for at in range(3)])) == []


FILLS = st.lists(
    st.builds(
        fill,
        at=st.integers(0, 150),
        usd=st.sampled_from([50, 200]),
        side=st.sampled_from([1, 1, 1, -1]),
        trader=st.integers(1, 4),
        outcome=st.sampled_from([1, 1, 2]),
    ),
    min_size=4,
    max_size=20,
)


@settings(max_examples=150, deadline=None)
@given(FILLS, st.lists(st.integers(0, 150), max_size=3))
def test_evaluating_often_tells_the_same_as_evaluating_once(
    fills: list[Fill], stops: list[int]
) -> None:
    rows = [replace(one, key=place) for place, one in enumerate(fills)]
    all_told: list[Firing] = []
    for now in [*sorted(stops), 150]:
        known = [one for one in rows if one.ts <= minute(now)]
        all_told += judge(THREE, facts(known), told=tuple(all_told), now=minute(now)).firings
    assert {one.key for one in all_told} == {
        one.key for one in judge(THREE, facts(rows), now=minute(150)).firings
    }
