"""Walk-forward: at each cut-off, what the score said from what was known, and what happened next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from smartmoney.ledger import CRYPTO_SHORT, Events, Markets, run
from smartmoney.metrics import event_surprises
from smartmoney.metrics.surprise import SCORED
from smartmoney.scoring.score import score_traders
from smartmoney.scoring.skill import Population

DAY_SECONDS = 86_400
HORIZON_DAYS = 90
MIN_TARGET_EVENTS = 5
"""Wallets with fewer new entries say more about luck than about the score."""
LEFT_OUT = {"MM", "BOT", "WASH", "FARM"}
"""Flags of wallets whose edge is execution or income: the question is whether judgement lasts."""
BASELINES = ("realized_pnl_micro", "win_rate", "roi", "rarity_classic", "trade_count")


@dataclass(frozen=True)
class Panel:
    """What was said at each cut-off, and what came of it; RangeIndex everywhere.

    Attributes:
        scores: one row per cut-off and scored wallet with a target; columns as_of int64, trader, tier, rarity_score,
            skill_prob, skill_events, the baselines, target (mean unit surprise of the new entries: the edge in
            probability, of mean 0 without skill whatever the prices paid), target_events, target_surprise,
            target_information.
        next_events: one row per cut-off, wallet and event of the target: as_of, trader, event, surprise, information.
        tiers: tier of every wallet at every cut-off: as_of, trader, tier.
    """

    scores: pd.DataFrame
    next_events: pd.DataFrame
    tiers: pd.DataFrame


def month_ends(first: int, last: int) -> list[int]:
    """Last second of every calendar month (UTC) from `first` to `last` (Unix seconds)."""
    months = pd.date_range(pd.Timestamp(first, unit="s"), pd.Timestamp(last, unit="s"), freq="MS")
    return [int(month.timestamp()) - 1 for month in months if month.timestamp() - 1 >= first]


def walk_forward(
    events: Events,
    markets: Markets,
    wallets: pd.DataFrame,
    cutoffs: Sequence[int],
    *,
    horizon_days: int = HORIZON_DAYS,
    population: Population = "full",
    excluded: tuple[str, ...] = (CRYPTO_SHORT,),
) -> Panel:
    """Score at every cut-off from rows and resolutions up to it; targets from later entries that resolve in
    time.

    Args:
        events: all activity.
        markets: with the resolutions known today.
        wallets: columns `trader` and `address`.
        cutoffs: Unix seconds, ascending; see `month_ends`.
        horizon_days: how long after the cut-off an entry may take to resolve.
    """
    options: dict[str, Any] = {"horizon_days": horizon_days, "population": population, "excluded": excluded}
    parts = [_look(events, markets, wallets, as_of, **options) for as_of in cutoffs]
    if not parts:
        parts = [tuple(frame.iloc[:0] for frame in _look(events, markets, wallets, 0, **options))]
    return Panel(*(pd.concat(frames, ignore_index=True) for frames in zip(*parts, strict=True)))


def _look(
    events: Events,
    markets: Markets,
    wallets: pd.DataFrame,
    as_of: int,
    horizon_days: int,
    population: Population,
    excluded: tuple[str, ...],
) -> tuple[pd.DataFrame, ...]:
    """The three tables of the panel at one cut-off."""
    frame = score_traders(events, markets, wallets, as_of=as_of, population=population, excluded=excluded)
    directional = frame["rarity_score"].notna() & ~frame["flags"].map(lambda flags: bool(LEFT_OUT & set(flags)))
    coming = next_events(events, markets, as_of, horizon_days, excluded)
    coming = coming[coming["trader"].isin(frame["trader"][directional])]
    joined = frame.merge(_targets(coming), on="trader")[[*_KEPT, *BASELINES, *_TARGETS]]
    return tuple(table.assign(as_of=as_of) for table in (joined, coming, frame[["trader", "tier"]]))


_KEPT = ("trader", "tier", "rarity_score", "skill_prob", "skill_events")
_TARGETS = ("target", "target_events", "target_surprise", "target_information")


def next_events(
    events: Events,
    markets: Markets,
    as_of: int,
    horizon_days: int = HORIZON_DAYS,
    excluded: tuple[str, ...] = (CRYPTO_SHORT,),
) -> pd.DataFrame:
    """Surprises of the entries made after `as_of` in events that resolved within the horizon.

    Columns: trader int32, event int32, surprise, information float64; RangeIndex.
    """
    until = as_of + horizon_days * DAY_SECONDS
    ledger = run(events.between(as_of, until), markets, as_of=until)
    found = event_surprises(ledger, markets)
    out = np.array([name in excluded for name in markets.categories])[ledger.events.category]
    counts = (found.status == SCORED) & ~out
    kept = ledger.events.take(counts)
    return pd.DataFrame(
        {
            "trader": kept.trader,
            "event": kept.event,
            "surprise": found.surprise[counts],
            "information": found.information[counts],
        }
    )


def _targets(coming: pd.DataFrame) -> pd.DataFrame:
    sums = coming.groupby("trader", as_index=False).agg(
        target_events=("event", "size"),
        target_surprise=("surprise", "sum"),
        target_information=("information", "sum"),
    )
    sums = sums[sums["target_events"] >= MIN_TARGET_EVENTS]
    return sums.assign(target=sums["target_surprise"] / sums["target_events"])
