"""Surprise of an event: every way to hold one, against numbers worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from smartmoney.ledger import Activity, Kind, Markets, run
from smartmoney.metrics import Surprises, event_surprises
from smartmoney.metrics.surprise import HEDGED, OPEN, SCORED, SOLD, UNCLEAR
from tests.kit.ledgers import EVENT, HALF, NO, START, YES, markets
from tests.kit.ledgers import OPEN as UNRESOLVED

M = 1_000_000


def surprise(
    *rows: tuple[Any, ...], pays: list[tuple[int, int]], fee: int = 0, as_of: int | None = None
) -> Surprises:
    """Rows (kind, market, outcome, shares, dollars) of one wallet; all of them in one event."""
    world = markets(pays, [-1 if pay == UNRESOLVED else START + 100 for pay in pays])
    kind, market, outcome, size, cash = zip(*rows, strict=True)
    events = Activity.of(
        trader=1,
        ts=START + np.arange(len(rows)),
        kind=kind,
        market=market,
        outcome=outcome,
        size_micro=np.array(size) * M,
        cash_micro=np.round(np.array(cash) * M).astype(np.int64),
        fee_micro=fee,
    )
    found = event_surprises(run(events, world, as_of=as_of), world)
    assert len(found) == 1
    return found


def only(market: int, pay: tuple[int, int]) -> list[tuple[int, int]]:
    return [pay if number == market else UNRESOLVED for number in range(len(EVENT))]


def test_second_outcome_alone_is_the_mirror_of_the_first() -> None:
    found = surprise((Kind.BUY, 3, 7, 10, 3), pays=only(3, NO))
    assert found.surprise[0] == pytest.approx(0.7) and found.entry_price[0] == pytest.approx(0.3)
    assert found.information[0] == pytest.approx(0.21) and found.payoff_range[0] == pytest.approx(
        10
    )
    assert found.hit[0] == 1


def test_fee_is_not_part_of_the_price() -> None:
    found = surprise((Kind.BUY, 3, 6, 10, 5.2), pays=only(3, YES), fee=200_000)
    assert found.entry_price[0] == pytest.approx(0.5)


def test_both_outcomes_count_by_their_difference() -> None:
    """10 YES at 60 cents and 4 NO at 60 cents: prices made to sum to one give 50 cents, R = 6, D = 6 x 0.5."""
    found = surprise((Kind.BUY, 3, 6, 10, 6), (Kind.BUY, 3, 7, 4, 2.4), pays=only(3, YES))
    assert found.surprise[0] == pytest.approx(0.5) and found.information[0] == pytest.approx(0.25)
    assert found.payoff_range[0] == pytest.approx(6)


def test_a_half_payout_is_half_a_surprise() -> None:
    found = surprise((Kind.BUY, 3, 6, 10, 4), pays=only(3, HALF))
    assert found.surprise[0] == pytest.approx(0.1)


def test_a_split_with_one_side_sold_is_bought_at_what_the_sale_left() -> None:
    found = surprise((Kind.SPLIT, 3, -1, 10, 10), (Kind.SELL, 3, 7, 10, 3), pays=only(3, YES))
    assert found.entry_price[0] == pytest.approx(0.7) and found.surprise[0] == pytest.approx(0.3)


def test_two_legs_of_a_negative_risk_event_are_one_event() -> None:
    """YES of market 0 at 20 cents and of market 1 at 30 cents, ten shares each; market 1 wins."""
    found = surprise(
        (Kind.BUY, 0, 0, 10, 2), (Kind.BUY, 1, 2, 10, 3), pays=[NO, YES, NO, *[UNRESOLVED] * 3]
    )
    assert found.surprise[0] == pytest.approx(0.5)  # pays 10 where 5 was paid, R = 10
    assert found.information[0] == pytest.approx(0.25)
    assert found.entry_price[0] == pytest.approx(0.5) and found.hit[0] == 1


def test_a_no_pays_in_every_other_outcome() -> None:
    found = surprise((Kind.BUY, 0, 1, 10, 8), pays=[NO, YES, NO, *[UNRESOLVED] * 3])
    assert found.surprise[0] == pytest.approx(0.2) and found.information[0] == pytest.approx(0.16)


def test_no_of_all_legs_is_hedged() -> None:
    rows = [(Kind.BUY, market, 2 * market + 1, 10, 6.5) for market in (0, 1, 2)]
    assert surprise(*rows, pays=[NO, YES, NO, *[UNRESOLVED] * 3]).status[0] == HEDGED


def test_a_conversion_leaves_the_same_bet() -> None:
    """NO of two markets becomes a dollar and YES of the third: what is left is a bet on the third."""
    rows = [(Kind.BUY, 0, 1, 10, 7), (Kind.BUY, 1, 3, 10, 8)]
    legs = [(Kind.CONVERSION_LEG, 0, -1, 10, 0), (Kind.CONVERSION_LEG, 1, -1, 10, 0)]
    world = markets([NO, NO, YES, *[UNRESOLVED] * 3], [START + 100] * 3 + [-1] * 3)
    kind, market, outcome, size, cash = zip(*rows, *legs, strict=True)
    events = Activity.of(
        trader=1,
        ts=[START, START, START + 1, START + 1],
        kind=kind,
        market=market,
        outcome=outcome,
        size_micro=np.array(size) * M,
        cash_micro=np.array(cash) * M,
    )
    found = event_surprises(run(events, world), world)
    assert (
        found.status[0] == SCORED
        and found.surprise[0] > 0
        and found.payoff_range[0] == pytest.approx(10)
    )


def test_markets_that_do_not_exclude_each_other_count_as_one_careful_bet() -> None:
    """Market 4 at 50 cents won, market 5 at 20 cents lost, ten shares each: D = 5 - 2, R = 20, deviations add up."""
    found = surprise(
        (Kind.BUY, 4, 8, 10, 5), (Kind.BUY, 5, 10, 10, 2), pays=[*[UNRESOLVED] * 4, YES, NO]
    )
    assert found.surprise[0] == pytest.approx(3 / 20)
    assert found.information[0] == pytest.approx((10 * 0.5 + 10 * 0.4) ** 2 / 400)
    assert (found.entry_price[0], found.hit[0]) == (
        pytest.approx(0.5),
        1,
    )  # the dearest of the largest bets


@pytest.mark.parametrize("numbered", [(0, 1), (1, 0)])
@pytest.mark.parametrize(("first", "second"), [(5, 2), (5, 5)])
def test_of_equal_bets_the_one_that_counts_depends_on_no_numbering(
    numbered: tuple[int, int], first: int, second: int
) -> None:
    """Ten shares each of two markets of an event: the dearer one counts, at one price the first by place, here a loss."""
    a, b = numbered
    pays, place = np.zeros((2, 2), int), np.zeros(2, int)
    pays[a], pays[b] = NO, YES
    place[a], place[b] = 0, 1
    world = Markets.of(event=[0, 0], payout_micro=pays.ravel(), resolved_at=START + 9, place=place)
    events = Activity.of(
        trader=1,
        ts=START,
        kind=Kind.BUY,
        market=[a, b],
        outcome=[2 * a, 2 * b],
        size_micro=10 * M,
        cash_micro=[first * M, second * M],
    )
    found = event_surprises(run(events, world), world)
    assert (found.entry_price[0], found.hit[0]) == (pytest.approx(first / 10), 0)


@pytest.mark.parametrize(
    ("rows", "pays", "status"),
    [
        ([(Kind.BUY, 3, 6, 10, 5)], only(3, UNRESOLVED), OPEN),
        ([(Kind.BUY, 3, 6, 10, 5), (Kind.SELL, 3, 6, 10, 6)], only(3, YES), SOLD),
        ([(Kind.BUY, 3, 6, 10, 5), (Kind.BUY, 3, 7, 10, 5)], only(3, YES), HEDGED),
        ([(Kind.BUY, 3, 6, 10, 5), (Kind.BUY, 3, 7, 9.5, 5)], only(3, YES), HEDGED),
        ([(Kind.BUY, 3, 6, 10, 5)], only(3, (M, M)), UNCLEAR),
        ([(Kind.BUY, 3, 6, 10, 5)], only(3, (0, 0)), UNCLEAR),
        (
            [(Kind.BUY, 0, 0, 10, 5), (Kind.BUY, 1, 2, 10, 2)],
            [YES, YES, NO, *[UNRESOLVED] * 3],
            UNCLEAR,
        ),
        (
            [(Kind.BUY, 0, 0, 10, 5), (Kind.BUY, 1, 2, 10, 2)],
            [NO, UNRESOLVED, NO, *[UNRESOLVED] * 3],
            OPEN,
        ),
        ([(Kind.BUY, 3, 6, 10, 5)], only(3, YES), SCORED),
    ],
)
def test_status(rows: list[tuple[Any, ...]], pays: list[tuple[int, int]], status: int) -> None:
    assert surprise(*rows, pays=pays).status[0] == status


def test_before_the_resolution_nothing_is_known() -> None:
    assert surprise((Kind.BUY, 3, 6, 10, 5), pays=only(3, YES), as_of=START + 99).status[0] == OPEN


def test_an_empty_book() -> None:
    world = Markets.of(event=[])
    assert len(event_surprises(run(Activity.empty(), world), world)) == 0
