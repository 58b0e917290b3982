"""Walk-forward: at each cut-off, what the score said from what was known, and what happened next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from smartmoney.ledger import CRYPTO_SHORT, Activity, Markets, run
from smartmoney.ledger.sums import Sums
from smartmoney.metrics import event_surprises, loops
from smartmoney.metrics.surprise import SCORED
from smartmoney.metrics.thresholds import EXACT_BINOMIAL_EVENTS
from smartmoney.scoring.ranking import FloatArray
from smartmoney.scoring.score import score_traders
from smartmoney.scoring.skill import Population
from smartmoney.units import DAY_SECONDS

HORIZON_DAYS = 90
MIN_TARGET_EVENTS = 5
"""Wallets with fewer new entries say more about luck than about the score."""
CERTAIN = 1e-12
"""Probabilities nearer to 0 and 1 are taken as this."""
LEFT_OUT = {"MM", "BOT", "WASH", "FARM"}
"""Flags of wallets whose edge is execution or income: the question is whether judgement lasts."""
BASELINES = ("realized_pnl_micro", "win_rate", "roi", "rarity_classic", "trade_count")


@dataclass(frozen=True)
class Panel:
    """What was said at each cut-off, and what came of it; RangeIndex everywhere.

    Attributes:
        scores: one row per cut-off and scored wallet with a target; columns as_of int64, trader, tier, rarity_score,
            skill_prob, skill_events, the baselines, target (see `edges`), target_events, target_surprise,
            target_information.
        next_events: one row per cut-off, wallet and event of the target: as_of, trader, event, surprise, information,
            entry_price, hit.
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
    activity: Activity,
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
        activity: rows of all wallets.
        markets: with the resolutions known today.
        wallets: columns `trader` and `address`.
        cutoffs: Unix seconds, ascending; see `month_ends`.
        horizon_days: how long after the cut-off an entry may take to resolve.
    """
    options: dict[str, Any] = {
        "horizon_days": horizon_days,
        "population": population,
        "excluded": excluded,
    }
    parts = [_at_cutoff(activity, markets, wallets, as_of, **options) for as_of in cutoffs]
    if not parts:
        nothing = _at_cutoff(activity, markets, wallets, 0, **options)
        parts = [tuple(frame.iloc[:0] for frame in nothing)]
    return Panel(*(pd.concat(frames, ignore_index=True) for frames in zip(*parts, strict=True)))


def _at_cutoff(
    activity: Activity,
    markets: Markets,
    wallets: pd.DataFrame,
    as_of: int,
    horizon_days: int,
    population: Population,
    excluded: tuple[str, ...],
) -> tuple[pd.DataFrame, ...]:
    """The three tables of the panel at one cut-off."""
    frame = score_traders(
        activity, markets, wallets, as_of=as_of, population=population, excluded=excluded
    )
    directional = frame["rarity_score"].notna() & ~frame["flags"].map(
        lambda flags: bool(LEFT_OUT & set(flags))
    )
    coming = next_events(activity, markets, as_of, horizon_days, excluded)
    coming = coming[coming["trader"].isin(frame["trader"][directional])]
    joined = frame.merge(_targets(coming), on="trader")[[*_KEPT, *BASELINES, *_TARGETS]]
    return tuple(table.assign(as_of=as_of) for table in (joined, coming, frame[["trader", "tier"]]))


_KEPT = ("trader", "tier", "rarity_score", "skill_prob", "skill_events")
_TARGETS = ("target", "target_events", "target_surprise", "target_information")


def next_events(
    activity: Activity,
    markets: Markets,
    as_of: int,
    horizon_days: int = HORIZON_DAYS,
    excluded: tuple[str, ...] = (CRYPTO_SHORT,),
) -> pd.DataFrame:
    """Surprises of the entries made after `as_of` in events that resolved within the horizon.

    Columns: trader int32, event int32; surprise, information, entry_price, hit float64; RangeIndex.
    """
    until = as_of + horizon_days * DAY_SECONDS
    ledger = run(activity.between(as_of, until), markets, as_of=until)
    found = event_surprises(ledger, markets)
    out = np.array([name in excluded for name in markets.categories])[ledger.events.category]
    counts = (found.status == SCORED) & ~out
    kept = ledger.events.take(counts)
    numbers = {
        name: getattr(found, name)[counts]
        for name in ("surprise", "information", "entry_price", "hit")
    }
    return pd.DataFrame({"trader": kept.trader, "event": kept.event, **numbers})


def _targets(coming: pd.DataFrame) -> pd.DataFrame:
    """Sums and edge per wallet with enough events; columns trader and _TARGETS."""
    coming = coming[coming.groupby("trader")["event"].transform("size") >= MIN_TARGET_EVENTS]
    sums = coming.groupby("trader", as_index=False).agg(
        target_events=("event", "size"),
        target_surprise=("surprise", "sum"),
        target_information=("information", "sum"),
    )
    return sums.assign(target=edges(coming))


def edges(events: pd.DataFrame) -> FloatArray:
    """Mean unit surprise per wallet, the edge in probability, without its skew.

    Ranks see more than means: at fair prices most who buy long shots lose a little more than nothing, and most who buy
    favourites gain, so that whatever tells their taste would seem to tell what comes next. The edge is therefore read
    from where the hits fall in their exact distribution at the prices paid: it is the mean surprise that a normal shows
    at that quantile (mid-p), z sqrt(sum v) / n; symmetric around 0 without skill, whatever the prices. Above
    EXACT_BINOMIAL_EVENTS events it is the mean itself.

    Args:
        events: sorted by trader; columns trader, surprise, information, entry_price, hit.

    Returns:
        One number per trader, ascending.
    """
    traders = np.unique(events["trader"].to_numpy())
    sums = Sums(traders, events["trader"].to_numpy())
    n, hits = sums.counts, sums.of(events["hit"].to_numpy()).astype(np.int64)
    price = events["entry_price"].to_numpy()
    least, more = (
        loops.poisson_binomial_tails(sums.bounds, price, hits + one, EXACT_BINOMIAL_EVENTS)
        for one in (0, 1)
    )
    z = -ndtri(np.clip((least + more) / 2, CERTAIN, 1 - CERTAIN))
    mean, deviation = (
        sums.of(events["surprise"].to_numpy()) / n,
        np.sqrt(sums.of(events["information"].to_numpy())) / n,
    )
    return np.where(n > EXACT_BINOMIAL_EVENTS, mean, z * deviation)
