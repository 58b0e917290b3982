"""Tiers: slots by rank, then gates of evidence; and how many events are still needed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from smartmoney.scoring.constants import TIER_THRESHOLDS, Gate

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Evidence:
    """Per scored wallet, what gates look at: events n, skill_prob, q (nan when not tested), any flag."""

    events: IntArray
    skill_prob: FloatArray
    q_value: FloatArray
    flagged: BoolArray


@dataclass(frozen=True)
class Placement:
    """Per scored wallet: rank among the unflagged (1 is best), slot by rank and tier after the gates (rows
    of the thresholds, 0 is S), and the events it lacks for its slot, at least those for a first judgement."""

    rank: IntArray
    slot: IntArray
    tier: IntArray
    needs_events: IntArray


def tier_slots(wallets: int, thresholds: tuple[Gate, ...] = TIER_THRESHOLDS) -> IntArray:
    """Last rank of each tier: ceil(share * N), in whole numbers."""
    return np.array([-(-wallets * gate.slots_per_mille // 1_000) for gate in thresholds], np.int64)


def place(
    order: IntArray, evidence: Evidence, thresholds: tuple[Gate, ...] = TIER_THRESHOLDS
) -> Placement:
    """Tiers of the scored wallets.

    Unflagged wallets fill the slots; a flagged one gets the slot its score reaches and takes none away. A
    wallet that fails the gate of its slot drops a tier at a time, and the slot stays empty.

    Args:
        order: wallets from best to worst.
        evidence: per wallet.
    """
    counted = (~evidence.flagged)[order]
    ahead: IntArray = np.cumsum(counted) - counted
    rank = np.empty(len(order), np.int64)
    rank[order] = ahead + 1
    slot = np.searchsorted(tier_slots(int(counted.sum()), thresholds), rank).clip(
        max=len(thresholds) - 1
    )
    tier = slot.copy()
    for number, gate in enumerate(thresholds):
        fails = (tier == number) & ~passes(gate, evidence)
        tier[fails] = number + 1
    return Placement(rank, slot, tier, _needs(slot, evidence.events, thresholds))


def passes(gate: Gate, evidence: Evidence) -> BoolArray:
    """Per wallet: the gate's evidence is there; a missing q-value fails a gate that asks for one."""
    good = evidence.events >= gate.min_events
    if gate.min_skill_prob is not None:
        good = good & (evidence.skill_prob >= gate.min_skill_prob)
    if gate.max_q_value is not None:
        good = good & (evidence.q_value <= gate.max_q_value)
    return good & ~evidence.flagged if gate.unflagged else good


def _needs(slot: IntArray, events: IntArray, thresholds: tuple[Gate, ...]) -> IntArray:
    asked = np.array([gate.min_events for gate in thresholds], np.int64)
    first = int(asked[asked > 0].min())
    return np.maximum(np.maximum(asked[slot], first) - events, 0)
