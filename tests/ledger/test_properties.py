"""What must hold for every sequence of events, checked on random ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from smartmoney.ledger import (
    Kind,
    Ledger,
    LedgerState,
    Markets,
    muldiv,
    replay,
    run,
    settle,
    stale_traders,
)
from smartmoney.ledger.closing import close
from tests.kit.ledgers import START, Plain, events, resolutions, resolved_otherwise, rows, usual

thorough = settings(max_examples=400, deadline=None)


def same_tables(a: LedgerState, b: LedgerState) -> None:
    for name in ("positions", "accounts", "days"):
        left, right = getattr(a, name), getattr(b, name)
        assert left.to_frame().to_dict("records") == right.to_frame().to_dict("records"), name


def same_books(a: Ledger, b: Ledger) -> None:
    same_tables(a.state, b.state)
    for name in ("settlement", "events", "traders", "days"):
        assert getattr(a, name).to_frame().equals(getattr(b, name).to_frame()), name


@given(st.integers(-(2**62), 2**62), st.integers(1, 2**63 - 1), st.data())
@thorough
def test_muldiv_is_exact_where_64_bits_overflow(a: int, divisor: int, data: Any) -> None:
    b = data.draw(st.integers(0, divisor))
    add = data.draw(st.integers(0, divisor - 1))
    if abs(a * b // divisor) < 2**62:
        assert muldiv(a, b, divisor, add) == (a * b + add) // divisor


@given(st.integers(0, 2**53), st.integers(0, 1_000_000))
@usual
def test_settlement_is_exact_where_64_bits_overflow(shares: int, payout: int) -> None:
    assert settle(np.array([shares]), np.array([payout]))[0] == shares * payout // 1_000_000


@given(resolutions(), st.one_of(rows(), rows(whales=True)))
@thorough
def test_equal_to_a_plain_ledger(markets: Markets, of: list[dict[str, int]]) -> None:
    book = run(events(of), markets)
    held = {
        (t, o): (s, c)
        for t, o, s, c in zip(
            book.state.positions.trader.tolist(),
            book.state.positions.outcome.tolist(),
            book.state.positions["shares_micro"].tolist(),
            book.state.positions["cost_micro"].tolist(),
            strict=True,
        )
    }
    for i, trader in enumerate(book.traders.trader.tolist()):
        plain = Plain(markets.payout_micro.tolist())
        plain.replay([row for row in of if row["trader"] == trader])
        account = dict(
            zip(
                book.state.accounts.names(),
                book.state.accounts.values[i].tolist(),
                strict=True,
            )
        )
        assert book.traders.realized_micro[i] == plain.settle(markets.resolved.tolist())
        assert account["cash_flow_micro"] == plain.cash
        assert account["unexplained_cash_micro"] == plain.unexplained
        assert (
            account["reward_micro"] + account["rebate_micro"] + account["yield_micro"]
            == plain.income
        )
        for outcome in range(12):
            expected = (plain.shares[outcome], plain.cost[outcome])
            assert held.get((trader, outcome), (0, 0)) == expected


@given(resolutions(), rows(whales=True))
@thorough
def test_total_is_cash_flow_plus_value_to_the_micro(
    markets: Markets, of: list[dict[str, int]]
) -> None:
    book = run(events(of), markets, marks_micro=np.full(12, 370_000))
    account, total = book.state.accounts, book.traders
    left = total.realized_micro + account["unexplained_cash_micro"]
    assert (
        left == account["cash_flow_micro"] + total.settled_cash_micro + total.open_cost_micro
    ).all()
    worth = np.zeros(len(total), np.int64)
    np.add.at(
        worth,
        np.searchsorted(total.trader, book.settlement.trader),
        settle(book.settlement.open_shares_micro, np.full(len(book.settlement), 370_000)),
    )
    assert (
        left + total.unrealized_micro
        == account["cash_flow_micro"] + total.settled_cash_micro + worth
    ).all()


@given(resolutions(), rows())
@usual
def test_shares_are_never_negative_and_shortage_is_marked(
    markets: Markets, of: list[dict[str, int]]
) -> None:
    state = replay(events(of), markets)
    assert (state.positions["shares_micro"] >= 0).all()
    short = state.accounts["missing_shares_micro"] > 0
    assert (state.accounts["n_missing"][short] > 0).all()
    much = state.accounts["missing_shares_micro"] > 100_000_000
    assert state.accounts.partial[much].all()


@given(resolutions(), rows(most=40, traders=1), st.randoms(use_true_random=False))
@thorough
def test_order_within_one_second_changes_no_total(
    markets: Markets, of: list[dict[str, int]], chance: Any
) -> None:
    of = [row | {"ts": START + (row["ts"] - START) // 10} for row in of]
    mixed = of.copy()
    chance.shuffle(mixed)
    mixed = [row | {"seq": n} for n, row in enumerate(mixed)]
    a, b = run(events(of), markets), run(events(mixed), markets)
    for name in ("settled_cash_micro", "n_open"):
        assert (getattr(a.traders, name) == getattr(b.traders, name)).all()
    assert (a.settlement.open_shares_micro == b.settlement.open_shares_micro).all()
    gain = [book.traders.realized_micro - book.traders.open_cost_micro for book in (a, b)]
    assert (gain[0] == gain[1]).all()
    for name in ("cash_flow_micro", "unexplained_cash_micro", "missing_shares_micro"):
        assert (a.state.accounts[name] == b.state.accounts[name]).all()


@given(resolutions(), rows(most=40), st.integers(START, START + 50))
@thorough
def test_an_increment_equals_a_full_pass(
    markets: Markets, of: list[dict[str, int]], cut: int
) -> None:
    before = [row for row in of if row["ts"] <= cut]
    after = [row for row in of if row["ts"] > cut]
    state = replay(events(before), markets)
    assert not len(stale_traders(state, events(after), markets))
    carried = close(replay(events(after), markets, state=state), markets)
    same_books(carried, run(events(of), markets))


@given(resolutions(), resolutions(), rows(most=40), st.integers(START, START + 50))
@usual
def test_an_increment_after_changed_resolutions(
    a: Markets, b: Markets, of: list[dict[str, int]], cut: int
) -> None:
    state = replay(events([row for row in of if row["ts"] <= cut]), a)
    after = [row for row in of if row["ts"] > cut]
    stale = stale_traders(state, events(after), b)
    kept = state.of_traders(np.setdiff1d(state.accounts.trader, stale))
    carried = replay(events([row for row in after if row["trader"] not in stale]), b, state=kept)
    again = replay(events([row for row in of if row["trader"] in stale]), b)
    same_books(close(carried.replace(again), b), run(events(of), b))


@given(resolutions(), rows(most=40))
@usual
def test_partitions_of_traders_change_nothing(markets: Markets, of: list[dict[str, int]]) -> None:
    whole = replay(events(of), markets)
    parts = LedgerState.empty()
    for trader in (3, 1, 2):
        parts = parts.replace(
            replay(events([row for row in of if row["trader"] == trader]), markets)
        )
    same_tables(whole, parts)


@given(resolutions(), rows(most=40), st.integers(START, START + 60))
@usual
def test_as_of_is_what_was_known_then(
    markets: Markets, of: list[dict[str, int]], as_of: int
) -> None:
    """Later rows and later resolutions change nothing, except that a redemption proves its resolution."""
    of = [row for row in of if not (row["kind"] == Kind.REDEEM and row["outcome"] < 0)]
    known = np.repeat(markets.resolved & (markets.resolved_at <= as_of), 2)
    then = resolved_otherwise(
        markets,
        np.where(known, markets.payout_micro, -1),
        np.where(known[::2], markets.resolved_at, -1),
    )
    same_books(
        run(events(of), markets, as_of=as_of),
        run(events([r for r in of if r["ts"] <= as_of]), then, as_of=as_of),
    )
