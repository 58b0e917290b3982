"""Rows that make no sense are counted, mark the wallet, and change nothing else; never an exception."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smartmoney.ledger import Activity, Kind, Markets, run
from tests.kit.ledgers import OPEN, START, markets

M = 1_000_000
GOOD = {
    "ts": START,
    "kind": Kind.BUY,
    "market": 3,
    "outcome": 6,
    "size_micro": 10 * M,
    "cash_micro": 4 * M,
    "fee_micro": 0,
}
UNRESOLVED = markets([OPEN] * 6, [-1] * 6)

BAD = {
    "negative size": {"size_micro": -1},
    "negative cash": {"cash_micro": -1},
    "negative fee": {"fee_micro": -1},
    "cash for no shares": {"size_micro": 0},
    "absurd size": {"size_micro": 2**60},
    "no market": {"market": -1, "outcome": -1},
    "unknown market": {"market": 99},
    "unlabelled outcome": {"outcome": -1},
    "outcome of another market": {"outcome": 8},
    "unknown kind": {"kind": 77},
    "before 1970": {"ts": -5},
    "conversion without a market": {"kind": Kind.CONVERSION_LEG, "market": -1, "outcome": -1},
    "conversion of nothing": {
        "kind": Kind.CONVERSION_LEG,
        "market": 0,
        "outcome": -1,
        "size_micro": 0,
        "cash_micro": 0,
    },
    "split of no market": {"kind": Kind.SPLIT, "market": 6, "outcome": -1},
}


@pytest.mark.parametrize("change", BAD.values(), ids=BAD.keys())
def test_a_senseless_row_is_counted_and_marks_the_wallet(change: dict[str, int]) -> None:
    rows = [GOOD, GOOD | change, GOOD]
    book = run(
        Activity.of(trader=1, **{name: [row[name] for row in rows] for name in GOOD}), UNRESOLVED
    )
    account = book.state.accounts
    assert (account["n_rows"][0], account["n_bad_rows"][0]) == (3, 1)
    assert account.partial[0]
    assert book.state.positions["shares_micro"].tolist() == [20 * M]
    assert account["cash_flow_micro"][0] == -8 * M


def test_a_row_of_nothing_changes_nothing() -> None:
    events = Activity.of(
        trader=1, ts=1, kind=[Kind.BUY, Kind.SELL], market=3, outcome=6, size_micro=0, cash_micro=0
    )
    book = run(events, UNRESOLVED)
    assert book.traders.realized_micro.tolist() == [0] and not book.state.accounts.partial[0]


@pytest.mark.parametrize("pays", [(M, M), (0, 0), (600_000, 600_000)])
def test_payouts_that_do_not_sum_to_one_still_pay(pays: tuple[int, int]) -> None:
    world = markets([OPEN] * 3 + [pays] + [OPEN] * 2, [-1] * 3 + [START] + [-1] * 2)
    book = run(Activity.of(trader=1, **GOOD), world)
    assert book.traders.realized_micro[0] == 10 * pays[0] - 4 * M


@pytest.mark.parametrize("pays", [(2 * M, 0), (-7, M), (M, -1)])
def test_impossible_payouts_are_no_resolution(pays: tuple[int, int]) -> None:
    world = markets([OPEN] * 3 + [pays] + [OPEN] * 2, [-1] * 3 + [START] + [-1] * 2)
    assert not run(Activity.of(trader=1, **GOOD), world).settlement.settled[0]


def test_nothing_at_all() -> None:
    book = run(Activity.empty(), UNRESOLVED)
    assert [
        len(table) for table in (book.state.positions, book.events, book.traders, book.days)
    ] == [
        0,
        0,
        0,
        0,
    ]
    assert len(run(Activity.empty(), Markets.of(event=[])).traders) == 0


def test_a_market_without_outcomes_takes_no_shares() -> None:
    world = Markets.of(event=[0, 0], n_outcomes=[2, 0], neg_risk=True)
    events = Activity.of(
        trader=1,
        ts=[1, 2, 3],
        kind=[Kind.BUY, Kind.CONVERSION_LEG, Kind.MERGE],
        market=[0, 0, 1],
        outcome=[1, 1, -1],
        size_micro=10,
        cash_micro=[4, 0, 0],
    )
    book = run(events, world)
    assert book.state.accounts["n_bad_rows"][0] == 1
    assert book.traders.realized_micro[0] == -4


@given(
    st.lists(
        st.tuples(
            *[st.integers(-(2**63), 2**63 - 1)] * 4,
            st.integers(-3, 14),
            st.integers(-3, 9),
            st.integers(-3, 15),
        ),
        min_size=1,
        max_size=12,
    )
)
@settings(max_examples=200, deadline=None)
def test_no_numbers_raise(of: list[tuple[int, ...]]) -> None:
    ts, size, cash, fee, kind, market, outcome = (
        np.array(column) for column in zip(*of, strict=True)
    )
    events = Activity.of(
        trader=1,
        ts=ts,
        kind=kind,
        market=market,
        outcome=outcome,
        size_micro=size,
        cash_micro=cash,
        fee_micro=fee,
    )
    book = run(events, UNRESOLVED)
    assert (book.state.positions["shares_micro"] >= 0).all()
    assert book.state.accounts["n_rows"][0] == len(of)
