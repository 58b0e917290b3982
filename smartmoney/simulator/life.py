"""A world goes on: new matches arrive, markets close and resolve, holders redeem, new questions are asked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smartmoney.simulator.fate import Fate
from smartmoney.simulator.holdings import Holdings
from smartmoney.simulator.model import Entries
from smartmoney.simulator.people import Crowd


@dataclass
class Hidden:
    """What the world knows and its readers do not: true ends, stocks, planned redemptions, tick and tx counters."""

    crowd: Crowd
    fate: Fate
    holdings: Holdings
    plan: Entries
    places: np.ndarray
    next_tx: int
    ticks: int = 0
    seed: int = 0
