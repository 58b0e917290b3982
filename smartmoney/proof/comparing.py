"""Ranks of what was known before against what came next, with bounds from resampling events (docs/proof.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from smartmoney.ledger import CRYPTO_SHORT, Activity, Ledger, Markets, run
from smartmoney.ledger.columns import IntArray
from smartmoney.metrics import event_surprises
from smartmoney.metrics.surprise import SCORED
from smartmoney.proof.thresholds import BASELINES, FACTOR, PARTS_OF_SCORE, THRESHOLDS, Thresholds
from smartmoney.scoring.panel import LEFT_OUT, edges, next_events
from smartmoney.scoring.ranking import FloatArray, factor_quantiles
from smartmoney.scoring.score import score_traders
from smartmoney.units import DAY_SECONDS

FACTORS = (FACTOR, *BASELINES)
MIN_RANKED = 3
NUMBERS = ("surprise", "information", "entry_price", "hit")


@dataclass(frozen=True)
class Pair:
    """What was known of some wallets, and the events that came after.

    Attributes:
        before: one row per wallet: trader, the factors, flags, q_value; of wallets with enough events on both sides.
        later: one row per wallet and event after: trader, event, surprise, information, entry_price, hit; sorted by trader.
    """

    before: pd.DataFrame
    later: pd.DataFrame


@dataclass(frozen=True)
class Correlation:
    """Rank correlation of one factor; `low` and `high` are its 90 % bounds.

    `ahead`, `ahead_low`, `ahead_high`: how far the score is above it (None for the score itself).
    """

    factor: str
    wallets: int
    ic: float | None
    error: float | None = None
    low: float | None = None
    high: float | None = None
    seen_above: float | None = None
    ahead: float | None = None
    ahead_low: float | None = None
    ahead_high: float | None = None


@dataclass(frozen=True)
class RankComparison:
    """The factors compared on one or several pairs."""

    wallets: int
    events: int
    bets: int
    correlations: list[Correlation]
    spread: dict[str, float | None]
    dates: list[int] = field(default_factory=list)


def usable_events(activity: Activity, markets: Markets) -> pd.DataFrame:
    """Every usable bet of every wallet (scoring.md, section 3): trader, event, first_ts and its numbers."""
    ledger = run(activity, markets)
    return _usable(ledger, markets)


def _usable(ledger: Ledger, markets: Markets) -> pd.DataFrame:
    found = event_surprises(ledger, markets)
    short = np.array([name == CRYPTO_SHORT for name in markets.categories])
    counts = (found.status == SCORED) & ~short[ledger.events.category]
    kept = ledger.events.take(counts)
    numbers = {name: getattr(found, name)[counts] for name in NUMBERS}
    return pd.DataFrame(
        {"trader": kept.trader, "event": kept.event, "first_ts": kept.first_ts} | numbers
    )


def halves(
    activity: Activity, markets: Markets, wallets: pd.DataFrame, usable: pd.DataFrame, least: int
) -> tuple[Pair, int]:
    """The earlier half of the events against the later one, and the moment between.

    An event belongs to the half in which anybody first entered it, so no event is on both sides.
    """
    began = usable.groupby("event")["first_ts"].min()
    middle = int(usable["event"].map(began).median())
    late = set(began.index[began > middle])
    of_row = np.where(activity.market >= 0, markets.event[activity.market], -1)
    earlier = activity.take(~np.isin(of_row, list(late)) & (activity.market >= 0))
    frame = score_traders(earlier, markets, wallets)
    return pair(frame, usable[usable["event"].isin(late)], least), middle


def forward(
    activity: Activity,
    markets: Markets,
    wallets: pd.DataFrame,
    least: int,
    limits: Thresholds = THRESHOLDS,
) -> dict[int, Pair]:
    """By cut-off: what was known at it, against entries after it that resolved within the horizon."""
    first, last = int(activity.ts.min()), int(activity.ts.max())
    step = limits.cutoff_days * DAY_SECONDS
    cutoffs = range(first + limits.first_cutoff_days * DAY_SECONDS, last - step + 1, step)
    found = {}
    for as_of in cutoffs:
        frame = score_traders(activity, markets, wallets, as_of=as_of)
        found[as_of] = pair(
            frame, next_events(activity, markets, as_of, limits.horizon_days), least
        )
    return {as_of: each for as_of, each in found.items() if len(each.before)}


def pair(frame: pd.DataFrame, later: pd.DataFrame, least: int) -> Pair:
    """Wallets with at least `least` events on both sides, less those whose edge is execution or income."""
    counts = later.groupby("trader")["event"].size()
    judged = frame["flags"].map(lambda flags: not LEFT_OUT & set(flags))
    enough = (frame["skill_events"] >= least) & (
        frame["trader"].map(counts).fillna(0).to_numpy() >= least
    )
    before = frame.loc[
        enough & judged & frame[FACTOR].notna(), ["trader", "flags", "q_value", "tier", *FACTORS]
    ].reset_index(drop=True)
    kept = later[later["trader"].isin(before["trader"])].sort_values(["trader", "event"])
    return Pair(before, kept.reset_index(drop=True))


def compare(pairs: Mapping[int, Pair], limits: Thresholds = THRESHOLDS) -> RankComparison:
    """Mean rank correlation over the pairs (keyed by their moment) of every factor, with bounds.

    One draw of events, with replacement, holds for all wallets and pairs. Draws add as much noise to what came next as it
    has, which makes ranks insensitive to it; so their spread is scaled by how much wider the drawn surprises are.
    """
    if not pairs:
        return RankComparison(0, 0, 0, [], _no_spread())
    parts = list(pairs.values())
    later = pd.concat([each.later for each in parts], ignore_index=True)
    events = np.unique(later["event"].to_numpy())
    sides = [_Side.of(each, events) for each in parts]
    estimate = _mean_ics([each.ics(None)[0] for each in sides])
    rng = np.random.default_rng(limits.seed)
    draws, widths = [], []
    for _ in range(limits.bootstraps):
        weight = np.bincount(rng.integers(0, len(events), len(events)), minlength=len(events))
        found, width = zip(*(each.ics(weight) for each in sides), strict=True)
        draws.append(_mean_ics(found))
        widths.append(np.mean(width))
    return RankComparison(
        len(set().union(*(each.before["trader"] for each in parts))),
        len(events),
        len(later.drop_duplicates(["trader", "event"])),
        _correlations(parts, estimate, np.array(draws), float(np.mean(widths)), limits),
        spread(parts, events, limits),
        list(pairs),
    )


@dataclass(frozen=True)
class _Side:
    """A pair as arrays: traders ascending, their factors (nan for none), and the place of each later row's event."""

    traders: IntArray
    factors: FloatArray
    later: pd.DataFrame
    place: IntArray
    width: float

    @classmethod
    def of(cls, given: Pair, events: IntArray) -> _Side:
        traders = np.unique(given.later["trader"].to_numpy())
        before = given.before.set_index("trader").reindex(traders)
        factors = np.column_stack(
            [
                before[name].astype("Float64").to_numpy(np.float64, na_value=np.nan)
                for name in FACTORS
            ]
        )
        place = np.searchsorted(events, given.later["event"].to_numpy())
        return cls(traders, factors, given.later, place, float(edges(given.later).std()))

    def ics(self, weight: IntArray | None) -> tuple[FloatArray, float]:
        """The IC of every factor with events so many times, nan where there is none; and how wide the targets are."""
        rows = self.later
        if weight is not None:
            rows = rows.iloc[np.repeat(np.arange(len(rows)), weight[self.place])]
        target = edges(rows)
        here = np.searchsorted(self.traders, np.unique(rows["trader"].to_numpy()))
        found = [_ic(factor, target) for factor in self.factors[here].T]
        return np.array(found), float(target.std()) / self.width if self.width > 0 else 1.0


def _ic(factor: FloatArray, target: FloatArray) -> float:
    """Spearman's rank correlation where the factor is known; nan where it or the target is the same for all."""
    known = np.isfinite(factor)
    if known.sum() < MIN_RANKED:
        return np.nan
    a, b = rankdata(factor[known]), rankdata(target[known])
    a, b = a - a.mean(), b - b.mean()
    size = float((a @ a) * (b @ b))
    return float(a @ b) / size**0.5 if size > 0 else np.nan


def _mean_ics(every: Sequence[FloatArray]) -> FloatArray:
    """Mean over the pairs per factor, nan where none has one."""
    table = np.array(every, dtype=np.float64)
    known = np.isfinite(table)
    total = np.where(known, table, 0.0).sum(axis=0)
    return np.where(known.any(axis=0), total / np.maximum(known.sum(axis=0), 1), np.nan)


def _correlations(
    parts: Sequence[Pair],
    estimate: FloatArray,
    draws: FloatArray,
    scale: float,
    limits: Thresholds,
) -> list[Correlation]:
    error = scale * np.std(draws, axis=0)
    behind = scale * np.std(draws[:, :1] - draws, axis=0)
    z, found = limits.level_z, []
    before = pd.concat([each.before for each in parts])
    for number, name in enumerate(FACTORS):
        ic, wallets = estimate[number], int(before.loc[before[name].notna(), "trader"].nunique())
        if not np.isfinite(ic):
            found.append(Correlation(name, wallets, None))
            continue
        own: dict[str, Any] = {
            "ic": ic,
            "error": error[number],
            "low": ic - z * error[number],
            "high": ic + z * error[number],
            "seen_above": limits.power_z * error[number],
        }
        if number:
            ahead = estimate[0] - ic
            own |= {
                "ahead": ahead,
                "ahead_low": ahead - z * behind[number],
                "ahead_high": ahead + z * behind[number],
            }
        found.append(
            Correlation(name, wallets, **{key: float(value) for key, value in own.items()})
        )
    return found


def rivals(comparison: RankComparison) -> list[Correlation]:
    """The baselines the score has to beat, where they have an IC."""
    return [
        each
        for each in comparison.correlations
        if each.factor not in (FACTOR, *PARTS_OF_SCORE) and each.ic is not None
    ]


def spread(
    parts: Sequence[Pair], events: IntArray, limits: Thresholds = THRESHOLDS
) -> dict[str, float | None]:
    """Mean surprise per event of the top tenth of the score, of the bottom one, and the difference with its bounds."""
    sums = np.zeros((len(events), 4))
    for each in parts:
        quantile = factor_quantiles(each.before.assign(as_of=0), FACTOR, limits.quantiles)
        place = dict(zip(each.before["trader"], quantile, strict=True))
        side = each.later["trader"].map(place).to_numpy()
        at = np.searchsorted(events, each.later["event"].to_numpy())
        for column, wanted in ((0, limits.quantiles), (2, 1)):
            rows = side == wanted
            np.add.at(sums[:, column], at[rows], each.later["surprise"].to_numpy()[rows])
            np.add.at(sums[:, column + 1], at[rows], 1.0)
    total = sums.sum(axis=0)
    if not (total[1] and total[3]):
        return _no_spread()
    rng = np.random.default_rng(limits.seed)
    drawn = rng.multinomial(len(events), np.full(len(events), 1 / len(events)), limits.bootstraps)
    each_draw = drawn @ sums
    ok = (each_draw[:, 1] > 0) & (each_draw[:, 3] > 0)
    differences = each_draw[ok, 0] / each_draw[ok, 1] - each_draw[ok, 2] / each_draw[ok, 3]
    top, bottom = total[0] / total[1], total[2] / total[3]
    error = limits.level_z * float(differences.std())
    mean = float(top - bottom)
    return {
        "top": float(top),
        "bottom": float(bottom),
        "mean": mean,
        "low": mean - error,
        "high": mean + error,
    }


def _no_spread() -> dict[str, float | None]:
    return dict.fromkeys(("top", "bottom", "mean", "low", "high"))
