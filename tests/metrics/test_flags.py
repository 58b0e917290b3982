"""Each flag on the wallet it was made for, and not on one just below the threshold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from smartmoney.ledger import Activity, Kind, Markets, run
from smartmoney.metrics import flag_names, measure

M = 1_000_000
DAY = 86_400
START = 20_000 * DAY


def flags(world: Markets, **columns: Any) -> set[str]:
    events = Activity.of(trader=1, **columns)
    return set(flag_names(int(measure(run(events, world), world).flags[0])))


def many(n: int, payout: int = M) -> Markets:
    return Markets.of(
        event=np.arange(n),
        payout_micro=np.tile([payout, M - payout], n),
        resolved_at=START + 400 * DAY,
    )


@pytest.mark.parametrize(("maker", "expected"), [(91, True), (89, False)])
def test_market_maker_by_role(maker: int, expected: bool) -> None:
    found = flags(
        many(100),
        ts=START + DAY * np.arange(100),
        kind=Kind.BUY,
        market=np.arange(100),
        outcome=2 * np.arange(100),
        size_micro=10 * M,
        cash_micro=5 * M,
        maker=np.arange(100) < maker,
    )
    assert ("MM" in found) == expected


@pytest.mark.parametrize(("second", "expected"), [(500, True), (400, False)])
def test_market_maker_by_both_sides(second: int, expected: bool) -> None:
    market = np.concatenate([np.arange(1_000), np.arange(second)])
    outcome = 2 * market + (np.arange(len(market)) >= 1_000)
    found = flags(
        many(1_000),
        ts=START + 3_600 * np.arange(len(market)),
        kind=Kind.BUY,
        market=market,
        outcome=outcome,
        size_micro=10 * M,
        cash_micro=5 * M,
    )
    assert ("MM" in found) == expected


def trading(days: int, hours: int, fills: int = 1, wander: int = 0) -> set[str]:
    """Flags of a wallet that fills so often in each of so many hours a day; `wander` moves the hours daily."""
    at = [
        START + DAY * day + 3_600 * ((hour + wander * day) % 24) + fill
        for day in range(days)
        for hour in range(hours)
        for fill in range(fills)
    ]
    bets = {"kind": Kind.BUY, "market": 0, "outcome": 0, "size_micro": 10 * M, "cash_micro": 5 * M}
    return flags(many(5), ts=at, **bets)


def test_a_bot_trades_through_half_of_its_days() -> None:
    assert "BOT" in trading(10, 20) and "BOT" not in trading(9, 24) | trading(10, 19)


def test_hours_of_a_whole_life_make_no_bot() -> None:
    """1,360 fills over 170 days, eight hours each, at another time every day: every hour of the day is used."""
    assert "BOT" not in trading(170, 8, wander=5)


@pytest.mark.parametrize(("busy", "expected"), [(6, True), (5, False)])
def test_a_bot_fills_more_often_than_a_person_on_half_of_its_days(
    busy: int, expected: bool
) -> None:
    fills = [1_000] * busy + [1] * (11 - busy)
    ts = np.repeat(START + DAY * np.arange(11), fills)
    bets = {"kind": Kind.BUY, "market": 0, "outcome": 0, "size_micro": 10 * M, "cash_micro": 5 * M}
    assert ("BOT" in flags(many(5), ts=ts, **bets)) == expected


@pytest.mark.parametrize(("got", "expected"), [(5_010, True), (6_000, False)])
def test_wash(got: int, expected: bool) -> None:
    found = flags(
        many(1),
        ts=[START, START + 1],
        kind=[Kind.BUY, Kind.SELL],
        market=0,
        outcome=0,
        size_micro=10_000 * M,
        cash_micro=np.array([5_000, got]) * M,
    )
    assert ("WASH" in found) == expected


@pytest.mark.parametrize(("income", "expected"), [(2_000, True), (99, False)])
def test_farmer_by_income(income: int, expected: bool) -> None:
    found = flags(
        many(1),
        ts=[START, START + 1],
        kind=[Kind.BUY, Kind.REWARD],
        market=[0, -1],
        outcome=[0, -1],
        size_micro=np.array([100, income]) * M,
        cash_micro=np.array([50, income]) * M,
    )
    assert ("FARM" in found) == expected


@pytest.mark.parametrize(("price", "expected"), [(0.98, True), (0.90, False)])
def test_farmer_by_sweeping(price: float, expected: bool) -> None:
    found = flags(
        many(40),
        ts=START + DAY * np.arange(40),
        kind=Kind.BUY,
        market=np.arange(40),
        outcome=2 * np.arange(40),
        size_micro=10 * M,
        cash_micro=int(10 * price * M),
    )
    assert ("FARM" in found) == expected


@pytest.mark.parametrize(("both", "expected"), [(True, True), (False, False)])
def test_hedger(both: bool, expected: bool) -> None:
    market = np.repeat(np.arange(12), 2) if both else np.arange(12)
    outcome = np.arange(24) if both else 2 * np.arange(12)
    found = flags(
        many(12),
        ts=START + DAY * np.arange(len(market)),
        kind=Kind.BUY,
        market=market,
        outcome=outcome,
        size_micro=10 * M,
        cash_micro=5 * M,
    )
    assert ("HEDGER" in found) == expected


def bets_of(stakes: list[int]) -> set[str]:
    """Bets of so many shares each at 50 cents on different events; every other one loses."""
    n = len(stakes)
    return flags(
        many(n),
        ts=START + DAY * np.arange(n),
        kind=Kind.BUY,
        market=np.arange(n),
        outcome=2 * np.arange(n) + np.arange(n) % 2,
        size_micro=np.array(stakes) * M,
        cash_micro=np.array(stakes) * M // 2,
    )


def test_one_event_is_most_of_all_gains_and_losses() -> None:
    assert "ONE_EVENT" in bets_of([14, *[1] * 9]) and "ONE_EVENT" not in bets_of([13, *[1] * 9])


def test_below_ten_decided_events_the_gates_speak() -> None:
    assert "ONE_EVENT" not in bets_of([100, *[1] * 8])


def test_a_net_total_near_zero_is_no_single_event() -> None:
    assert not bets_of([10] * 20)


def test_partial() -> None:
    assert "PARTIAL" in flags(
        many(1),
        ts=START,
        kind=Kind.SELL,
        market=0,
        outcome=0,
        size_micro=[10 * M],
        cash_micro=5 * M,
    )
    assert "PARTIAL" in flags(
        many(1),
        ts=START,
        kind=Kind.TRANSFER,
        market=0,
        outcome=0,
        size_micro=[10 * M],
        cash_micro=0,
    )
