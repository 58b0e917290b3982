"""Every threshold of the metrics and of the flags, in one place."""

from __future__ import annotations

from dataclasses import dataclass

DECIDED_MICRO = 10_000
"""An event is decided for the win rate when it made or lost more than this: one cent."""

HEDGED_PAYOFF = 1.0
"""Dollars: events whose best and worst outcome differ by less are hedged, and no bet at all."""

STABILITY_WINDOW_DAYS = 30
STABILITY_STEP_DAYS = 10
JEFFREYS_LEVEL = 0.05
"""One-sided level of the lower bound of stability."""

PRICE_FLOOR = 0.001
"""Prices paid are kept this far from 0 and 1: the smallest tick."""

EXACT_BINOMIAL_EVENTS = 200
"""Up to this many events the p-value is the exact Poisson-binomial one."""


@dataclass(frozen=True)
class FlagThresholds:
    """When a wallet gets which flag; shares are fractions, money is in dollars.

    MM: a market maker. Nearly all fills of known role as maker; or, roles or not, many fills, and both
        outcomes bought in most markets.
    BOT: on half of the active days it trades in more hours than a person is awake, over ten active days at least; or
        fills more often than a person can. Never hours or fills of a whole life: half of the real wallets with 1,000
        fills use 20 hours or more at some time, and one limit order can be 50 fills.
    WASH: volume that comes back at the price it left.
    FARM: lives off rewards, or sweeps outcomes that are all but certain.
    ONE_EVENT: one event makes most of all gains and losses together, over ten decided events at least (below that the
        gates of evidence speak). Never of the net total: that of people without skill lies near zero.
    HEDGER: most events have no risk in them.
    PARTIAL: more than dust was sold, merged, converted or redeemed that was never seen coming, and what is missing could
        change the sign of what the wallet made; else coverage says it, and the wallet stays.
    """

    mm_known_fills: int = 100
    mm_maker_share: float = 0.90
    mm_fills: int = 1_000
    mm_two_sided_share: float = 0.50
    bot_days: int = 10
    bot_hours: int = 20
    bot_fills_per_day: int = 1_000
    bot_share: float = 0.50
    wash_volume: float = 10_000.0
    wash_share: float = 0.50
    wash_price_gap: float = 0.005
    farm_income: float = 100.0
    farm_income_to_pnl: float = 2.0
    farm_price: float = 0.97
    farm_positions: int = 30
    farm_share: float = 0.80
    one_event_share: float = 0.60
    one_event_events: int = 10
    hedger_events: int = 10
    hedger_share: float = 0.50


FLAG_THRESHOLDS = FlagThresholds()
FLAGS = ("MM", "BOT", "WASH", "FARM", "ONE_EVENT", "HEDGER", "PARTIAL")
PARTIAL_BIT = 1 << FLAGS.index("PARTIAL")
