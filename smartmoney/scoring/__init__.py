"""From the ledger's numbers to skill, score and tier (scoring.md, sections 3 to 5); no IO."""

from smartmoney.scoring.calibration import calibration_table
from smartmoney.scoring.constants import (
    SCORE_VERSION,
    SCORING_WEIGHTS,
    TIER_THRESHOLDS,
    TIERS,
    Gate,
    ScoringWeights,
)
from smartmoney.scoring.partitions import (
    Partition,
    compute_partition,
    event_results,
    split_activity,
)
from smartmoney.scoring.rarity import percentile, rarity_scores
from smartmoney.scoring.score import Scores, combine, score_traders
from smartmoney.scoring.skill import (
    Estimate,
    Posterior,
    Prior,
    estimate,
    p_values,
    population_prior,
    posterior,
    q_values,
)
from smartmoney.scoring.tiers import Evidence, Placement, place, tier_slots

__all__ = [
    "SCORE_VERSION",
    "SCORING_WEIGHTS",
    "TIERS",
    "TIER_THRESHOLDS",
    "Estimate",
    "Evidence",
    "Gate",
    "Partition",
    "Placement",
    "Posterior",
    "Prior",
    "Scores",
    "ScoringWeights",
    "calibration_table",
    "combine",
    "compute_partition",
    "estimate",
    "event_results",
    "p_values",
    "percentile",
    "place",
    "population_prior",
    "posterior",
    "q_values",
    "rarity_scores",
    "score_traders",
    "split_activity",
    "tier_slots",
]
