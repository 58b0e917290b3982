"""The metrics that walk along a curve, compiled: one pass for all traders."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from smartmoney.ledger.columns import FloatArray, IntArray
from smartmoney.ledger.compiling import allocating

NONE = np.nan


@allocating
def drawdowns(
    bounds: IntArray, gains: IntArray, capital: IntArray, last: IntArray
) -> NDArray[np.int64]:
    """(fall, peak capital) in micro-dollars per trader, of the curve of `gains` with the step `last` appended."""
    out = np.zeros((len(bounds) - 1, 2), np.int64)
    for t in range(len(bounds) - 1):
        start, stop = bounds[t], bounds[t + 1]
        steps = stop - start + (1 if last[t] != 0 else 0)
        total, top = 0, 0
        for i in range(start, stop):
            out[t, 1] = max(out[t, 1], capital[i])
            total += gains[i]
            top = max(top, total)
            out[t, 0] = max(out[t, 0], top - total)
        out[t, 0] = max(out[t, 0], top - total - last[t])
        if steps < 2:
            out[t, 0] = 0
    return out


@allocating
def capital_employed(bounds: IntArray, invested: IntArray, released: IntArray) -> NDArray[np.int64]:
    """Per day: what was tied up when it began plus what was put in during it, in micro-dollars."""
    out = np.zeros(len(invested), np.int64)
    for t in range(len(bounds) - 1):
        tied = 0
        for i in range(bounds[t], bounds[t + 1]):
            out[i] = tied + invested[i]
            tied += invested[i] - released[i]
    return out


@allocating
def positive_windows(
    bounds: IntArray, day: IntArray, surprise: FloatArray, length: int, step: int
) -> NDArray[np.int64]:
    """(windows with a positive sum, windows with an event) per trader; rows sorted by trader, then day."""
    out = np.zeros((len(bounds) - 1, 2), np.int64)
    for t in range(len(bounds) - 1):
        start, stop = bounds[t], bounds[t + 1]
        if start == stop:
            continue
        left = start
        for begin in range(day[start], day[stop - 1] + 1, step):
            while left < stop and day[left] < begin:
                left += 1
            total, i = 0.0, left
            while i < stop and day[i] < begin + length:
                total += surprise[i]
                i += 1
            out[t, 0] += total > 0
            out[t, 1] += i > left
    return out


@allocating
def poisson_binomial_tails(
    bounds: IntArray, price: FloatArray, wins: IntArray, most: int
) -> FloatArray:
    """P(at least wins[t] hits) per trader; nan for traders with more than `most` events or none."""
    out = np.full(len(bounds) - 1, NONE)
    chance = np.zeros(most + 1)
    for t in range(len(bounds) - 1):
        n = bounds[t + 1] - bounds[t]
        if n == 0 or n > most:
            continue
        chance[:] = 0.0
        chance[0] = 1.0
        for i in range(n):
            p = price[bounds[t] + i]
            for k in range(i + 1, 0, -1):
                chance[k] = chance[k] * (1 - p) + chance[k - 1] * p
            chance[0] *= 1 - p
        tail = 0.0
        for k in range(n, wins[t] - 1, -1):
            tail += chance[k]
        out[t] = min(1.0, tail)
    return out
