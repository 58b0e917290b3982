"""Habits that measured wallets have and a plain world lacks: their own hours, and leaving by a merge."""

from __future__ import annotations

import numpy as np

from polymarket_sim import measured
from polymarket_sim.venue import Venue
from smartmoney.units import DAY_SECONDS, HOUR_SECONDS

DAYS = 7
"""A wallet trades on one day in so many, so that its fills come together as they do in life."""
MOSTLY = 0.5
"""Share of the exits of a merging wallet that are merges: assumed."""


def mix(value: np.ndarray | np.uint64) -> np.ndarray | np.uint64:
    """SplitMix64: a well-mixed 64-bit number from each input."""
    with np.errstate(over="ignore"):
        value = value + np.uint64(0x9E3779B97F4A7C15)
        value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return value ^ (value >> np.uint64(31))


def _lot(seed: int, trader: np.ndarray, purpose: int) -> np.ndarray:
    """A number from 0 to 1 that belongs to the wallet."""
    mixed = mix(trader.astype(np.uint64) ^ mix(np.uint64(seed * 64 + purpose)))
    return np.asarray((mixed >> np.uint64(11)).astype(np.float64) / 2.0**53)


def awake(
    seed: int, trader: np.ndarray, ts: np.ndarray, low: np.ndarray, high: np.ndarray
) -> np.ndarray:
    """Seconds moved into the wallet's own hours of its day of the week, where that stays between low and high."""
    places, hours = zip(*measured.HOURS_A_DAY, strict=True)
    width = np.interp(_lot(seed, trader, 1), places, hours)
    begins = (_lot(seed, trader, 2) * DAY_SECONDS).astype(np.int64)
    week, second = ts // DAY_SECONDS // DAYS, ts % DAY_SECONDS
    day = week * DAYS + (_lot(seed, trader * 7_919 + week, 5) * DAYS).astype(np.int64)
    within = (second * width * HOUR_SECONDS / DAY_SECONDS).astype(np.int64)
    moved = day * DAY_SECONDS + (begins + within) % DAY_SECONDS
    return np.where((moved >= low) & (moved < high), moved, ts)


def merges(seed: int, trader: np.ndarray, market: np.ndarray, venue: Venue) -> np.ndarray:
    """Which exits are by buying the other side and merging: most of those of the wallets that do it at all."""
    does = _lot(seed, trader, 3) < venue.merging
    return does & (_lot(seed, trader.astype(np.int64) * 100_003 + market, 4) < MOSTLY)
