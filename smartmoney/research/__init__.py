"""What the worked analyses in notebooks/research share: pure functions on the frames of `smartmoney`, and honest intervals.

Every estimate is an `Interval`: a number, its bounds, and how much stands behind it. Without data it is empty and says so.
"""

from smartmoney.research.bets import bets_at_cutoff, cut_between, surprise_by, tier_counts, tiers_at
from smartmoney.research.concentration import (
    PUBLISHED,
    hill,
    hill_curve,
    in_profit,
    lorenz,
    top_share,
)
from smartmoney.research.copying import (
    Costs,
    copies,
    copy_return,
    leaders,
    profit_by_costs,
    returns_by_delay,
)
from smartmoney.research.prices import (
    bands,
    daily_prices,
    favourite_longshot,
    gap,
    purchase_returns,
    settled,
)
from smartmoney.research.roles import by_band, compared, fees, per_role, roles
from smartmoney.research.sampling import Interval, difference, mean, ratio, resampled, share
from smartmoney.research.skill import luck_test, validation
from smartmoney.research.smart_flow import flow_table, follow, shuffled_gain, snapshot_before
from smartmoney.research.strengths import skill_by_category, skill_by_window

__all__ = [
    "PUBLISHED",
    "Costs",
    "Interval",
    "bands",
    "bets_at_cutoff",
    "by_band",
    "compared",
    "copies",
    "copy_return",
    "cut_between",
    "daily_prices",
    "difference",
    "favourite_longshot",
    "fees",
    "flow_table",
    "follow",
    "gap",
    "hill",
    "hill_curve",
    "in_profit",
    "leaders",
    "lorenz",
    "luck_test",
    "mean",
    "per_role",
    "profit_by_costs",
    "purchase_returns",
    "ratio",
    "resampled",
    "returns_by_delay",
    "roles",
    "settled",
    "share",
    "shuffled_gain",
    "skill_by_category",
    "skill_by_window",
    "snapshot_before",
    "surprise_by",
    "tier_counts",
    "tiers_at",
    "top_share",
    "validation",
]
