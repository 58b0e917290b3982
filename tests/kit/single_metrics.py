"""One metric of one trader: arrays in, a number or None out. None means that the number does not exist,
never 0.

Money is in integer micro-dollars. The oracle of `smartmoney.metrics.measure`, which computes the same for all traders at
once.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from smartmoney.metrics.thresholds import (
    DECIDED_MICRO,
    JEFFREYS_LEVEL,
    STABILITY_STEP_DAYS,
    STABILITY_WINDOW_DAYS,
)

Array = NDArray[Any]


def calc_win_rate(event_pnl_micro: Array) -> tuple[float | None, int]:
    """(events won / events decided, events decided): an event within one cent of zero is undecided."""
    won = int((event_pnl_micro > DECIDED_MICRO).sum())
    decided = won + int((event_pnl_micro < -DECIDED_MICRO).sum())
    return (won / decided if decided else None), decided


def calc_excess_hit(hit: Array, price: Array) -> float | None:
    """Share of events hit minus the average price paid for them; None without events."""
    return float(np.mean(hit - price)) if len(hit) else None


def calc_profit_factor(event_pnl_micro: Array) -> float | None:
    """Gross gains / gross losses over events; None without losses."""
    gains, losses = (
        event_pnl_micro[event_pnl_micro > 0].sum(),
        -event_pnl_micro[event_pnl_micro < 0].sum(),
    )
    return float(gains / losses) if losses else None


def calc_roi(pnl_micro: int, invested_micro: int) -> float | None:
    """PnL / capital put in; None when nothing was."""
    return pnl_micro / invested_micro if invested_micro > 0 else None


def calc_max_drawdown(gains_micro: Array, capital_micro: Array) -> tuple[float | None, int]:
    """(fall as a fraction of the peak capital employed, fall in micro-dollars) of the cumulative curve.

    Args:
        gains_micro: what each step (a day, an event) added to the total PnL, in order; the curve starts at 0.
        capital_micro: capital employed at each step.

    Fewer than two steps: no fall. The fraction is None when there was a fall but never any capital.
    """
    if len(gains_micro) < 2:
        return 0.0, 0
    curve = np.concatenate([[0], np.cumsum(gains_micro)])
    fall = int((np.maximum.accumulate(curve) - curve).max())
    peak = int(capital_micro.max())
    return (fall / peak if peak > 0 else None if fall else 0.0), fall


def calc_hhi(event_pnl_micro: Array) -> float | None:
    """Herfindahl index of absolute event PnL: 1 when one event is everything; None when all are zero."""
    size = np.abs(event_pnl_micro).astype(np.float64)
    total = size.sum()
    return float(((size / total) ** 2).sum()) if total else None


def calc_top_share(event_pnl_micro: Array) -> float | None:
    """Largest event / sum of all, both absolute; None when all are zero."""
    size = np.abs(event_pnl_micro)
    return float(size.max() / size.sum()) if size.any() else None


def calc_stability(day: Array, surprise: Array) -> tuple[float | None, float | None]:
    """(share, lower bound): the share of rolling windows in which the surprises add up to more than zero.

    Windows are 30 days long, start every 10 days from the first decided event, and count when they hold an
    event. They overlap, so the Jeffreys bound (5 %) takes 10 / 30 of their number.
    """
    if not len(day):
        return None, None
    starts = np.arange(day.min(), day.max() + 1, STABILITY_STEP_DAYS)
    inside = (day[None, :] >= starts[:, None]) & (
        day[None, :] < starts[:, None] + STABILITY_WINDOW_DAYS
    )
    sums = (inside * surprise[None, :]).sum(axis=1)
    filled = inside.any(axis=1)
    share = float((sums[filled] > 0).mean())
    return share, calc_jeffreys_lower(
        share, filled.sum() * STABILITY_STEP_DAYS / STABILITY_WINDOW_DAYS
    )


def calc_jeffreys_lower(share: float, n: float) -> float:
    """Lower bound of a share seen in n trials: the 5 % point of Beta(n share + 1/2, n (1 - share) + 1/2)."""
    return float(betaincinv(n * share + 0.5, n * (1 - share) + 0.5, JEFFREYS_LEVEL))


def calc_maker_share(maker_fills: int, taker_fills: int) -> float | None:
    """Maker fills / fills of known role; None when no role is known."""
    known = maker_fills + taker_fills
    return maker_fills / known if known else None


def calc_poisson_binomial_tail(price: Array, wins: int) -> float:
    """P(at least `wins` hits) when event i is hit with probability price[i], exactly."""
    chance = np.zeros(len(price) + 1)
    chance[0] = 1.0
    for p in price:
        chance[1:] = chance[1:] * (1 - p) + chance[:-1] * p
        chance[0] *= 1 - p
    return min(1.0, math.fsum(chance[wins:]))
