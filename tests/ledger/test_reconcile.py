"""The badge on a profile: which difference gives which word."""

from __future__ import annotations

import numpy as np

from smartmoney.ledger import Activity, ApiPositions, Kind, Ledger, Reconciliation, reconcile, run
from tests.kit.ledgers import OPEN, START, YES, markets

M = 1_000_000
WORLD = markets([OPEN] * 3 + [YES] + [OPEN] * 2, [-1] * 3 + [START + 5] + [-1] * 2)
MARKS = np.full(12, 500_000)


def book(sold: int = 0, marks: np.ndarray | None = MARKS, **more: int) -> Ledger:
    """100 shares of a won token for $40 with a $2 fee inside, 50 of an open one for $20, and a sale."""
    events = Activity.of(
        trader=[1, 1, 1],
        ts=[START, START + 1, START + 2],
        kind=[Kind.BUY, Kind.BUY, Kind.SELL],
        market=[3, 4, 4],
        outcome=[6, 8, 8],
        size_micro=np.array([100, 50, sold]) * M,
        cash_micro=np.array([40, 20, sold / 2]).astype(int) * M,
        fee_micro=[2 * M, 0, 0],
    )
    return run(events, WORLD, marks_micro=marks)


def api(
    outcome: list[int], shares: list[float], pnl: list[float | None], bought: bool = True
) -> ApiPositions:
    return ApiPositions(
        outcome=np.array(outcome),
        shares_micro=(np.array(shares) * M).astype(int),
        pnl_micro=(np.array([made or 0 for made in pnl]) * M).astype(int),
        known=np.array([made is not None for made in pnl]),
        bought=np.full(len(outcome), bought),
    )


def verdict(ledger: Ledger, *arguments: object) -> tuple[str, str]:
    found: Reconciliation = reconcile(ledger, 1, *arguments)  # type: ignore[arg-type]
    assert found.reason.endswith(".")
    return found.status, found.reason


def test_complete_when_shares_and_pnl_agree_before_fees() -> None:
    assert verdict(book(), api([6, 8], [0, 50], [62, 5]))[0] == "complete"
    assert verdict(book(), api([6, 8], [100, 50], [62.5, 5]))[0] == "complete"
    assert verdict(book(), None, 67_400_000)[0] == "complete"


def test_partial_when_our_rows_lack_purchases() -> None:
    status, reason = verdict(book(sold=80), api([6, 8], [0, 0], [62, 5]))
    assert status == "partial" and "30.00 shares that were never seen bought ($15.00" in reason


def test_partial_when_the_platform_knows_more() -> None:
    assert verdict(book(), api([6, 8, 10], [0, 50, 7], [62, 5, 1])) == (
        "partial",
        "History is missing: 1 of the platform's 3 positions have no trade here.",
    )
    assert verdict(book(), api([6, 8], [0, 60], [62, 5]))[0] == "partial"


def test_conflicted_when_we_hold_what_the_platform_does_not_show() -> None:
    assert verdict(book(), api([6, 8], [0, 30], [62, 5]))[0] == "conflicted"
    assert verdict(book(), api([6], [0], [62]))[0] == "conflicted"


def test_conflicted_when_pnl_differs_by_more_than_a_dollar_and_a_percent() -> None:
    status, reason = verdict(book(), api([6, 8], [100, 50], [62, 9]))
    assert status == "conflicted" and "differ by $4.00" in reason


def test_unchecked_without_figures_or_marks() -> None:
    assert verdict(book())[0] == "unchecked"
    assert verdict(book(marks=None), api([6, 8], [100, 50], [62, 5]))[0] == "unchecked"


def test_a_wallet_without_rows_is_compared_too() -> None:
    assert reconcile(book(), 99, api([6], [5], [1])).status == "partial"
    assert reconcile(book(), 99, None, 0).status == "complete"


def test_what_a_stranger_sent_is_none_of_the_history() -> None:
    """No purchase of the token is known to the platform: however much it is, it was never traded."""
    seen = api([6, 8], [0, 50], [62, 5])
    sent = api([10], [5_000], [0], bought=False)
    both = ApiPositions.concat([seen, sent])
    assert verdict(book(), both)[0] == "complete"


def test_figures_that_the_platform_does_not_give_are_not_zero() -> None:
    status, reason = verdict(book(), api([6, 8], [0, 50], [62, None]))
    assert status == "unchecked" and "does not say" in reason


def test_a_negative_average_is_a_figure_like_any_other() -> None:
    assert verdict(book(), api([6, 8], [0, 50], [100, -33]))[0] == "complete"


def test_only_what_could_change_the_sign_is_doubtful() -> None:
    assert reconcile(book(), 1, api([6, 8, 10], [0, 50, 7], [62, 5, -90])).doubtful
    assert not reconcile(book(), 1, api([6, 8, 10], [0, 50, 7], [62, 5, 90])).doubtful
    assert reconcile(book(), 1, api([6, 8, 10], [0, 50, 7], [62, 5, None])).doubtful
