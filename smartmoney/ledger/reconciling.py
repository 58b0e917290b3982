"""Our book against the platform's own figures: complete, partial or conflicted, with the reason in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from smartmoney.ledger.columns import BoolArray, Columns, IntArray
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
        known: bool, the API gave all of its PnL.
        bought: bool, the API saw purchases of it: what a stranger sent has none.
    """

    outcome: IntArray
    shares_micro: IntArray
    pnl_micro: IntArray
    known: BoolArray
    bought: BoolArray


@dataclass(frozen=True)
class Reconciliation:
    """How one wallet's book agrees with the platform.

    Attributes:
        status: complete, partial (history is missing), conflicted, or unchecked (nothing to compare with).
        reason: one sentence for people.
        pnl_micro: our total before fees, None where an open position has no mark.
        api_pnl_micro: the platform's total, None when not known.
        doubtful: what is missing or differs could turn a gain into a loss.
    """

    status: Status
    reason: str
    pnl_micro: int | None = None
    api_pnl_micro: int | None = None
    doubtful: bool = False


def reconcile(
    ledger: Ledger,
    trader: int,
    api: ApiPositions | None = None,
    profile_pnl_micro: int | None = None,
    titles: Mapping[int, str] | None = None,
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
        titles: title per event, for what is open in one.
    """
    ours = _own_total(ledger, trader)
    theirs = profile_pnl_micro
    if api is not None:  # what was only ever sent to the wallet made no gain by trading
        mine = ledger.state.positions.outcome[ledger.state.positions.trader == trader]
        api = api.take(api.bought | np.isin(api.outcome, mine))
    if theirs is None and api is not None and api.known.all():
        theirs = int(api.pnl_micro.sum())
    found = _verdict(ledger, trader, api, titles or {}, ours, theirs)
    if found.status not in ("partial", "conflicted") or _row(ledger, trader, "n_rows") == 0:
        return found
    # what our own rows lack is bounded where flags are made; here, whether the platform has another sign
    same = ours is not None and theirs is not None and (ours > 0) == (theirs > 0)
    beside = api is not None and not _missing_in_our_rows(ledger, trader, {})
    return replace(found, doubtful=beside and not same)


def _verdict(
    ledger: Ledger,
    trader: int,
    api: ApiPositions | None,
    titles: Mapping[int, str],
    ours: int | None,
    theirs: int | None,
) -> Reconciliation:
    missing = _missing_in_our_rows(ledger, trader, titles)
    if missing:
        return Reconciliation("partial", missing, ours, theirs)
    conflict = _row(ledger, trader, "n_conflicts")
    if conflict:
        return Reconciliation(
            "conflicted",
            f"{conflict} redemptions paid for shares that were not held.",
            ours,
            theirs,
        )
    verdict = None if api is None else _compare_shares(ledger, trader, api)
    if verdict is not None:
        return replace(verdict, pnl_micro=ours, api_pnl_micro=theirs)
    if api is not None and theirs is None:
        text = "The platform does not say what some of its positions made."
        return Reconciliation("unchecked", text, ours)
    return _compare_pnl(ours, theirs)


def _row(ledger: Ledger, trader: int, name: str) -> int:
    rows = ledger.state.accounts[name][ledger.state.accounts.trader == trader]
    return int(rows[0]) if len(rows) else 0


def _missing_in_our_rows(ledger: Ledger, trader: int, titles: Mapping[int, str]) -> str:
    found = []
    rows = ledger.state.accounts.trader == trader
    if ledger.state.accounts.lacks_shares[rows].any():
        sales = _row(ledger, trader, "n_missing")
        shares = _row(ledger, trader, "missing_shares_micro")
        cash = _row(ledger, trader, "unexplained_cash_micro")
        found.append(
            f"{sales} sales took {shares / MICRO:,.2f} shares that were never seen bought "
            f"(${cash / MICRO:,.2f} of proceeds are left out)"
        )
    if _row(ledger, trader, "n_open_conversions"):
        found.append(_open_conversions(ledger, trader, titles))
    if bad := _row(ledger, trader, "n_bad_rows"):
        found.append(f"{bad} rows could not be read")
    if moved := _row(ledger, trader, "n_transfers"):
        found.append(f"{moved} transfers moved shares without a price")
    return f"History is missing: {'; '.join(found)}." if found else ""


def _open_conversions(ledger: Ledger, trader: int, titles: Mapping[int, str]) -> str:
    count, event = (_row(ledger, trader, name) for name in ("n_open_conversions", "open_event"))
    shares, cash = (_row(ledger, trader, f"open_{name}_micro") for name in ("shares", "cash"))
    noun = "1 conversion does" if count == 1 else f"{count} conversions do"
    where = titles.get(event, "an event that is not listed")
    most = f", between $0 and ${cash / MICRO:,.2f}" if cash else ""
    return f"{noun} not tell which shares were given up ({shares / MICRO:,.2f} shares in {where}{most})"


def _own_total(ledger: Ledger, trader: int) -> int | None:
    totals = ledger.traders.take(ledger.traders.trader == trader)
    if len(totals) and totals.n_unmarked[0]:
        return None
    combos = (ledger.settlement.trader == trader) & ledger.settlement.combo
    total = int(totals.realized_micro.sum() + totals.unrealized_micro.sum())
    total -= int(ledger.settlement.realized_micro[combos].sum())
    return total + _row(ledger, trader, "fee_micro")


def _compare_shares(ledger: Ledger, trader: int, api: ApiPositions) -> Reconciliation | None:
    """Redeeming is an action: shares of a resolved market may be gone there and still be here.

    A token that the wallet never traded is none of its history: strangers send dust.
    """
    mine = (ledger.state.positions.trader == trader) & ~ledger.settlement.combo
    held, open_now = ledger.state.positions.take(mine), ledger.settlement.open_shares_micro[mine]
    ours = dict(zip(held.outcome.tolist(), held["shares_micro"].tolist(), strict=True))
    kept = dict(zip(held.outcome.tolist(), held["reversible_micro"].tolist(), strict=True))
    theirs = dict(zip(api.outcome.tolist(), api.shares_micro.tolist(), strict=True))
    traded = api.bought & ((api.shares_micro > SHARE_TOLERANCE_MICRO) | _matters(api.pnl_micro))
    unseen = len(set(api.outcome[traded].tolist()) - ours.keys())
    if unseen:
        text = f"{unseen} of the platform's {len(theirs)} positions have no trade here."
        return Reconciliation("partial", f"History is missing: {text}")
    # what an inferred conversion took may have been kept, both sides of it
    spare = {o: max(kept.get(o, 0), kept.get(o + 1, 0)) for o in ours}
    short = sum(
        1 for o, shares in theirs.items() if o in ours and _exceeds(shares - spare[o], ours[o])
    )
    if short:
        text = f"{short} positions hold more shares on the platform than the trades here explain."
        return Reconciliation("partial", f"History is missing: {text}")
    left = zip(held.outcome.tolist(), open_now.tolist(), strict=True)
    over = sum(1 for outcome, shares in left if _exceeds(shares, theirs.get(outcome, 0)))
    if over:
        text = f"{over} open positions hold more shares here than on the platform."
        return Reconciliation("conflicted", text)
    return None


def _matters(pnl_micro: IntArray) -> BoolArray:
    much: BoolArray = np.abs(pnl_micro) > DOLLAR_TOLERANCE_MICRO
    return much


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
