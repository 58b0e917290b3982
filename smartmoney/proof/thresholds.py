"""Every threshold of the proof, fixed in a commit before its first run; a change is a new version with a reason in docs/proof.md.

The primary question, and the only one the verdict is about: on the set of bets that were still open when they were first seen
(the one fair record there is), does `rarity_score`, computed from the earlier half of the events, rank the mean surprise per
event (scoring.md, section 5) of the same wallets in the later half? Everything else that is printed is secondary.
"""

from __future__ import annotations

from dataclasses import dataclass

THRESHOLDS_VERSION = "1"
"""Raised whenever one of the thresholds changes."""


@dataclass(frozen=True)
class Thresholds:
    """What is asked of the data, and what counts as an answer.

    min_events: events with a usable bet that a wallet needs in each half, and before and after a cut-off; the primary cut.
    more_events: the same for the second, stricter cut, which is printed beside it.
    min_wallets, min_set_events: below so many wallets compared, or events they bet on, a set cannot answer.
    bootstraps, seed: resamples of events with replacement; all wallets' bets in an event move together.
    level_z: half-width of the 90 % bounds, in bootstrap standard errors around the estimate. (Percentiles of the draws
        would be drawn towards 0, because resampling adds noise to what comes next.)
    power_z: what an IC must be in standard errors to be seen in four of five samples at that level.
    min_ic: an IC below this is of no use, however certain.
    leak_ic: an IC above this means a leak: no study of real wallets has come near it.
    literature_ic: the persistence reported in the field; a set that could not have seen it is told so.
    cutoff_days, first_cutoff_days, horizon_days: forward test: the first cut-off so long after the first row, then one
        every so many days while so many are left; entries after it count if they resolve within the horizon.
    quantiles: groups of the score whose later surprise is compared.
    false_discovery_rates: rates at which wallets are called good.
    good_probability: skill_prob from which a wallet is called good by the posterior.
    price_bands: bounds of the prices at which calibration is shown.
    settled_hours: a market whose moment of resolution is not told counts as known so long after its last day.
    """

    min_events: int = 5
    more_events: int = 10
    min_wallets: int = 100
    min_set_events: int = 500
    bootstraps: int = 500
    seed: int = 19
    level_z: float = 1.6448536269514722
    power_z: float = 1.6448536269514722 + 0.8416212335729143
    min_ic: float = 0.05
    leak_ic: float = 0.25
    literature_ic: float = 0.111
    cutoff_days: int = 14
    first_cutoff_days: int = 28
    horizon_days: int = 90
    quantiles: int = 10
    false_discovery_rates: tuple[float, ...] = (0.05, 0.10, 0.20)
    good_probability: float = 0.75
    price_bands: tuple[float, ...] = (0.0, 0.05, 0.15, 0.30, 0.50, 0.70, 0.85, 0.95, 1.0)
    settled_hours: int = 24


THRESHOLDS = Thresholds()
FACTOR = "rarity_score"
BASELINES = (
    "skill_prob",
    "edge",
    "realized_pnl_micro",
    "win_rate",
    "roi",
    "excess_hit",
    "rarity_classic",
    "trade_count",
)
"""What the score must beat; `edge` is the raw estimate, without shrinkage and without dollars."""
PARTS_OF_SCORE = ("skill_prob", "edge")
"""Of these the score is made, so they are shown and need not be beaten."""

VERDICTS = {
    "leak": "an IC above leak_ic: look for a leak before believing anything",
    "holds": "the lower bound is above 0, the IC at least min_ic, and above every baseline by more than the bounds of the difference",
    "ranks": "the lower bound is above 0 and the IC at least min_ic, but a baseline ranks as well",
    "nothing": "the lower bound is not above 0, or the IC is below min_ic, though literature_ic could have been seen",
    "too little": "neither, and literature_ic could not have been seen",
    "no answer": "fewer wallets or events than asked for",
}
"""The answers there are; the first that applies is the verdict."""
