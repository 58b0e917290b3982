"""Prices paid against what happened: the calibration chart of a trader or of a tier."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

BINS = 10


def brier(chance: NDArray[np.float64], happened: NDArray[Any]) -> float | None:
    """Mean squared error of probabilities; None without any, lower is better."""
    return float(np.mean((chance - happened) ** 2)) if len(chance) else None


def calibration_table(price: NDArray[np.float64], won: NDArray[np.float64]) -> pd.DataFrame:
    """Average price paid and share won per tenth of the price.

    Args:
        price: price paid per event, in [0, 1] (`entry_price` of `event_results`).
        won: 1 where the event was hit, else 0.

    Returns:
        Index `bin` 0-9, empty bins left out; columns `paid`, `won` (float64), `events` (int64).
    """
    bins = pd.Series(np.clip((price * BINS).astype(np.int64), 0, BINS - 1), name="bin")
    frame = pd.DataFrame({"paid": price, "won": won})
    return frame.groupby(bins).mean().assign(events=bins.groupby(bins).size())
