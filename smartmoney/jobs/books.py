"""What the ledger found, as the rows pages and analysts read: positions, events and days per wallet."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd

from smartmoney.ledger import Ledger, reconcile
from smartmoney.scoring import Partition, event_results
from smartmoney.store.columns import ApiLook, Catalog

DAY_SECONDS = 86_400
TRADES_AFTER_LOOK_S = 60


def _times(seconds: np.ndarray) -> pd.Series:
    """Unix seconds as UTC times; negative ones are missing."""
    return pd.to_datetime(pd.Series(seconds, dtype="Int64").where(lambda s: s >= 0), unit="s", utc=True)


def position_rows(ledger: Ledger, catalog: Catalog) -> pd.DataFrame:
    """Rows of `ledger_position`; outcomes the API never named are left out."""
    held, settled = ledger.state.positions, ledger.settlement
    frame = pd.DataFrame(
        {
            "trader_id": held.trader,
            "outcome_id": catalog.outcome_ids[held.outcome],
            "market_id": catalog.market_ids[catalog.markets.outcome_market[held.outcome]],
            "shares_micro": held["shares_micro"],
            "cost_micro": held["cost_micro"],
            "realized_micro": settled.realized_micro,
            "bought_micro": held["bought_shares_micro"],
            "bought_cost_micro": held["bought_cost_micro"],
            "fills": held["n_fills"],
            "first_ts": _times(held["first_ts"]),
            "last_ts": _times(held["last_ts"]),
            "settled": settled.settled,
        }
    )
    return frame[frame["outcome_id"] >= 0]


def event_rows(part: Partition, catalog: Catalog) -> pd.DataFrame:
    """Rows of `trader_event`; markets without an event are left out."""
    found = event_results(part, catalog.markets)
    frame = found.rename(columns={"trader": "trader_id", "event": "event_id"}).assign(
        first_entry_at=_times(found["first_entry_ts"]), decided_at=_times(found["decided_at"].fillna(-1))
    )
    return frame[frame["event_id"] <= catalog.last_event]


def day_rows(ledger: Ledger, as_of: datetime) -> pd.DataFrame:
    """Rows of `trader_daily`: what each day booked, and the total so far; today's total includes what is open."""
    days = ledger.days
    frame = pd.DataFrame(
        {
            "trader_id": days.trader,
            "day": days.day,
            "realized_micro": days["realized_micro"],
            "volume_micro": days["volume_micro"],
            "fills": days["n_trades"],
        }
    )
    today = int(as_of.timestamp()) // DAY_SECONDS
    missing = np.setdiff1d(ledger.traders.trader, frame.loc[frame["day"] == today, "trader_id"])
    frame = pd.concat(
        [
            frame,
            pd.DataFrame(
                {"trader_id": missing, "day": today, "realized_micro": 0, "volume_micro": 0, "fills": 0}
            ),
        ]
    ).sort_values(["trader_id", "day"], kind="stable")
    frame["total_micro"] = frame.groupby("trader_id")["realized_micro"].cumsum()
    open_now = pd.Series(ledger.traders.unrealized_micro, index=ledger.traders.trader)
    last = frame["day"] == today
    frame.loc[last, "total_micro"] += frame.loc[last, "trader_id"].map(open_now).to_numpy()
    frame["day"] = pd.to_datetime(frame["day"], unit="D").dt.date
    return frame


def coverage(ledger: Ledger, traders: list[int], looks: dict[int, ApiLook]) -> pd.DataFrame:
    """How each wallet's book agrees with the platform: columns trader_id, coverage, coverage_reason."""
    last = dict(
        zip(ledger.state.accounts.trader.tolist(), ledger.state.accounts["last_ts"].tolist(), strict=True)
    )
    rows = []
    for trader in traders:
        look = looks.get(trader)
        stale = look is not None and last.get(trader, -1) > look.looked_at - TRADES_AFTER_LOOK_S
        verdict = reconcile(ledger, trader, None if look is None or stale else look.positions)
        reason = (
            "The wallet traded after its positions were fetched; checked at the next look."
            if stale and verdict.status == "unchecked"
            else verdict.reason
        )
        rows.append((trader, verdict.status, reason))
    return pd.DataFrame(rows, columns=["trader_id", "coverage", "coverage_reason"])


def moment(seconds: int) -> datetime:
    """Unix seconds as a time."""
    return datetime.fromtimestamp(seconds, UTC)
