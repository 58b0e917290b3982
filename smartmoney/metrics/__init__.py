"""Numbers about a trader, each defined in scoring.md, section 2, for all traders at once; no IO."""

from smartmoney.metrics.every import Measures, measure, nothing_measured
from smartmoney.metrics.flags import flag_names
from smartmoney.metrics.surprise import Surprises, event_surprises
from smartmoney.metrics.thresholds import FLAG_THRESHOLDS, FLAGS, PARTIAL_BIT, FlagThresholds

__all__ = [
    "FLAGS",
    "FLAG_THRESHOLDS",
    "PARTIAL_BIT",
    "FlagThresholds",
    "Measures",
    "Surprises",
    "event_surprises",
    "flag_names",
    "measure",
    "nothing_measured",
]
