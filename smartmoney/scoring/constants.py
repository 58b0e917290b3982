"""The two constants that drive the score; pages and documents read them from here and repeat nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SCORE_VERSION = "3"
"""Raised whenever a change of the code or of a constant changes a score."""

Tier = Literal["S", "A", "B", "C", "D", "E"]
TIERS: tuple[Tier, ...] = ("S", "A", "B", "C", "D", "E")
TOP_SCORE = 99_999


@dataclass(frozen=True)
class ScoringWeights:
    """Weights and priors of the score.

    skill, dollars: weights of the percentiles of the posterior edge m and of the skill-adjusted dollar edge
        L.
    cost_edge: log-odds that an edge must exceed to pay for its costs, about one point at 50 cents.
    points_per_logit: percentage points at a 50-cent price for one unit of log-odds.
    interval_z: half-width of the 90 % interval in deviations.
    prior_mean, prior_deviation: used below `prior_wallets` wallets, or for a leaderboard sample.
    family_events: wallets with at least this many events form the family of the q-values and of the prior.
    classic_*: the simple composite; it never drives tiers.
    """

    skill: float = 0.70
    dollars: float = 0.30
    cost_edge: float = 0.04
    points_per_logit: float = 25.0
    interval_z: float = 1.6448536269514722
    prior_mean: float = 0.0
    prior_deviation: float = 0.10
    prior_wallets: int = 200
    family_events: int = 10
    classic_pnl: float = 0.40
    classic_win_rate: float = 0.20
    classic_profit_factor: float = 0.15
    classic_stability: float = 0.15
    classic_drawdown: float = 0.10
    classic_concentration: float = 0.10


@dataclass(frozen=True)
class Gate:
    """One tier: the share of wallets down to which its slots reach, in thousandths, and the evidence it asks
    for.

    None asks for nothing.
    """

    tier: Tier
    slots_per_mille: int
    min_events: int = 0
    min_skill_prob: float | None = None
    max_q_value: float | None = None
    unflagged: bool = False


SCORING_WEIGHTS = ScoringWeights()
TIER_THRESHOLDS: tuple[Gate, ...] = (
    Gate("S", 1, min_events=30, min_skill_prob=0.95, max_q_value=0.10, unflagged=True),
    Gate("A", 10, min_events=30, min_skill_prob=0.90),
    Gate("B", 50, min_events=10, min_skill_prob=0.75),
    Gate("C", 200, min_events=10),
    Gate("D", 500),
    Gate("E", 1_000),
)
