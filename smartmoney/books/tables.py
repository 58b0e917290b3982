"""What the ledger found, as the rows pages and analysts read: positions, events and days per wallet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np
import pandas as pd
import pyarrow as pa

from smartmoney.books.catalog import Catalog
from smartmoney.books.platform import Snapshot
from smartmoney.ledger import Ledger, Reconciliation, reconcile
from smartmoney.ledger.columns import BoolArray
from smartmoney.metrics.surprise import SCORED
from smartmoney.scoring.partitions import Partition
from smartmoney.scoring.score import Scores
from smartmoney.store.arrow import times
from smartmoney.units import DAY_SECONDS, MICRO

TRADES_AFTER_S = 60


def position_rows(ledger: Ledger, catalog: Catalog, wanted: BoolArray) -> pa.Table:
    """Rows of `ledger_position` for the positions wanted; outcomes the API never named are left out."""
    rows = np.flatnonzero(wanted & (catalog.outcome_ids[ledger.state.positions.outcome] >= 0))
    held, settled = ledger.state.positions.take(rows), ledger.settlement.take(rows)
    return pa.table(
        {
            "trader_id": held.trader,
            "outcome_id": catalog.outcome_ids[held.outcome],
            "market_id": catalog.market_ids[catalog.markets.outcome_market[held.outcome]],
            "shares_micro": held["shares_micro"],
            "cost_micro": held["cost_micro"],
            "realized_micro": settled.realized_micro,
            "bought_micro": held["bought_shares_micro"],
            "bought_cost_micro": held["bought_cost_micro"],
            "fills": held["n_fills"].astype(np.int32),
            "first_ts": times(held["first_ts"]),
            "last_ts": times(held["last_ts"]),
            "settled": settled.settled,
        }
    )


def event_rows(part: Partition, catalog: Catalog, wanted: BoolArray) -> pa.Table:
    """Rows of `trader_event` for the events wanted; markets without an event are left out."""
    assert part.ledger is not None and part.surprises is not None, (
        "compute_partition(keep_book=True)"
    )
    rows = np.flatnonzero(wanted & (part.ledger.events.event <= catalog.last_event))
    events, found = part.ledger.events.take(rows), part.surprises.take(rows)
    names = pa.array([name or None for name in catalog.markets.categories], pa.string())
    counts = found.status == SCORED
    return pa.table(
        {
            "trader_id": events.trader,
            "event_id": events.event,
            "category": names.take(pa.array(events.category)),
            "first_entry_at": times(events.first_ts),
            "decided_at": times(np.where(events.decided, events.decided_at, -1)),
            "pnl_micro": events.pnl_micro,
            "invested_micro": events.invested_micro,
        }
        | {
            name: pa.array(getattr(found, name), mask=~counts)
            for name in ("entry_price", "surprise", "information", "payoff_range")
        }
    )


def day_rows(ledger: Ledger, as_of: datetime) -> pa.Table:
    """Rows of `trader_days`: what each day booked, and the total so far; today's total includes what is open.

    Args:
        ledger: the closed book.
        as_of: the last day there is.
    """
    traders, today = ledger.traders.trader, int(as_of.timestamp()) // DAY_SECONDS
    days = ledger.days
    missing = np.setdiff1d(traders, days.trader[days.day == today])
    blank = type(days)(
        missing,
        np.full_like(missing, today),
        np.zeros((len(missing), days.values.shape[1]), np.int64),
    )
    days = type(days).concat([days, blank])
    row = np.searchsorted(traders, days.trader)
    total = np.cumsum(days["realized_micro"])
    bounds = np.searchsorted(days.trader, np.append(traders, np.iinfo(np.int32).max)).astype(
        np.int32
    )
    before = np.concatenate([[0], total])[bounds[:-1]]
    total = (
        total - before[row] + np.where(days.day == today, ledger.traders.unrealized_micro[row], 0)
    )
    columns = {
        "day": pa.array(days.day.astype(np.int32), pa.int32()).cast(pa.date32()),
        "realized_micro": pa.array(days["realized_micro"]),
        "total_micro": pa.array(total),
        "volume_micro": pa.array(days["volume_micro"]),
        "fills": pa.array(days["n_trades"].astype(np.int32)),
    }
    arrays = {name: pa.ListArray.from_arrays(bounds, values) for name, values in columns.items()}
    return pa.table({"trader_id": traders, **arrays})


def coverage(
    ledger: Ledger,
    traders: list[int],
    snapshots: Mapping[int, Snapshot],
    titles: Mapping[int, str],
) -> dict[int, Reconciliation]:
    """How the book of each wallet agrees with the platform.

    Args:
        ledger: the closed book.
        traders: wallets to judge.
        snapshots: what the platform shows of them.
        titles: title per event, at least of those in which something is open.
    """
    accounts = ledger.state.accounts
    last = dict(zip(accounts.trader.tolist(), accounts["last_ts"].tolist(), strict=True))
    found: dict[int, Reconciliation] = {}
    for trader in traders:
        seen = snapshots.get(trader)
        stale = seen is not None and last.get(trader, -1) > seen.taken_at - TRADES_AFTER_S
        api = None if seen is None or stale else seen.positions
        verdict = reconcile(ledger, trader, api, titles=titles)
        if stale and verdict.status == "unchecked":
            text = "The wallet traded after its positions were fetched; checked at the next fetch."
            verdict = replace(verdict, reason=text)
        found[trader] = verdict
    return found


def score_rows(found: Scores, wallets: pd.DataFrame, categories: Sequence[str]) -> pd.DataFrame:
    """The columns of table `trader` that a score fills.

    Args:
        found: of all wallets.
        wallets: as `combine` was given them, with coverage and coverage_reason.
        categories: names, which `best_category` numbers.
    """
    frame = found.frame.rename(columns={"trader": "trader_id"}).copy()
    for name in ("realized_pnl", "unrealized_pnl", "total_pnl", "max_drawdown_usd", "volume"):
        frame[name] = (frame[f"{name}_micro"].astype("Float64") / MICRO).round(6)
    frame["event_count"] = frame["skill_events"]
    names = np.array([*categories, None], dtype=object)
    frame["best_category"] = names[frame["best_category"].fillna(-1).astype(int)]
    frame["flags"] = frame["flags"].map(list)
    frame["reasons"] = frame["reasons"].map(list)
    frame["coverage"] = wallets["coverage"].to_numpy()
    frame["coverage_reason"] = wallets["coverage_reason"].to_numpy()
    return frame
