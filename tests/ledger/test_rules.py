"""Each rule of the ledger in one small story; amounts in dollars and shares, checked in millionths."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from smartmoney.errors import ParameterError
from smartmoney.ledger import Activity, Kind, Ledger, Markets, replay, run, stale_traders
from tests.kit.ledgers import EVENT, HALF, NEG_RISK, NO, OPEN, START, YES, markets

M = 1_000_000
UNRESOLVED = markets([OPEN] * 6, [-1] * 6)
# outcome numbers: market m has YES at 2m and NO at 2m + 1; markets 0-2 are one negative-risk event


def story(*rows: tuple[Any, ...], world: Markets = UNRESOLVED, **options: Any) -> Ledger:
    """Rows (kind, market, outcome, size, cash[, tx]) of one wallet, one second apart unless `at` is given."""
    at = options.pop("at", list(range(START, START + len(rows))))
    columns = list(zip(*[row if len(row) == 6 else (*row, 0) for row in rows], strict=True))
    kind, market, outcome, size, cash, tx = columns
    return run(
        Activity.of(
            trader=7,
            ts=at,
            kind=kind,
            market=market,
            outcome=outcome,
            size_micro=np.array(size) * M,
            cash_micro=(np.array(cash) * M).round().astype(np.int64),
            tx=tx,
        ),
        world,
        **options,
    )


def held(book: Ledger, outcome: int) -> tuple[float, float]:
    row = book.state.positions.outcome == outcome
    return book.state.positions["shares_micro"][row].sum() / M, book.state.positions["cost_micro"][
        row
    ].sum() / M


def account(book: Ledger, name: str) -> float:
    return float(book.state.accounts[name][0])


def test_a_sale_takes_its_share_of_the_average_cost() -> None:
    book = story((Kind.BUY, 3, 6, 100, 40), (Kind.BUY, 3, 6, 100, 60), (Kind.SELL, 3, 6, 50, 35))
    assert held(book, 6) == (150, 75)
    assert book.traders.realized_micro[0] == 10 * M


def test_average_cost_is_rounded_half_up_to_a_millionth() -> None:
    events = Activity.of(
        trader=1,
        ts=[1, 2],
        kind=[Kind.BUY, Kind.SELL],
        market=3,
        outcome=6,
        size_micro=[2, 1],
        cash_micro=[1, 1],
    )
    assert run(events, UNRESOLVED).traders.realized_micro[0] == 0


def test_selling_more_than_held_is_marked_and_never_a_short() -> None:
    book = story((Kind.BUY, 3, 6, 100, 40), (Kind.SELL, 3, 6, 150, 90))
    assert held(book, 6) == (0, 0)
    assert book.traders.realized_micro[0] == 20 * M
    assert account(book, "unexplained_cash_micro") == 30 * M
    assert account(book, "missing_shares_micro") == 50 * M
    assert book.state.accounts.partial[0]


def test_short_sales_of_one_second_are_taken_together() -> None:
    rows = [(Kind.BUY, 3, 6, 10, 5), (Kind.SELL, 3, 6, 10, 9), (Kind.SELL, 3, 6, 10, 1)]
    one, other = story(*rows, at=[START] * 3), story(*reversed(rows), at=[START] * 3)
    assert one.traders.realized_micro[0] == other.traders.realized_micro[0] == 0


def test_a_purchase_comes_before_a_sale_of_the_same_second() -> None:
    book = story((Kind.SELL, 3, 6, 10, 9), (Kind.BUY, 3, 6, 10, 5), at=[START, START])
    assert book.traders.realized_micro[0] == 4 * M
    assert not book.state.accounts.partial[0]


def test_split_and_merge_move_half_a_dollar_a_share() -> None:
    book = story(
        (Kind.SPLIT, 3, -1, 10, 10),
        (Kind.SELL, 3, 6, 10, 6),
        (Kind.BUY, 3, 6, 10, 7),
        (Kind.MERGE, 3, -1, 10, 10),
    )
    assert held(book, 6) == held(book, 7) == (0, 0)
    assert book.traders.realized_micro[0] == -1 * M
    assert account(book, "cash_flow_micro") == -1 * M


def test_an_odd_split_gives_the_odd_millionth_to_the_last_outcome() -> None:
    events = Activity.of(
        trader=1, ts=1, kind=Kind.SPLIT, market=3, outcome=-1, size_micro=[5], cash_micro=5
    )
    assert run(events, UNRESOLVED).state.positions["cost_micro"].tolist() == [2, 3]


def test_redeem_of_one_outcome_sells_it_at_its_payout() -> None:
    book = story(
        (Kind.BUY, 3, 6, 10, 4),
        (Kind.BUY, 3, 7, 5, 3),
        (Kind.REDEEM, 3, 6, 10, 10),
        (Kind.REDEEM, 3, 7, 5, 0),
    )
    assert book.traders.realized_micro[0] == 3 * M
    assert book.state.positions["redeemed_cash_micro"].tolist() == [10 * M, 0]


@pytest.mark.parametrize(
    ("pays", "cash", "realized"), [(YES, 10, 3), (NO, 5, -2), (HALF, 7.5, 0.5)]
)
def test_old_redeem_settles_all_outcomes_at_known_payouts(
    pays: Any, cash: float, realized: float
) -> None:
    world = markets([OPEN] * 3 + [pays] + [OPEN] * 2, [-1] * 3 + [START] + [-1] * 2)
    events = Activity.of(
        trader=1,
        ts=[1, 1, 2],
        kind=[Kind.BUY, Kind.BUY, Kind.REDEEM],
        market=3,
        outcome=[6, 7, -1],
        size_micro=[10 * M, 5 * M, int(cash * M)],
        cash_micro=[4 * M, 3 * M, int(cash * M)],
    )
    book = run(events, world)
    assert (book.state.positions["shares_micro"] == 0).all()
    assert book.traders.realized_micro[0] == realized * M


def test_old_redeem_without_payouts_finds_the_winner_by_its_shares() -> None:
    book = story((Kind.BUY, 3, 6, 10, 4), (Kind.BUY, 3, 7, 5, 3), (Kind.REDEEM, 3, -1, 5, 5))
    assert book.traders.realized_micro[0] == -2 * M


def test_old_redeem_of_nothing_means_all_lost() -> None:
    assert (
        story((Kind.BUY, 3, 6, 10, 4), (Kind.REDEEM, 3, -1, 0, 0)).traders.realized_micro[0]
        == -4 * M
    )


def test_old_redeem_that_fits_nothing_held_is_a_conflict() -> None:
    book = story((Kind.BUY, 3, 6, 10, 4), (Kind.REDEEM, 3, -1, 12, 12))
    assert book.state.accounts.conflicted[0]
    assert held(book, 6) == (10, 4)
    assert account(book, "unexplained_cash_micro") == 12 * M


@pytest.mark.parametrize("pays", [YES, OPEN])
def test_a_market_is_redeemed_in_parts(pays: Any) -> None:
    at = START if pays == YES else -1
    world = markets([OPEN] * 3 + [pays] + [OPEN] * 2, [-1] * 3 + [at] + [-1] * 2)
    rows = [(Kind.BUY, 3, 6, 10, 4), (Kind.BUY, 3, 7, 5, 3), (Kind.REDEEM, 3, -1, 8, 8)]
    book = story(*rows, world=world)
    assert not book.state.accounts.conflicted[0] and not book.state.accounts.partial[0]
    assert held(book, 6) == (2, 0.8) and held(book, 7) == (5, 3)
    rest = story(*rows, (Kind.REDEEM, 3, -1, 2, 2), world=world)
    assert held(rest, 6) == held(rest, 7) == (0, 0)
    assert rest.traders.realized_micro[0] == (10 - 4 - 3) * M


def test_conversion_of_two_legs_pays_a_dollar_and_moves_the_cost() -> None:
    book = story(
        (Kind.BUY, 0, 1, 10, 7),
        (Kind.BUY, 1, 3, 20, 16),
        (Kind.CONVERSION_LEG, 0, -1, 10, 0, 5),
        (Kind.CONVERSION_LEG, 1, 3, 10, 0, 5),
        at=[START, START, START + 1, START + 1],
    )
    assert held(book, 1) == (0, 0) and held(book, 3) == (10, 8)
    assert held(book, 4) == (10, 5)  # 7 + 8 - 10 dollars for YES of the third market
    assert account(book, "cash_flow_micro") == (-7 - 16 + 10) * M


def test_conversion_of_one_leg_spreads_over_the_others_with_the_remainder_last() -> None:
    events = Activity.of(
        trader=1,
        ts=[1, 2],
        kind=[Kind.BUY, Kind.CONVERSION_LEG],
        market=[1, 1],
        outcome=[3, -1],
        size_micro=[4, 4],
        cash_micro=[3, 0],
    )
    positions = run(events, UNRESOLVED).state.positions
    assert dict(zip(positions.outcome.tolist(), positions["cost_micro"].tolist(), strict=True)) == {
        0: 1,
        3: 0,
        4: 2,
    }


def test_the_remainder_of_a_conversion_does_not_depend_on_how_markets_are_numbered() -> None:
    bought = Activity.of(
        trader=1,
        ts=[1, 2],
        kind=[Kind.BUY, Kind.CONVERSION_LEG],
        market=[1, 1],
        outcome=[3, -1],
        size_micro=[4, 4],
        cash_micro=[3, 0],
    )
    turned = Markets.of(event=EVENT, neg_risk=NEG_RISK, place=[2, 1, 0, 0, 0, 0])
    positions = run(bought, turned).state.positions
    assert dict(zip(positions.outcome.tolist(), positions["cost_micro"].tolist(), strict=True)) == {
        0: 2,
        3: 0,
        4: 1,
    }


def test_conversion_cheaper_than_its_cash_leaves_a_negative_cost() -> None:
    book = story(
        (Kind.BUY, 0, 1, 10, 3),
        (Kind.BUY, 1, 3, 10, 4),
        (Kind.CONVERSION_LEG, 0, 1, 10, 0, 5),
        (Kind.CONVERSION_LEG, 1, 3, 10, 0, 5),
        (Kind.SELL, 2, 4, 10, 1),
        at=[1, 1, 2, 2, 3],
    )
    assert book.traders.realized_micro[0] == 4 * M


def test_conversion_of_all_legs_is_a_sale() -> None:
    rows = [(Kind.BUY, market, 2 * market + 1, 10, 6) for market in (0, 1, 2)]
    legs = [(Kind.CONVERSION_LEG, market, -1, 10, 0, 9) for market in (0, 1, 2)]
    book = story(*rows, *legs, at=[1, 1, 1, 2, 2, 2])
    assert book.traders.realized_micro[0] == 2 * M


def test_conversion_of_what_was_never_held_marks_the_wallet() -> None:
    book = story((Kind.CONVERSION_LEG, 0, -1, 10, 0))
    assert book.state.accounts.partial[0] and len(book.state.positions) == 0


def test_income_has_an_account_of_its_own_and_transfers_are_flagged() -> None:
    book = story(
        (Kind.REWARD, -1, -1, 3, 3),
        (Kind.REBATE, -1, -1, 2, 2),
        (Kind.YIELD, -1, -1, 1, 1),
        (Kind.TRANSFER, 3, 6, 5, 0),
    )
    assert [account(book, f"{name}_micro") for name in ("reward", "rebate", "yield")] == [
        3 * M,
        2 * M,
        1 * M,
    ]
    assert (account(book, "cash_flow_micro"), book.traders.realized_micro[0]) == (0, 0)
    assert account(book, "n_transfers") == 1 and book.state.accounts.partial[0]


@pytest.mark.parametrize(("pays", "realized"), [(YES, 6), (NO, -4), (HALF, 1)])
def test_resolution_settles_what_nobody_redeemed(pays: Any, realized: int) -> None:
    world = markets([OPEN] * 3 + [pays] + [OPEN] * 2, [-1] * 3 + [START + 86_400] + [-1] * 2)
    book = story((Kind.BUY, 3, 6, 10, 4), world=world)
    assert book.traders.realized_micro[0] == realized * M
    assert (
        book.settlement.settled[0]
        and book.events.decided[0]
        and book.events.decided_at[0] == START + 86_400
    )
    assert book.days.day.tolist() == [START // 86_400, START // 86_400 + 1]
    assert (
        story((Kind.BUY, 3, 6, 10, 4), world=world, as_of=START + 100).traders.realized_micro[0]
        == 0
    )


def test_redemption_is_dated_by_the_resolution() -> None:
    world = markets([OPEN] * 3 + [YES] + [OPEN] * 2, [-1] * 3 + [START] + [-1] * 2)
    book = story(
        (Kind.BUY, 3, 6, 10, 4),
        (Kind.REDEEM, 3, 6, 10, 10),
        at=[START - 10, START + 900_000],
        world=world,
    )
    gains = dict(zip(book.days.day.tolist(), book.days["realized_micro"].tolist(), strict=True))
    assert gains[START // 86_400] == 6 * M
    assert sum(gains.values()) == 6 * M


def test_unrealized_uses_the_marks_and_counts_what_has_none() -> None:
    marks = np.full(12, -1)
    marks[6] = 700_000
    book = story((Kind.BUY, 3, 6, 10, 4), (Kind.BUY, 4, 8, 10, 4), marks_micro=marks)
    assert (
        book.traders.unrealized_micro[0],
        book.traders.n_open[0],
        book.traders.n_unmarked[0],
    ) == (
        3 * M,
        2,
        1,
    )


def test_events_add_up_their_markets() -> None:
    world = markets([YES, NO, OPEN, OPEN, OPEN, OPEN], [START + 50] * 2 + [-1] * 4)
    book = story(
        (Kind.BUY, 0, 0, 10, 4), (Kind.BUY, 1, 3, 10, 7), (Kind.BUY, 4, 8, 5, 1), world=world
    )
    assert book.events.event.tolist() == [0, 2]
    assert book.events.pnl_micro.tolist() == [9 * M, 0]
    assert book.events.invested_micro.tolist() == [11 * M, 1 * M]
    assert book.events.decided.tolist() == [True, False]
    assert (book.events.stop - book.events.start).tolist() == [2, 1]


def test_late_rows_ask_for_a_replay() -> None:
    first = Activity.of(
        trader=[1, 2], ts=[10, 20], kind=Kind.BUY, market=3, outcome=6, size_micro=M, cash_micro=M
    )
    late = Activity.of(
        trader=[1, 2], ts=[11, 20], kind=Kind.BUY, market=3, outcome=6, size_micro=M, cash_micro=M
    )
    state = replay(first, UNRESOLVED)
    assert stale_traders(state, late, UNRESOLVED).tolist() == [2]
    with pytest.raises(ParameterError, match="first: 2"):
        replay(late, UNRESOLVED, state=state)


def test_activity_refuses_columns_that_lose_something() -> None:
    columns = {
        "trader": 1,
        "ts": [1, 2],
        "kind": 0,
        "market": 0,
        "outcome": 0,
        "size_micro": 1,
        "cash_micro": 1,
    }
    with pytest.raises(ParameterError, match="ts has 2 rows where 3"):
        Activity.of(**columns | {"size_micro": [1, 2, 3]})
    with pytest.raises(ParameterError, match="cash_micro"):
        Activity.of(**columns | {"cash_micro": [0.5, 1.0]})
    with pytest.raises(ParameterError, match="kind"):
        Activity.of(**columns | {"kind": 300})
