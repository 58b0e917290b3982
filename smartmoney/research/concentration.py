"""Who takes how much of all gains: Lorenz curve, top share, tail index, and the share of wallets in profit, four ways."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from smartmoney.research.sampling import EMPTY, LEVEL, Interval, share

FloatArray = NDArray[np.float64]
TAIL = 0.10
FEWEST_TAIL = 10
"""Gains the tail index is read from: a tenth of them, and never fewer than ten."""


@dataclass(frozen=True)
class Claim:
    """What somebody published about wallets in profit.

    Attributes:
        share: the figure.
        wallets: how many it is of; 0 where it is not known.
        source: who counted, and when.
    """

    share: float
    wallets: int
    source: str


REALIZED, DECIDED, TOTAL, THOUSAND = (
    "realized PnL above zero, of every wallet that traded",
    "realized PnL above zero, of wallets with a decided event",
    "total PnL above zero, open shares at the mark",
    "realized PnL above $1,000, of every wallet that traded",
)
PUBLISHED = {
    REALIZED: (
        Claim(21_730 / 171_113, 171_113, "Layerhub, October 2024"),
        Claim(0.30, 1_733_785, "DeFi Oasis, December 2025"),
    ),
    THOUSAND: (
        Claim(2_138 / 171_113, 171_113, "Layerhub, October 2024"),
        Claim(0.049, 1_733_785, "DeFi Oasis, December 2025"),
    ),
}
"""Figures as the press repeated them; neither source published its query. The other two definitions are in use on profile
pages and dashboards (the platform's own, and ours) without a published share."""


def gains(pnl: ArrayLike) -> FloatArray:
    """The gains among results, largest first; losses and missing values left out."""
    array = pd.Series(pnl).to_numpy(dtype=np.float64, na_value=np.nan)
    return np.sort(array[array > 0])[::-1]


def lorenz(pnl: ArrayLike) -> pd.DataFrame:
    """Wallets from the best down: columns wallets, gains, both cumulative shares; RangeIndex, starting at 0, 0.

    Wallets without a gain are counted, and add nothing.
    """
    known = pd.Series(pnl, dtype="Float64").dropna()
    found = gains(known)
    taken = np.concatenate([[0.0], np.cumsum(found), np.full(len(known) - len(found), found.sum())])
    place = np.linspace(0, 1, len(taken)) if len(known) else np.zeros(1)
    return pd.DataFrame({"wallets": place, "gains": taken / taken[-1] if taken[-1] else taken})


def top_share(pnl: ArrayLike, fraction: float) -> float:
    """Part of all gains that the best `fraction` of all wallets took; nan without gains."""
    known = pd.Series(pnl, dtype="Float64").dropna()
    found = gains(known)
    best = math.ceil(fraction * len(known))
    return float(found[:best].sum() / found.sum()) if len(found) else math.nan


def hill(pnl: ArrayLike, k: int | None = None, level: float = LEVEL) -> Interval:
    """Tail index of the gains: P(gain > x) falls like x to the minus index. Below 2 the variance is infinite, below 1 the mean.

    The estimate is k / sum of ln(x_i / x_(k+1)) over the k largest gains (B. Hill, Annals of Statistics 3, 1975), its
    standard error index / sqrt(k). Empty with fewer than twenty gains.

    Args:
        pnl: results of the wallets.
        k: how many of the largest gains count; a tenth of them, at least ten, when not given.
        level: probability between the bounds.
    """
    found = gains(pnl)
    k = k or max(FEWEST_TAIL, round(TAIL * len(found)))
    if len(found) < 2 * FEWEST_TAIL or k >= len(found):
        return EMPTY
    spread = float(np.log(found[:k] / found[k]).sum())
    if spread <= 0:
        return EMPTY
    index, z = k / spread, float(ndtri((1 + level) / 2))
    return Interval(index, index * (1 - z / math.sqrt(k)), index * (1 + z / math.sqrt(k)), k, k)


def hill_curve(pnl: ArrayLike) -> pd.DataFrame:
    """The index for every tail from ten gains to half of them: columns k, index, low, high. Flat where it can be trusted."""
    found = gains(pnl)
    rows = [(k, hill(found, k)) for k in range(FEWEST_TAIL, len(found) // 2)]
    return pd.DataFrame(
        [(k, each.value, each.low, each.high) for k, each in rows if each],
        columns=["k", "index", "low", "high"],
    )


def in_profit(traders: pd.DataFrame) -> pd.DataFrame:
    """Share of wallets in profit under four definitions, with Jeffreys' interval.

    Args:
        traders: columns trade_count, decided_events, realized_pnl, total_pnl.

    Returns:
        Index definition; columns share, low, high (90 %), wallets, published (text, "" where nobody published one).
    """
    traded = traders[traders["trade_count"].fillna(0) > 0]
    decided = traded[traded["decided_events"].fillna(0) > 0]
    cases = {
        REALIZED: (traded, traded["realized_pnl"] > 0),
        DECIDED: (decided, decided["realized_pnl"] > 0),
        TOTAL: (traded, traded["total_pnl"] > 0),
        THOUSAND: (traded, traded["realized_pnl"] > 1_000),
    }
    rows = {
        name: (share(int(hits.sum()), len(frame)), _claims(name))
        for name, (frame, hits) in cases.items()
    }
    return pd.DataFrame(
        [(each.value, each.low, each.high, each.n, claims) for each, claims in rows.values()],
        index=pd.Index(rows, name="definition"),
        columns=["share", "low", "high", "wallets", "published"],
    )


def _claims(name: str) -> str:
    return "; ".join(f"{claim.share:.1%} ({claim.source})" for claim in PUBLISHED.get(name, ()))
