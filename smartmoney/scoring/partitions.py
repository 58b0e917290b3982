"""The part of scoring that looks at one trader at a time: pure, picklable, for one process or for Dask."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from smartmoney.ledger import CRYPTO_SHORT, Activity, Ledger, LedgerState, Markets, run
from smartmoney.ledger.columns import IntArray
from smartmoney.ledger.ordering import sort_by_trader
from smartmoney.metrics import Measures, Surprises, event_surprises, measure
from smartmoney.metrics.surprise import SCORED


@dataclass(frozen=True)
class Partition:
    """What one partition of traders gives.

    Attributes:
        measures: one row per trader; all that `combine` needs.
        ledger: the closed book, None when it was not kept.
        surprises: one row per row of `ledger.events`, None when not kept.
    """

    measures: Measures
    ledger: Ledger | None = None
    surprises: Surprises | None = None


def compute_partition(
    activity: Activity,
    markets: Markets,
    *,
    as_of: int | None = None,
    marks_micro: IntArray | None = None,
    state: LedgerState | None = None,
    excluded: tuple[str, ...] = (CRYPTO_SHORT,),
    keep_book: bool = True,
) -> Partition:
    """Ledger and metrics of some traders; the same whatever the partition they come in.

    Args:
        activity: all rows of these traders, or the new ones when `state` holds the others.
        markets: every market named.
        as_of: ignore what happened later (Unix seconds).
        marks_micro: int64 per outcome, price of open shares; -1 for none.
        state: where an earlier run of these traders ended.
        excluded: categories outside skill and tiers.
        keep_book: give the book back too (to store it); False sends only the measures between processes.
    """
    ledger = run(activity, markets, as_of=as_of, marks_micro=marks_micro, state=state)
    surprises = event_surprises(ledger, markets)
    measures = measure(ledger, markets, excluded=excluded, surprises=surprises)
    return Partition(measures, ledger, surprises) if keep_book else Partition(measures)


def split_activity(activity: Activity, parts: int) -> list[Activity]:
    """Activity in at most `parts` groups of whole traders with about as many rows each, by ascending trader; rows sorted
    by trader are not copied."""
    if parts <= 1 or not len(activity):
        return [activity]
    trader = activity.trader
    if (np.diff(trader) < 0).any():
        activity = sort_by_trader(activity)
        trader = activity.trader
    wanted = np.linspace(0, len(trader), parts + 1)[1:-1].astype(np.int64)
    cuts = np.searchsorted(trader, trader[wanted], "left")
    bounds = np.unique(np.concatenate([[0], cuts, [len(trader)]]))
    return [activity.take(slice(a, b)) for a, b in zip(bounds[:-1], bounds[1:], strict=True)]


def event_results(partition: Partition, markets: Markets) -> pd.DataFrame:
    """One row per trader and event, for the profile page and the calibration chart; RangeIndex.

    trader int32, event int32, category string, first_entry_ts int64, decided_at Int64 (NA: open), pnl_micro int64,
    invested_micro int64; and Float64, NA unless the event counts for skill: entry_price, surprise,
    information, payoff_range (dollars).
    """
    assert partition.ledger is not None and partition.surprises is not None, (
        "compute_partition(keep_book=True)"
    )
    events, found = partition.ledger.events, partition.surprises
    counts = found.status == SCORED
    frame = pd.DataFrame(
        {
            "trader": events.trader,
            "event": events.event,
            "category": pd.array(
                np.array(markets.categories, object)[events.category], dtype="string"
            ),
            "first_entry_ts": events.first_ts,
            "decided_at": nullable(events.decided_at, events.decided),
            "pnl_micro": events.pnl_micro,
            "invested_micro": events.invested_micro,
        }
    )
    for name in ("entry_price", "surprise", "information", "payoff_range"):
        frame[name] = nullable(getattr(found, name), counts)
    return frame


def nullable(values: np.ndarray, known: np.ndarray) -> pd.api.extensions.ExtensionArray:
    """A nullable pandas array: Int64 or Float64 by the values' type, NA where not known."""
    if values.dtype.kind == "f":
        return pd.arrays.FloatingArray(np.where(known, values, 0.0), ~known)
    return pd.arrays.IntegerArray(np.where(known, values, 0).astype(np.int64), ~known)
