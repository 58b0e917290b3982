"""Numbers about a trader, each defined in scoring.md, section 2; no IO.

`calc_*` take arrays of one trader and return a number or None; `measure` does the same for all traders at
once.
"""

from smartmoney.metrics.every import Measures, measure, nothing_measured
from smartmoney.metrics.flags import flag_names
from smartmoney.metrics.single import (
    calc_brier,
    calc_excess_hit,
    calc_hhi,
    calc_jeffreys_lower,
    calc_maker_share,
    calc_max_drawdown,
    calc_poisson_binomial_tail,
    calc_profit_factor,
    calc_roi,
    calc_stability,
    calc_top_share,
    calc_win_rate,
)
from smartmoney.metrics.surprise import Surprises, event_surprises
from smartmoney.metrics.thresholds import FLAG_THRESHOLDS, FLAGS, FlagThresholds

__all__ = [
    "FLAGS",
    "FLAG_THRESHOLDS",
    "FlagThresholds",
    "Measures",
    "Surprises",
    "calc_brier",
    "calc_excess_hit",
    "calc_hhi",
    "calc_jeffreys_lower",
    "calc_maker_share",
    "calc_max_drawdown",
    "calc_poisson_binomial_tail",
    "calc_profit_factor",
    "calc_roi",
    "calc_stability",
    "calc_top_share",
    "calc_win_rate",
    "event_surprises",
    "flag_names",
    "measure",
    "nothing_measured",
]
