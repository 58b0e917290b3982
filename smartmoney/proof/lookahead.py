"""Does a formula look ahead? What it says of a past moment may not change when all that came later is taken away."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from smartmoney.errors import ParameterError
from smartmoney.ledger import Activity, Markets
from smartmoney.ledger.markets import UNKNOWN
from smartmoney.proof.stored import Stored, read
from smartmoney.settings import Settings
from smartmoney.store.db import open_store
from smartmoney.supervise.joining import database

Formula = Callable[..., pd.DataFrame]
OURS = "smartmoney.scoring.score:score_traders"
KEY = "trader"


@dataclass(frozen=True)
class Leak:
    """One column that is another number when the future is taken away.

    Attributes:
        as_of: the moment, Unix seconds.
        column: what differs; `trader` where other wallets are named.
        wallets: of how many wallets it differs.
        example: one of them, with the number it has and the one it would have had.
    """

    as_of: int
    column: str
    wallets: int
    example: str


def formula_of(name: str) -> Formula:
    """The function that MODULE:FUNCTION names.

    Raises:
        ParameterError: there is none.
    """
    module, _, function = name.partition(":")
    try:
        found: Formula = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError, ValueError):
        raise ParameterError(
            f"There is no formula {name!r}; write MODULE:FUNCTION, such as {OURS}."
        ) from None
    return found


def until(activity: Activity, markets: Markets, as_of: int) -> tuple[Activity, Markets]:
    """Rows up to a moment, and markets as they stood then: what resolved later is not resolved."""
    late = markets.resolved_at > as_of
    payout = np.where(late[markets.outcome_market], UNKNOWN, markets.payout_micro)
    then = replace(
        markets,
        payout_micro=payout.astype(markets.payout_micro.dtype),
        resolved_at=np.where(late, UNKNOWN, markets.resolved_at),
    )
    return activity.take(activity.ts <= as_of), then


def leaks(formula: Formula, stored: Stored, cutoffs: Iterable[int]) -> list[Leak]:
    """What of a formula differs between all rows and those up to each moment.

    Args:
        formula: takes activity, markets, wallets and `as_of` (Unix seconds), returns one row per wallet, in column `trader`.
        stored: all rows.
        cutoffs: moments to ask about.
    """
    found = []
    for as_of in cutoffs:
        whole = formula(stored.activity, stored.markets, stored.wallets, as_of=as_of)
        cut = until(stored.activity, stored.markets, as_of)
        found += differing(whole, formula(*cut, stored.wallets, as_of=as_of), as_of)
    return found


def differing(whole: pd.DataFrame, truncated: pd.DataFrame, as_of: int) -> list[Leak]:
    """Columns that are not the same in both frames; a number that does not exist equals only another such."""
    a, b = (frame.set_index(KEY).sort_index() for frame in (whole, truncated))
    if not a.index.equals(b.index):
        other = a.index.symmetric_difference(b.index)
        return [Leak(as_of, KEY, len(other), f"wallet {other[0]} is named in one of them only")]
    found = []
    for name in a.columns.union(b.columns):
        if name not in a or name not in b:
            found.append(Leak(as_of, str(name), len(a), "a column of one of them only"))
            continue
        unlike = [not _same(*each) for each in zip(a[name], b[name], strict=True)]
        if any(unlike):
            first = int(np.argmax(unlike))
            text = f"wallet {a.index[first]}: {a[name].iloc[first]} with the future, {b[name].iloc[first]} without"
            found.append(Leak(as_of, str(name), sum(unlike), text))
    return found


def _same(a: Any, b: Any) -> bool:
    if np.ndim(a) or np.ndim(b):
        return list(a) == list(b)
    if pd.isna(a) or pd.isna(b):
        return bool(pd.isna(a) and pd.isna(b))
    return bool(a == b)


def cutoffs_of(activity: Activity, number: int) -> list[int]:
    """So many moments evenly between the first row and the last, both left out."""
    if not len(activity):
        return []
    first, last = int(activity.ts.min()), int(activity.ts.max())
    return [int(at) for at in np.linspace(first, last, number + 2)[1:-1]]


def check(settings: Settings, name: str, number: int) -> tuple[list[Leak], list[int]]:
    """Check a formula on what an installation stores; returns what differs, and the moments asked about.

    Raises:
        ParameterError: there is no such formula, or nothing is stored.
    """
    formula = formula_of(name)
    with database(settings):
        store = open_store("sm_owner", settings)
        try:
            stored = read(store)
        finally:
            store.dispose()
    cutoffs = cutoffs_of(stored.activity, number)
    if not cutoffs:
        raise ParameterError("Nothing is stored yet, so no formula can be checked on it.")
    return leaks(formula, stored, cutoffs), cutoffs
