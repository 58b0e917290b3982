"""Our book against the platform's own figures: complete, partial or conflicted, with the reason in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from smartmoney.ledger.columns import Columns, IntArray
from smartmoney.ledger.state import Ledger
from smartmoney.units import MICRO

DOLLAR_TOLERANCE_MICRO = 1 * MICRO
SHARE_TOLERANCE_MICRO = 1 * MICRO
RELATIVE_TOLERANCE = 100
"""One part in this many: 1 %."""

Status = Literal["complete", "partial", "conflicted", "unchecked"]


@dataclass(frozen=True)
class ApiPositions(Columns):
    """What the API says of one wallet: one row per token in its open and closed positions.

    Attributes:
        outcome: int32, row of the outcome tables of `Markets`.
        shares_micro: int64, shares now held; 0 for closed positions.
        pnl_micro: int64, realizedPnl (closed), realizedPnl + cashPnl (open): before fees, as the API has it.
    """

    outcome: IntArray
    shares_micro: IntArray
    pnl_micro: IntArray


@dataclass(frozen=True)
class Reconciliation:
    """How one wallet's book agrees with the platform.

    Attributes:
        status: complete, partial (history is missing), conflicted, or unchecked (nothing to compare with).
        reason: one sentence for people.
        pnl_micro: our total before fees, None where an open position has no mark.
        api_pnl_micro: the platform's total, None when not known.
    """

    status: Status
    reason: str
    pnl_micro: int | None = None
    api_pnl_micro: int | None = None


def reconcile(
    ledger: Ledger,
    trader: int,
    api: ApiPositions | None = None,
    profile_pnl_micro: int | None = None,
) -> Reconciliation:
    """Compare one trader's book with the platform.

    The order of judgement: what our own rows lack, tokens and shares that only one side knows, then PnL.
    Figures agree when they differ by at most one dollar or 1 %, shares by at most one share or 1 %. The API's
    figures are before fees, so fees are added back to ours.

    Args:
        ledger: the closed book, marked with the prices the API used.
        trader: id as in the activity.
        api: the trader's open and closed positions, all pages.
        profile_pnl_micro: total PnL as the profile shows it (before fees); preferred to the sum of positions.
    """
    missing = _missing_in_our_rows(ledger, trader)
    if missing:
        return Reconciliation("partial", missing)
    conflict = _row(ledger, trader, "n_conflicts")
    if conflict:
        return Reconciliation(
            "conflicted", f"{conflict} redemptions paid for shares that were not held."
        )
    if api is not None:
        verdict = _compare_shares(ledger, trader, api)
        if verdict is not None:
            return verdict
    theirs = profile_pnl_micro
    if theirs is None and api is not None:
        theirs = int(api.pnl_micro.sum())
    return _compare_pnl(_own_total(ledger, trader), theirs)


def _row(ledger: Ledger, trader: int, name: str) -> int:
    rows = ledger.state.accounts[name][ledger.state.accounts.trader == trader]
    return int(rows[0]) if len(rows) else 0


def _missing_in_our_rows(ledger: Ledger, trader: int) -> str:
    found = []
    if sales := _row(ledger, trader, "n_missing"):
        shares = _row(ledger, trader, "missing_shares_micro")
        cash = _row(ledger, trader, "unexplained_cash_micro")
        found.append(
            f"{sales} sales took {shares / MICRO:,.2f} shares that were never seen bought "
            f"(${cash / MICRO:,.2f} of proceeds are left out)"
        )
    if bad := _row(ledger, trader, "n_bad_rows"):
        found.append(f"{bad} rows could not be read")
    if moved := _row(ledger, trader, "n_transfers"):
        found.append(f"{moved} transfers moved shares without a price")
    return f"History is missing: {'; '.join(found)}." if found else ""


def _own_total(ledger: Ledger, trader: int) -> int | None:
    totals = ledger.traders.take(ledger.traders.trader == trader)
    if len(totals) and totals.n_unmarked[0]:
        return None
    total = int(totals.realized_micro.sum() + totals.unrealized_micro.sum())
    return total + _row(ledger, trader, "fee_micro")


def _compare_shares(ledger: Ledger, trader: int, api: ApiPositions) -> Reconciliation | None:
    """Redeeming is an action: shares of a resolved market may be gone there and still be here."""
    mine = ledger.state.positions.trader == trader
    outcomes = ledger.state.positions.outcome[mine].tolist()
    ours = dict(zip(outcomes, ledger.state.positions["shares_micro"][mine].tolist(), strict=True))
    still_open = dict(
        zip(outcomes, ledger.settlement.open_shares_micro[mine].tolist(), strict=True)
    )
    theirs = dict(zip(api.outcome.tolist(), api.shares_micro.tolist(), strict=True))
    unseen = sum(1 for outcome in theirs if outcome not in ours)
    if unseen:
        text = f"{unseen} of the platform's {len(theirs)} positions have no trade here."
        return Reconciliation("partial", f"History is missing: {text}")
    short = sum(1 for outcome, shares in theirs.items() if _exceeds(shares, ours[outcome]))
    if short:
        text = f"{short} positions hold more shares on the platform than the trades here explain."
        return Reconciliation("partial", f"History is missing: {text}")
    over = sum(
        1 for outcome, shares in still_open.items() if _exceeds(shares, theirs.get(outcome, 0))
    )
    if over:
        text = f"{over} open positions hold more shares here than on the platform."
        return Reconciliation("conflicted", text)
    return None


def _exceeds(shares: int, others: int) -> bool:
    return bool(shares - others > max(SHARE_TOLERANCE_MICRO, shares // RELATIVE_TOLERANCE))


def _compare_pnl(ours: int | None, theirs: int | None) -> Reconciliation:
    if theirs is None:
        return Reconciliation("unchecked", "The platform's figures were not fetched yet.", ours)
    if ours is None:
        text = "Some open positions have no price to value them with."
        return Reconciliation("unchecked", text, None, theirs)
    gap = abs(ours - theirs)
    text = f"PnL here ${ours / MICRO:,.2f}, on the platform ${theirs / MICRO:,.2f}"
    if gap <= max(DOLLAR_TOLERANCE_MICRO, abs(theirs) // RELATIVE_TOLERANCE):
        return Reconciliation("complete", f"{text}: the same within $1 or 1 %.", ours, theirs)
    return Reconciliation(
        "conflicted", f"{text}: they differ by ${gap / MICRO:,.2f}.", ours, theirs
    )
