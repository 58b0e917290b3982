"""Conversions as the venue writes them: one row that names the negative-risk group, and no leg."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from smartmoney.ledger import Activity, Kind, Ledger, Markets, replay, run

M = 1_000_000
DAY = 86_400
START = 1_770_000_000
A, B, C, D = range(4)
YES, NO = 0, 1
LATER = START + 30 * DAY


def world(winner: int | None = None, existed: tuple[int, ...] = (0, 0, 0, 0)) -> Markets:
    """Four questions of one group, and an ordinary market of the same event."""
    won = np.arange(5) == winner
    paid = np.column_stack([won, ~won]).ravel() * M
    return Markets.of(
        event=[0] * 5,
        neg_risk=[True] * 4 + [False],
        group=[0] * 4 + [-1],
        existed_from=[*existed, 0],
        payout_micro=-1 if winner is None else paid,
        resolved_at=-1 if winner is None else LATER,
    )


def story(*rows: tuple[Any, ...], markets: Markets, seconds: list[int] | None = None) -> Ledger:
    """Rows (kind, market, side, shares, dollars) of one wallet, one after the other."""
    kind, market, side, size, cash = zip(*rows, strict=True)
    outcome = [2 * m + s if s is not None else -1 for m, s in zip(market, side, strict=True)]
    activity = Activity.of(
        trader=1,
        ts=seconds or [START + 10 * n for n in range(len(rows))],
        kind=kind,
        market=market,
        outcome=outcome,
        size_micro=np.array(size) * M,
        cash_micro=(np.array(cash) * M).round().astype(np.int64),
    )
    return run(activity, markets)


def shares(book: Ledger) -> dict[int, float]:
    held = book.state.positions
    return {
        o: n / M for o, n in zip(held.outcome.tolist(), held["shares_micro"].tolist(), strict=True)
    }


def account(book: Ledger, name: str) -> int:
    return int(book.state.accounts[name][0])


TWO_LEGS = (
    (Kind.BUY, A, NO, 100, 80),
    (Kind.BUY, B, NO, 100, 75),
    (Kind.CONVERSION, A, None, 100, 100),
    (Kind.SELL, C, YES, 100, 30),
    (Kind.SELL, D, YES, 100, 20),
)


def test_legs_are_the_no_shares_held_then() -> None:
    book = story(*TWO_LEGS, markets=world(C))
    assert book.traders.realized_micro[0] == -5 * M
    assert account(book, "cash_flow_micro") == -5 * M
    assert not book.state.accounts.partial[0] and not any(shares(book).values())


def test_an_ordinary_market_of_the_event_gives_nothing() -> None:
    book = story(*TWO_LEGS[:3], markets=world())
    assert shares(book) == {1: 0, 3: 0, 4: 100, 6: 100}


def test_a_question_added_later_gives_nothing() -> None:
    rows = ((Kind.BUY, A, NO, 100, 60), (Kind.CONVERSION, A, None, 100, 100))
    markets = world(D, existed=(0, 0, 0, LATER - 1))
    book = story(*rows, markets=markets)
    assert book.traders.realized_micro[0] == -60 * M
    assert shares(book) == {1: 0, 2: 100, 4: 100}
    assert story(*rows, markets=world(D)).traders.realized_micro[0] == 40 * M


def test_shares_held_less_often_are_no_leg() -> None:
    rows = [*TWO_LEGS[:2], (Kind.BUY, C, NO, 99, 60), TWO_LEGS[2]]
    book = story(*rows, markets=world())
    assert shares(book) == {1: 0, 3: 0, 4: 100, 5: 99, 6: 100}
    assert account(book, "cash_flow_micro") == (-80 - 75 - 60 + 100) * M


@pytest.mark.parametrize("sold", [NO, YES])
def test_a_later_row_tells_which_leg_was_kept(sold: int) -> None:
    """A and B were held, A alone was given up: the wallet sells what only a wallet that kept B can have."""
    rows = [*TWO_LEGS[:3], (Kind.SELL, B, sold, 100, 70)]
    book = story(*rows, markets=world())
    assert not book.state.accounts.partial[0]
    assert shares(book) == {1: 0, 2: 100 * sold, 3: 100 * (1 - sold), 4: 100, 6: 100}
    assert account(book, "cash_flow_micro") == (-80 - 75 + 70) * M


def test_a_kept_leg_may_be_merged_or_redeemed() -> None:
    merged = story(*TWO_LEGS[:3], (Kind.MERGE, B, None, 100, 100), markets=world())
    assert account(merged, "cash_flow_micro") == (-80 - 75 + 100) * M
    rows = [*TWO_LEGS[:3], (Kind.REDEEM, B, NO, 100, 100)]
    redeemed = story(*rows, markets=world(C), seconds=[START, START, START + 1, LATER + 1])
    assert not merged.state.accounts.partial[0] and not redeemed.state.accounts.partial[0]
    # NO of A and B pay in the end, and so does YES of C; whichever leg was given up
    assert (
        redeemed.traders.realized_micro[0]
        == story(*TWO_LEGS[:3], markets=world(C)).traders.realized_micro[0]
    )


def test_a_second_conversion_tells_that_the_first_left_a_leg() -> None:
    book = story(*TWO_LEGS[:3], TWO_LEGS[2], markets=world(C))
    assert not book.state.accounts.partial[0]
    assert account(book, "cash_flow_micro") == -155 * M
    assert book.traders.realized_micro[0] == (-155 + 200) * M


def test_where_nothing_tells_the_legs_the_book_is_bounded_and_left_alone() -> None:
    book = story((Kind.BUY, A, NO, 50, 40), (Kind.CONVERSION, A, None, 100, 100), markets=world())
    assert shares(book) == {1: 50} and account(book, "cash_flow_micro") == -40 * M
    assert account(book, "n_open_conversions") == 1
    assert account(book, "open_shares_micro") == 100 * M
    assert account(book, "open_cash_micro") == 300 * M
    assert account(book, "open_event") == 0 and book.state.accounts.partial[0]


def test_a_conversion_in_a_group_that_is_not_known_is_left_open() -> None:
    book = story((Kind.CONVERSION, -1, None, 100, 100), markets=world())
    assert (account(book, "n_open_conversions"), account(book, "open_event")) == (1, -1)


def test_what_was_inferred_can_be_told_by_rows_of_a_later_run() -> None:
    rows = [*TWO_LEGS[:3], (Kind.SELL, B, NO, 100, 70)]
    whole = story(*rows, markets=world())
    kind, market, side, size, cash = rows[3]
    later = Activity.of(
        trader=1,
        ts=START + 30,
        kind=kind,
        market=market,
        outcome=2 * market + side,
        size_micro=[size * M],
        cash_micro=cash * M,
    )
    first = story(*rows[:3], markets=world()).state
    carried = replay(later, world(), state=first)
    for name in ("positions", "accounts", "days"):
        left, right = getattr(carried, name), getattr(whole.state, name)
        assert np.array_equal(left.values, right.values), name
