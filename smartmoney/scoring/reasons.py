"""Why a wallet has its tier, in words."""

from __future__ import annotations

import math

from smartmoney.metrics import flag_names
from smartmoney.scoring.constants import TIERS, Gate

NO_TRADES = "no trades"
NO_EVENTS = "no decided event that counts for skill yet"
ONLY_SHORT_CRYPTO = "only 5- and 15-minute crypto markets, which stand outside the tiers"


def unscored_reasons(trade_count: int, short_crypto_events: int) -> list[str]:
    """Reasons of a wallet without a score."""
    if not trade_count:
        return [NO_TRADES]
    return [ONLY_SHORT_CRYPTO if short_crypto_events else NO_EVENTS]


def reasons(
    *,
    rank: int,
    population: int,
    slot: int,
    tier: int,
    events: int,
    edge: float,
    low: float,
    high: float,
    skill_prob: float,
    q_value: float,
    flags: int,
    needs: int,
    thresholds: tuple[Gate, ...],
) -> list[str]:
    """Reasons of a scored wallet: its place, its record, what stopped it, what it needs."""
    names = flag_names(flags)
    place = (
        f"rank {rank:,} among {population:,} unflagged wallets gives a slot in tier {TIERS[slot]}"
    )
    if names:
        place = (
            f"score would rank {rank:,} among {population:,} unflagged wallets: tier {TIERS[slot]}"
        )
    noun = "event" if events == 1 else "events"
    record = (
        f"edge {edge:+.1f} points at 50 cents (90 %: {low:+.1f} to {high:+.1f}) over {events:,} {noun}; "
        f"{_likely(skill_prob)} likely to clear its costs"
    )
    found = [place, record]
    for gate in thresholds[slot:tier]:
        found.append(
            f"not {gate.tier}: {'; '.join(_missing(gate, events, skill_prob, q_value, names))}"
        )
    if names:
        found.append(f"flagged {', '.join(names)}")
    if needs:
        found.append(f"needs {needs} more event{'' if needs == 1 else 's'}")
    return found


def _missing(
    gate: Gate, events: int, skill_prob: float, q_value: float, names: tuple[str, ...]
) -> list[str]:
    lacks = []
    if events < gate.min_events:
        lacks.append(f"{events} of {gate.min_events} events")
    if gate.min_skill_prob is not None and skill_prob < gate.min_skill_prob:
        lacks.append(
            f"skill probability {_floor_percent(skill_prob)} is below {gate.min_skill_prob:.0%}"
        )
    if gate.max_q_value is not None and not q_value <= gate.max_q_value:
        tested = (
            f"q {q_value:.2f} is above {gate.max_q_value:.2f}"
            if q_value == q_value
            else "too few events for a q-value"
        )
        lacks.append(tested)
    if gate.unflagged and names:
        lacks.append(f"flagged {', '.join(names)}")
    return lacks


def _likely(share: float) -> str:
    """A probability that never claims certainty."""
    return "over 99%" if share > 0.995 else "under 1%" if share < 0.005 else f"{share:.0%}"


def _floor_percent(share: float) -> str:
    return f"{math.floor(share * 1_000) / 10:.1f} %"
