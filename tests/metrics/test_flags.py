"""Each flag on the wallet it was made for, and not on one just below the threshold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from smartmoney.ledger import Activity, Kind, Markets, run
from smartmoney.metrics import flag_names, measure
from tests.kit.golden import golden_world

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


@pytest.mark.parametrize(("gap", "expected"), [(30, True), (7_200, False)])
def test_bot(gap: int, expected: bool) -> None:
    """1,200 fills: all on one day, or eight hours a day at a person's pace."""
    ts = (
        START + gap * np.arange(1_200)
        if expected
        else START + DAY * (np.arange(1_200) // 8) + gap // 2 * (np.arange(1_200) % 8)
    )
    found = flags(
        many(5), ts=ts, kind=Kind.BUY, market=0, outcome=0, size_micro=10 * M, cash_micro=5 * M
    )
    assert ("BOT" in found) == expected


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


def test_one_event() -> None:
    events, world = golden_world()
    assert "ONE_EVENT" in flag_names(int(measure(run(events, world), world).flags[0]))
    calm = many(20)
    assert not flags(
        calm,
        ts=START + DAY * np.arange(20),
        kind=Kind.BUY,
        market=np.arange(20),
        outcome=2 * np.arange(20),
        size_micro=10 * M,
        cash_micro=5 * M,
    )


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
