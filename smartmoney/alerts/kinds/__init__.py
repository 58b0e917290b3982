"""The kinds of rules there are, one file each: what a rule is, what it reads, when it fires, and in what words."""

from __future__ import annotations

from smartmoney.alerts.kinds.consensus import Consensus
from smartmoney.alerts.kinds.market_crosses import MarketCrosses, Measure
from smartmoney.alerts.kinds.market_resolves import MarketResolves
from smartmoney.alerts.kinds.options import Direction, Options, RuleKind
from smartmoney.alerts.kinds.stream_stale import StreamStale
from smartmoney.alerts.kinds.tier_changes import TierChanges
from smartmoney.alerts.kinds.trader_moves import Action, TraderMoves

MODELS: dict[RuleKind, type[Options]] = {
    model.kind: model
    for model in (
        TraderMoves,
        MarketCrosses,
        Consensus,
        TierChanges,
        MarketResolves,
        StreamStale,
    )
}

__all__ = ["MODELS", "Action", "Direction", "Measure", "Options", "RuleKind"]
