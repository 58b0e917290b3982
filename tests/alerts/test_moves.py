"""Opens, adds, closes: added up from fills, told once, never by what was known later."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartmoney.alerts.inputs import Fill, Firing, RuleInputs, TierHistory
from smartmoney.alerts.rules import Rule
from tests.kit.alert_inputs import LONG_AGO, NOW, everywhere, facts, fill, judge, minute, rule


def told(rule_: Rule, facts_: RuleInputs, **values: Any) -> list[tuple[str, float, float]]:
    """Action, minute and USD of each firing."""
    return [
        (one.detail["action"], (one.at - NOW).total_seconds() / 60, one.detail["usd_micro"] / 1e6)
        for one in judge(rule_, facts_, **values).firings
    ]


def test_small_fills_add_up_to_one_opening() -> None:
    assert told(rule(), facts([fill(at, 300) for at in range(5)])) == [("opens", 3, 1200)]


def test_below_the_size_nothing_is_told_and_at_the_size_it_is() -> None:
    assert told(rule(), facts([fill(0, 999.99)])) == []
    assert told(rule(), facts([fill(0, 1000)])) == [("opens", 0, 1000)]


def test_fills_further_apart_than_the_span_do_not_add_up() -> None:
    assert told(rule(within_minutes=10), facts([fill(0, 600), fill(11, 600)])) == []
    assert told(rule(within_minutes=10), facts([fill(0, 600), fill(10, 600)])) == [
        ("opens", 10, 1200)
    ]


def test_what_is_bought_after_the_opening_adds() -> None:
    quick = rule(cooldown_minutes=0)
    fills = [fill(0, 1000), fill(30, 1000), fill(200, 1500)]
    assert told(quick, facts(fills)) == [
        ("opens", 0, 1000),
        ("adds", 30, 1000),
        ("adds", 200, 1500),
    ]
    assert told(rule(actions=["adds"]), facts(fills)) == [("adds", 200, 1500)]


def test_a_position_held_before_is_added_to() -> None:
    assert told(rule(), facts([fill(0, 1000)], held={(1, 1): 50_000_000})) == [("adds", 0, 1000)]
    assert told(rule(), facts([fill(0, 1000)], held={(1, 1): 999_999})) == [("opens", 0, 1000)]


def test_selling_out_closes_and_selling_some_does_not() -> None:
    held = {(1, 1): 4_000_000_000}
    sales = [fill(0, 1000, side=-1), fill(1, 999.75, side=-1)]
    assert told(rule(), facts(sales, held=held)) == [("closes", 1, 1999.75)]
    assert told(rule(), facts(sales[:1], held=held)) == []


def moved(
    fills: list[Fill], held: dict[tuple[int, int], float] | None = None, **options: Any
) -> Any:
    """Action, outcome and USD of each firing; `held` in shares."""
    micro = {pair: round(shares * 1e6) for pair, shares in (held or {}).items()}
    firings = judge(rule(**options), facts(fills, held=micro)).firings
    return [
        (one.detail["action"], one.outcome_id, one.detail["usd_micro"] / 1e6) for one in firings
    ]


YES, NO = 1, 2
HELD = {(1, YES): 10_000.0}
SOLD = {"side": -1, "price": 0.65}
OTHER = {"outcome": NO, "price": 0.35}


def test_a_split_is_no_move_and_selling_one_side_of_it_opens_the_other() -> None:
    split = everywhere(0, 10_000, 1)
    assert moved(split) == []
    assert moved([*split, fill(1, 6_500, **SOLD)]) == [("opens", NO, 3_500)]
    assert moved([*split, fill(1, 3_500, **OTHER, side=-1)]) == [("opens", YES, 6_500)]
    assert moved([*split, fill(1, 3_250, **SOLD)]) == [("opens", NO, 1_750)]


def test_a_split_over_several_sales_is_one_opening() -> None:
    sales = [fill(at, 1_300, **SOLD) for at in range(1, 6)]
    assert moved([*everywhere(0, 10_000, 1), *sales]) == [("opens", NO, 1_400)]
    quick = moved([*everywhere(0, 10_000, 1), *sales], cooldown_minutes=0)
    assert quick == [("opens", NO, 1_400), ("adds", NO, 1_400)]


def test_selling_both_sides_of_a_split_leaves_nothing() -> None:
    rows = [*everywhere(0, 10_000, 1), fill(1, 6_500, **SOLD), fill(2, 3_500, **OTHER, side=-1)]
    assert moved(rows, cooldown_minutes=0) == [("opens", NO, 3_500), ("closes", NO, 3_500)]


def test_buying_the_other_side_closes_with_and_without_a_merge() -> None:
    bought = fill(0, 3_500, **OTHER)
    assert moved([bought], HELD) == [("closes", YES, 6_500)]
    assert moved([bought, *everywhere(1, 10_000, -1)], HELD) == [("closes", YES, 6_500)]
    parts = [
        fill(0, 1_750, **OTHER),
        *everywhere(1, 5_000, -1),
        fill(2, 1_750, **OTHER),
        *everywhere(3, 5_000, -1),
    ]
    assert moved(parts, HELD) == [("closes", YES, 6_500)]
    assert moved([fill(0, 1_750, **OTHER)], HELD) == [], "half of it is left"


def test_leaving_by_the_other_side_and_by_sales_together_closes() -> None:
    rows = [fill(0, 1_750, **OTHER), fill(5, 3_250, **SOLD)]
    assert moved(rows, HELD) == [("closes", YES, 6_500)]


def test_changing_sides_in_one_fill_is_said_so() -> None:
    (firing,) = judge(
        rule(), facts([fill(0, 10_500, **OTHER)], held={(1, YES): 10_000_000_000})
    ).firings
    assert (firing.detail["action"], firing.outcome_id) == ("opens", NO)
    assert firing.detail["usd_micro"] == 7_000_000_000
    names = {("outcome", NO): ("", "No"), ("market", 1): ("", "Will it?")}
    assert "changed sides to No" in rule().parameters.sentence(firing, names)
    assert moved([fill(0, 10_500, **OTHER)], HELD, actions=["closes"]) == [("closes", YES, 6_500)]


@pytest.mark.parametrize(
    ("left", "closes"), [(0, True), (0.001, True), (0.01, True), (0.011, False), (0.5, False)]
)
@pytest.mark.parametrize("parts", [1, 3])
def test_dust_is_relative_to_the_position(left: float, closes: bool, parts: int) -> None:
    usd = 60_000 * (1 - left) / parts
    sales = [fill(at, usd, side=-1, price=0.6) for at in range(parts)]
    expected = [("closes", YES, 60_000 * (1 - left))] if closes else []
    found = moved(sales, {(1, YES): 100_000.0}, cooldown_minutes=0)
    assert [part[:2] for part in found] == [part[:2] for part in expected]
    assert [part[2] for part in found] == pytest.approx([part[2] for part in expected])


def test_what_is_bought_after_the_rest_was_dust_opens_again() -> None:
    sold = fill(0, 59_940, side=-1, price=0.6)
    again = fill(100, 6_000, price=0.6)
    assert moved([sold, again], {(1, YES): 100_000.0}) == [
        ("closes", YES, 59_940),
        ("opens", YES, 6_000),
    ]


def test_selling_what_was_never_seen_bought_opens_nothing() -> None:
    assert moved([fill(0, 6_500, **SOLD)]) == []


def test_a_market_that_has_not_two_outcomes_is_taken_by_the_outcome() -> None:
    lone = replace(fill(0, 6_000, side=-1, price=0.6), other_id=None)
    assert moved([lone], HELD) == [("closes", YES, 6_000)]


def test_near_certain_prices_say_nothing() -> None:
    assert told(rule(), facts([fill(0, 5000, price=0.96)])) == []
    assert told(rule(), facts([fill(0, 5000, price=0.95)])) == [("opens", 0, 5000)]
    assert told(rule(price_cap=1), facts([fill(0, 5000, price=0.99)])) == [("opens", 0, 5000)]


def test_the_tier_is_the_one_known_at_the_time() -> None:
    history = TierHistory({1: [(LONG_AGO, "B", False), (minute(10), "S", False)]})
    fills = [fill(5, 2000), fill(90, 3000)]
    assert told(rule(), facts(fills, history=history)) == [("adds", 90, 3000)]
    assert told(rule(tiers=["B"]), facts(fills, history=history)) == [("opens", 5, 2000)]
    assert told(rule(), facts(fills, history=TierHistory())) == []
    assert len(told(rule(), facts(fills, history=TierHistory(), named=frozenset({1})))) == 2


def test_the_cool_down_holds_per_wallet_and_market() -> None:
    both_sides = [
        fill(0, 1000),
        fill(10, 1000, outcome=2),
        fill(20, 1000, outcome=3),
        fill(25, 1000, trader=2),
    ]
    assert [at for _, at, _ in told(rule(), facts(both_sides))] == [0, 20, 25]
    assert [at for _, at, _ in told(rule(cooldown_minutes=0), facts(both_sides))] == [0, 10, 20, 25]


def test_what_the_cool_down_held_back_is_told_after_it_with_news() -> None:
    fills = [fill(0, 1000), fill(10, 1000), fill(20, 400), fill(31, 50)]
    assert told(rule(), facts(fills)) == [("opens", 0, 1000), ("adds", 31, 1450)]


def test_markets_of_one_event_are_told_once() -> None:
    fills = [
        fill(0, 1000, event=9),
        fill(60, 1000, outcome=3, event=9),
        fill(400, 1000, outcome=5, event=9),
        fill(61, 1000, outcome=7, event=8),
    ]
    assert [at for _, at, _ in told(rule(), facts(fills))] == [0, 61, 400]
    assert [at for _, at, _ in told(rule(event_minutes=0), facts(fills))] == [0, 60, 61, 400]


def test_a_late_row_is_told_and_nothing_is_told_twice() -> None:
    early = facts([fill(0, 1000)])
    first = judge(rule(), early).firings
    late = facts([fill(-120, 5000), fill(0, 1000)])
    again = judge(rule(), late, told=tuple(first)).firings
    assert [(one.at, one.detail["usd_micro"]) for one in again] == [(minute(-120), 5_000_000_000)]
    assert judge(rule(), late, told=(*first, *again)).firings == []


def test_events_before_the_start_are_not_told() -> None:
    assert told(rule(), facts([fill(0, 1000)]), start=minute(1)) == []
    assert told(rule(), facts([fill(0, 600), fill(10, 600)]), start=minute(1)) == [
        ("opens", 10, 1200)
    ]


def test_caps_drop_the_rest_and_count_it() -> None:
    fills = [fill(at, 1000, trader=at + 1) for at in range(50)]
    verdict = judge(rule(), facts(fills), room=20)
    assert (len(verdict.firings), len(verdict.capped)) == (20, 30)


FILLS = st.lists(
    st.builds(
        fill,
        at=st.integers(0, 150),
        usd=st.sampled_from([300, 700, 1500]),
        side=st.sampled_from([1, 1, 1, -1]),
        trader=st.just(1),
        outcome=st.sampled_from([1, 1, 1, 2, 3]),
        price=st.sampled_from([0.5, 0.5, 0.5, 0.97]),
        event=st.just(7),
    ),
    min_size=3,
    max_size=14,
)
RULES = st.builds(
    rule,
    within_minutes=st.sampled_from([5, 60]),
    cooldown_minutes=st.sampled_from([0, 30]),
    event_minutes=st.sampled_from([0, 60]),
)


def numbered(fills: list[Fill]) -> list[Fill]:
    return [replace(one, key=place) for place, one in enumerate(fills)]


def in_turns(rule_: Rule, seen: list[list[Fill]], nows: list[int]) -> list[Firing]:
    """Evaluate again and again, each time with the rows known by then and what was told before."""
    all_told: list[Firing] = []
    for known, now in zip(seen, nows, strict=True):
        all_told += judge(rule_, facts(known), told=tuple(all_told), now=minute(now)).firings
    return all_told


@settings(max_examples=200, deadline=None)
@given(RULES, FILLS, st.lists(st.integers(0, 150), max_size=4))
def test_evaluating_often_tells_the_same_as_evaluating_once(
    rule_: Rule, fills: list[Fill], stops: list[int]
) -> None:
    rows = numbered(fills)
    nows = [*sorted(stops), 150]
    seen = [[one for one in rows if one.ts <= minute(now)] for now in nows]
    once = judge(rule_, facts(rows), now=minute(150)).firings
    assert {one.key: one for one in in_turns(rule_, seen, nows)} == {one.key: one for one in once}


@settings(max_examples=200, deadline=None)
@given(RULES, FILLS, st.integers(0, 150))
def test_what_comes_later_changes_nothing_before(rule_: Rule, fills: list[Fill], cut: int) -> None:
    rows = numbered(fills)
    known = [one for one in rows if one.ts <= minute(cut)]
    before = [one for one in judge(rule_, facts(rows)).firings if one.at <= minute(cut)]
    assert judge(rule_, facts(known)).firings == before


@settings(max_examples=200, deadline=None)
@given(RULES, FILLS, st.data())
def test_rows_in_any_order_of_arrival_are_counted_once(
    rule_: Rule, fills: list[Fill], data: st.DataObject
) -> None:
    rows = numbered(fills)
    arrivals = data.draw(st.permutations(rows))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=3)))
    seen = [list(arrivals[:cut]) for cut in cuts] + [rows]
    firings = in_turns(rule_, seen, [150] * len(seen))
    assert len({one.key for one in firings}) == len(firings)
    assert judge(rule_, facts(rows), told=tuple(firings), now=minute(150)).firings == []
    cool = timedelta(minutes=rule_.parameters.cooldown_minutes)
    for place, one in enumerate(firings):
        assert one.detail["usd_micro"] >= 1_000_000_000
        assert not any(
            abs(one.at - other.at) < cool and one.subject == other.subject
            for other in firings[:place]
        )


@pytest.mark.parametrize("late", [fill(0, 1000), fill(3, 700)])
def test_a_row_late_into_a_span_that_was_told_is_not_told_again(late: Fill) -> None:
    fills = [fill(0, 600), fill(5, 600)]
    quick = rule(cooldown_minutes=0)
    first = judge(quick, facts(fills)).firings
    assert judge(quick, facts([*fills, replace(late, key=9)]), told=tuple(first)).firings == []


def test_reopening_leaves_earlier_fills_to_count() -> None:
    quick = rule(cooldown_minutes=0)
    rows = numbered([fill(0, 700), fill(5, 700, side=-1), fill(10, 1500), fill(40, 700)])
    assert told(quick, facts(rows)) == [("opens", 10, 1500), ("adds", 40, 1400)]
    assert len(in_turns(quick, [rows[:3], rows], [20, 60])) == 2
