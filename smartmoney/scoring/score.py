"""From measures to scores: the global step (population, percentiles, tiers), cheap and the same on every
engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from smartmoney.errors import ParameterError
from smartmoney.ledger import CRYPTO_SHORT, Activity, Markets
from smartmoney.ledger.columns import FloatArray, IntArray
from smartmoney.metrics import Measures, nothing_measured
from smartmoney.scoring.constants import SCORING_WEIGHTS
from smartmoney.scoring.partitions import compute_partition, split_activity
from smartmoney.scoring.rarity import dollar_edge, rarity_scores
from smartmoney.scoring.skill import (
    Population,
    Prior,
    estimate,
    p_values,
    population_prior,
    posterior,
    q_values,
)
from smartmoney.scoring.table import score_frame
from smartmoney.scoring.tiers import Evidence, Placement, place


@dataclass(frozen=True)
class Scores:
    """One scoring run.

    Attributes:
        frame: one row per trader, see `combine`.
        prior: the population the edges were shrunk to.
        population: unflagged scored wallets, the N of percentiles and slots.
        scored: wallets with a score.
    """

    frame: pd.DataFrame
    prior: Prior
    population: int
    scored: int


def score_traders(
    activity: Activity,
    markets: Markets,
    wallets: pd.DataFrame,
    *,
    as_of: int | None = None,
    marks_micro: IntArray | None = None,
    population: Population = "full",
    excluded: tuple[str, ...] = (CRYPTO_SHORT,),
    partitions: int = 1,
    mapper: Callable[
        [Callable[[Activity], Measures], Iterable[Activity]], Iterable[Measures]
    ] = map,
) -> pd.DataFrame:
    """Score every wallet; the frame of `combine`, bit for bit the same for any number of partitions.

    Args:
        activity: rows of all traders.
        markets: every market named.
        wallets: columns `trader` and `address`.
        as_of: what was known then (Unix seconds); None for everything.
        marks_micro: int64 per outcome, price of open shares; -1 for none.
        population: "leaderboard" when the wallets were picked for having won.
        excluded: categories outside skill and tiers.
        partitions: groups of traders computed apart.
        mapper: runs a function over the groups: `map`, or one that hands them to Dask workers.
    """
    work = partial(
        _measures_of, markets=markets, as_of=as_of, marks_micro=marks_micro, excluded=excluded
    )
    parts = list(mapper(work, split_activity(activity, partitions)))
    return combine(parts, wallets, population=population).frame


def _measures_of(activity: Activity, **options: Any) -> Measures:
    return compute_partition(activity, keep_book=False, **options).measures


def combine(
    parts: Sequence[Measures], wallets: pd.DataFrame, *, population: Population = "full"
) -> Scores:
    """Scores from the measures of all traders.

    The frame has one row per wallet, ascending by trader, RangeIndex:

    - string: address, score_version, tier; object: flags (tuple of names), reasons (list of sentences)
    - int32: trader; int64: realized_pnl_micro, max_drawdown_usd_micro and the counts of `Measures`
      (`table.COUNTS`)
    - Int64, NA where it does not exist: rarity_score, rarity_classic, rank, needs_events, unrealized_pnl_micro,
      total_pnl_micro, last_active_at (Unix seconds), best_category (row of `Markets.categories`)
    - Float64, NA where it does not exist: the rates of `Measures` (`table.RATES`), edge, edge_error, z, p_value,
      q_value, edge_mean, edge_deviation, skill_prob, skill_edge, skill_lo, skill_hi

    Args:
        parts: measures of disjoint groups of traders.
        wallets: columns `trader`, `address`.
        population: see `score_traders`.

    Raises:
        ParameterError: a trader appears twice, or has measures but no wallet.
    """
    wallets = wallets.sort_values("trader", kind="stable").reset_index(drop=True)
    m = _align(parts, wallets)
    flags = m.flags
    scored = np.flatnonzero(m.skill_events > 0)
    guess = estimate(m.sum_surprise, m.sum_information)
    p, q = _tests(m, guess.z)
    family = (m.skill_events >= SCORING_WEIGHTS.family_events) & np.isfinite(guess.edge)
    prior = population_prior(guess.edge[family], guess.error[family], population)
    after = posterior(m.sum_surprise, m.sum_information, prior)
    dollars = dollar_edge(after.mean, m.sum_weight)
    unflagged = flags == 0
    rarity = np.zeros(len(m), np.int64)
    rarity[scored] = rarity_scores(after.mean[scored], dollars[scored], unflagged[scored])
    placed = _place(m, wallets, scored, rarity, after.skill_prob, q, flags)
    points = SCORING_WEIGHTS.points_per_logit
    width = SCORING_WEIGHTS.interval_z * after.deviation
    numbers = {
        "edge": guess.edge,
        "edge_error": guess.error,
        "z": guess.z,
        "p_value": p,
        "q_value": q,
        "edge_mean": after.mean,
        "edge_deviation": after.deviation,
        "skill_prob": after.skill_prob,
        "skill_edge": points * after.mean,
        "skill_lo": points * (after.mean - width),
        "skill_hi": points * (after.mean + width),
    }
    reference = int(unflagged[scored].sum())
    frame = score_frame(m, wallets, flags, rarity, placed, numbers, reference)
    return Scores(frame, prior, reference, len(scored))


def _align(parts: Sequence[Measures], wallets: pd.DataFrame) -> Measures:
    """Measures in the order of the wallets; a wallet without rows gets a row of nothing."""
    trader = wallets["trader"].to_numpy(np.int32)
    if len(np.unique(trader)) != len(trader):
        raise ParameterError("scoring: a trader appears twice among the wallets")
    given = Measures.concat(parts) if parts else nothing_measured(trader[:0])
    if len(np.unique(given.trader)) != len(given):
        raise ParameterError("scoring: a trader appears in two partitions")
    if not np.isin(given.trader, trader).all():
        raise ParameterError("scoring: a trader has measures but is not among the wallets")
    missing = nothing_measured(trader[~np.isin(trader, given.trader)])
    every = Measures.concat([given, missing])
    return every.take(np.argsort(every.trader, kind="stable"))


def _tests(m: Measures, z: FloatArray) -> tuple[FloatArray, FloatArray]:
    """One-sided p-values, and q-values over the wallets with enough events (nan elsewhere)."""
    p = p_values(z, m.p_exact)
    tested = (m.skill_events >= SCORING_WEIGHTS.family_events) & np.isfinite(p)
    q = np.full(len(p), np.nan)
    q[tested] = q_values(p[tested])
    return p, q


def _place(
    m: Measures,
    wallets: pd.DataFrame,
    scored: IntArray,
    rarity: IntArray,
    skill_prob: FloatArray,
    q: FloatArray,
    flags: IntArray,
) -> Placement:
    """Ranks and tiers of the scored wallets; ties go to skill_prob, events, realized PnL, then the address."""
    _, address = np.unique(wallets["address"].to_numpy(str)[scored], return_inverse=True)
    n = m.skill_events[scored].astype(np.int64)
    keys = (address, -m.realized_micro[scored], -n, -skill_prob[scored], -rarity[scored])
    return place(np.lexsort(keys), Evidence(n, skill_prob[scored], q[scored], flags[scored] != 0))
