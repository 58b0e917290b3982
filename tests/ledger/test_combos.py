"""Combos on a cash basis: what was paid is a loss until something comes back, and nothing of them is missing history."""

from __future__ import annotations

import numpy as np
import pytest

from smartmoney.ledger import Activity, Kind, Ledger, Markets, run
from smartmoney.metrics import event_surprises, measure
from smartmoney.metrics.surprise import SCORED

M = 1_000_000
START = 1_770_000_000
BUY, SELL, SPLIT, MERGE, REDEEM = Kind.BUY, Kind.SELL, Kind.SPLIT, Kind.MERGE, Kind.REDEEM
YES, NO, NEITHER = 0, 1, -1


def world(paid: tuple[int, int] = (-1, -1)) -> Markets:
    """One combo that nobody settled, unless told what it paid."""
    known = min(paid) >= 0
    return Markets.of(
        event=[0], combo=True, payout_micro=paid, resolved_at=START + 9_999 if known else -1
    )


def story(*rows: tuple[Kind, int, float, float], markets: Markets | None = None) -> Ledger:
    """Rows (kind, side, shares, dollars) of one wallet, a second apart."""
    kind, outcome, size, cash = zip(*rows, strict=True)
    activity = Activity.of(
        trader=1,
        ts=[START + n for n in range(len(rows))],
        kind=kind,
        market=0,
        outcome=outcome,
        size_micro=np.rint(np.array(size) * M).astype(np.int64),
        cash_micro=np.rint(np.array(cash) * M).astype(np.int64),
    )
    return run(activity, world() if markets is None else markets)


@pytest.mark.parametrize(
    ("rows", "gain"),
    [
        ([(BUY, YES, 300, 60)], -60),
        ([(BUY, YES, 300, 60), (REDEEM, YES, 300, 300)], 240),
        ([(BUY, YES, 300, 60), (REDEEM, YES, 0, 300)], 240),
        ([(BUY, YES, 300, 60), (REDEEM, NEITHER, 300, 300)], 240),
        ([(BUY, YES, 300, 60), (REDEEM, YES, 0, 0)], -60),
        ([(BUY, YES, 300, 60), (REDEEM, YES, 0, 75)], 15),
        ([(BUY, YES, 300, 60), (REDEEM, YES, 100, 100), (REDEEM, YES, 200, 200)], 240),
        ([(BUY, YES, 300, 60), (SELL, YES, 100, 50), (REDEEM, YES, 200, 200)], 190),
        ([(BUY, YES, 300, 60), (SELL, YES, 400, 100)], 40),
        ([(SELL, YES, 400, 100)], 100),
        ([(REDEEM, YES, 5, 5)], 5),
        ([(REDEEM, NEITHER, 0, 5)], 5),
        ([(SPLIT, NEITHER, 50, 50), (SELL, NO, 50, 40), (REDEEM, YES, 50, 50)], 40),
        ([(SPLIT, NEITHER, 50, 50), (MERGE, NEITHER, 50, 50)], 0),
        ([(MERGE, NEITHER, 50, 50)], 50),
        ([(BUY, YES, 20, 8), (BUY, NO, 30, 20), (REDEEM, NEITHER, 30, 30)], 2),
    ],
)
def test_cash_is_the_result_and_no_share_is_missing(
    rows: list[tuple[Kind, int, float, float]], gain: float
) -> None:
    book = story(*rows)
    assert book.traders.realized_micro[0] == pytest.approx(gain * M, abs=2)
    account = book.state.accounts
    for name in ("n_missing", "n_conflicts", "n_bad_rows", "unexplained_cash_micro"):
        assert account[name][0] == 0, name
    assert account["cash_flow_micro"][0] == pytest.approx(gain * M, abs=2)
    assert measure(book, world()).flags[0] == 0


@pytest.mark.parametrize(
    ("size", "cash", "surprise"), [(300, 300, 0.8), (0, 0, -0.2), (300, 75, 0.05), (0, 75, 0.05)]
)
def test_what_a_share_brought_is_the_result_of_the_bet(
    size: float, cash: float, surprise: float
) -> None:
    found = event_surprises(story((BUY, YES, 300, 60), (REDEEM, YES, size, cash)), world())
    assert found.status[0] == SCORED and found.surprise[0] == pytest.approx(surprise)


def test_a_known_payout_comes_before_what_came_in() -> None:
    settled = world((0, M))
    book = story((BUY, YES, 300, 60), markets=settled)
    assert book.traders.realized_micro[0] == -60 * M
    assert event_surprises(book, settled).surprise[0] == pytest.approx(-0.2)
    won = world((M, 0))
    assert story((BUY, YES, 300, 60), markets=won).traders.realized_micro[0] == 240 * M
