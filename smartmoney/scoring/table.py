"""The frame of scores: one row per wallet, every number with its type, null where it does not exist."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pandas as pd

from smartmoney.ledger.columns import BoolArray, FloatArray, IntArray
from smartmoney.metrics import Measures, flag_names
from smartmoney.scoring.constants import SCORE_VERSION, TIER_THRESHOLDS, TIERS
from smartmoney.scoring.partitions import nullable
from smartmoney.scoring.rarity import classic_scores
from smartmoney.scoring.reasons import reasons, unscored_reasons
from smartmoney.scoring.tiers import Placement

NO_TIER = len(TIERS) - 1
OTHERWISE = {
    "trader",
    "realized_micro",
    "unrealized_micro",
    "max_drawdown_micro",
    "last_trade_ts",
    "best_category",
    "flags",
}
"""Measures that the frame shows under another name or in another form."""
WORKINGS = {"skill_hits", "sum_surprise", "sum_information", "sum_weight", "p_exact"}
"""Measures that the score is made of and nobody is shown."""
SHOWN = [item for item in fields(Measures) if item.name not in OTHERWISE | WORKINGS]
COUNTS = [item.name for item in SHOWN if item.type == "IntArray"]
RATES = [item.name for item in SHOWN if item.type == "FloatArray"]


def score_frame(
    m: Measures,
    wallets: pd.DataFrame,
    flags: IntArray,
    rarity: IntArray,
    placed: Placement,
    numbers: dict[str, FloatArray],
    reference: int,
) -> pd.DataFrame:
    """The frame that `combine` documents.

    Args:
        m: measures in the order of `wallets`.
        wallets: one row per trader.
        flags: bits per wallet.
        rarity: rarity_score per wallet, meaningless where it has no skill event.
        placed: rank and tier of the wallets with skill events, in their order.
        numbers: float columns by name, null where the wallet has no skill event or the value is nan.
        reference: number of unflagged scored wallets.
    """
    scored = m.skill_events > 0
    frame = pd.concat([_identity(m, wallets), _standing(m, flags, rarity, placed, scored)], axis=1)
    frame["flags"] = pd.Series([flag_names(bits) for bits in flags.tolist()], dtype=object)
    frame["reasons"] = pd.Series(_reasons(m, flags, placed, numbers, reference), dtype=object)
    for name in COUNTS:
        frame[name] = getattr(m, name)
    for name in RATES:
        values = getattr(m, name)
        frame[name] = nullable(values, np.isfinite(values))
    for name, values in numbers.items():
        frame[name] = nullable(values, scored & np.isfinite(values))
    return frame


def _identity(m: Measures, wallets: pd.DataFrame) -> pd.DataFrame:
    """Who it is and what it earned."""
    known = m.n_unmarked == 0
    return pd.DataFrame(
        {
            "trader": m.trader,
            "address": wallets["address"].astype("string"),
            "score_version": pd.array([SCORE_VERSION] * len(m), dtype="string"),
            "realized_pnl_micro": m.realized_micro,
            "unrealized_pnl_micro": nullable(m.unrealized_micro, known),
            "total_pnl_micro": nullable(m.realized_micro + m.unrealized_micro, known),
            "max_drawdown_usd_micro": m.max_drawdown_micro,
            "last_active_at": nullable(m.last_trade_ts, m.trade_count > 0),
            "best_category": nullable(m.best_category.astype(np.int64), m.best_category >= 0),
        }
    )


def _standing(
    m: Measures, flags: IntArray, rarity: IntArray, placed: Placement, scored: BoolArray
) -> pd.DataFrame:
    """Score, tier, rank."""

    def spread(values: IntArray, missing: int = 0) -> IntArray:
        every = np.full(len(m), missing, np.int64)
        every[scored] = values
        return every

    return pd.DataFrame(
        {
            "tier": pd.array(np.array(TIERS, object)[spread(placed.tier, NO_TIER)], dtype="string"),
            "rarity_score": nullable(rarity, scored),
            "rarity_classic": nullable(_classic(m, flags), m.trade_count > 0),
            "rank": nullable(spread(placed.rank), scored),
            "needs_events": nullable(spread(placed.needs_events), scored),
        }
    )


def _classic(m: Measures, flags: IntArray) -> IntArray:
    reference = (flags == 0) & (m.skill_events > 0)
    return classic_scores(
        m.realized_micro.astype(np.float64),
        m.win_rate,
        m.profit_factor,
        m.stability,
        m.max_drawdown,
        m.hhi,
        reference,
    )


def _reasons(
    m: Measures, flags: IntArray, placed: Placement, numbers: dict[str, FloatArray], reference: int
) -> list[list[str]]:
    found: list[list[str]] = []
    row = 0
    columns = [
        numbers[name].tolist()
        for name in ("skill_edge", "skill_lo", "skill_hi", "skill_prob", "q_value")
    ]
    places = [getattr(placed, name).tolist() for name in ("rank", "slot", "tier", "needs_events")]
    for i, events in enumerate(m.skill_events.tolist()):
        if events == 0:
            found.append(unscored_reasons(int(m.trade_count[i]), int(m.short_crypto_events[i])))
            continue
        edge, low, high, skill_prob, q_value = (column[i] for column in columns)
        rank, slot, tier, needs = (column[row] for column in places)
        row += 1
        found.append(
            reasons(
                rank=rank,
                population=reference,
                slot=slot,
                tier=tier,
                events=events,
                edge=edge,
                low=low,
                high=high,
                skill_prob=skill_prob,
                q_value=q_value,
                flags=int(flags[i]),
                needs=needs,
                thresholds=TIER_THRESHOLDS,
            )
        )
    return found
