"""What wallets held at a past moment, for analysts: the ledger replayed from the activity up to it."""

from __future__ import annotations

import warnings
from datetime import datetime
from typing import cast

import numpy as np
import pandas as pd

from smartmoney.books.catalog import Catalog, load_catalog
from smartmoney.books.history import load_activity
from smartmoney.errors import ParameterError
from smartmoney.ledger import Activity, replay
from smartmoney.store.db import Store
from smartmoney.store.frame_filters import SEPARATOR
from smartmoney.store.frame_tables import PAST
from smartmoney.store.frames import (
    check_limit,
    empty,
    nothing,
    past_outcomes,
    past_wallets,
    patient,
)
from smartmoney.units import MICRO


def load_past(store: Store, limit: int | None = None, **filters: object) -> pd.DataFrame:
    """Positions at a past moment, by wallet and market; columns and dtypes of `smartmoney.store.frame_tables.PAST`.

    Args:
        store: read-only.
        limit: most rows; None for all.
        filters: the arguments of `smartmoney.positions` by name, `as_of` among them; None where not asked for.

    Raises:
        ParameterError: a filter has a value it cannot take.
        StoreUnavailable: the database does not answer.
    """
    check_limit(limit)
    bound = PAST.read(filters)
    if "as_of" not in bound:
        raise ParameterError(
            "as_of is missing: the moment at which the positions were held.", "as_of"
        )
    wallets = past_wallets(store, bound)
    frame = _held(patient(store), wallets, bound, everybody=not {"address", "tier"} & set(bound))
    notes = nothing(store, PAST, bound) if frame.empty else []
    if limit is not None and len(frame) > limit:
        frame = frame.head(limit)
        notes.append(
            f"only the first {limit:,} rows; narrow it by a filter, or ask for all with limit=None."
        )
    for note in notes:
        warnings.warn(f"positions: {note}", stacklevel=3)  # where `smartmoney.positions` was called
    if frame.empty:
        return empty(PAST.columns)
    return frame.astype({key: column.dtype for key, column in PAST.columns.items()})


def _held(
    store: Store, wallets: pd.DataFrame, bound: dict[str, object], *, everybody: bool
) -> pd.DataFrame:
    """Shares held then, with what was known of their outcomes."""
    if wallets.empty:
        return pd.DataFrame(columns=list(PAST.columns))
    catalog = load_catalog(store)
    traders = None if everybody else sorted(wallets["id"])
    activity = load_activity(store, catalog, traders)
    moment = cast(datetime, bound["as_of"])
    second = int(moment.timestamp())
    held = _positions(activity.take(activity.ts <= second), catalog)
    outcomes = past_outcomes(store, held["outcome_id"].unique().tolist(), bound)
    frame = held.merge(outcomes, left_on="outcome_id", right_on="id").merge(
        wallets, left_on="trader_id", right_on="id"
    )
    frame["status"] = np.where(frame["resolved"].fillna(False).astype(bool), "REDEEMABLE", "OPEN")
    if "status" in bound:
        frame = frame[frame["status"].isin(str(bound["status"]).split(SEPARATOR))]
    frame["value"] = frame["shares"] * frame["current_price"]
    frame["unrealized_pnl"] = frame["value"] - frame["shares"] * frame["avg_price"]
    frame = frame.sort_values(["trader_id", "outcome_id"], kind="stable")
    return frame[list(PAST.columns)].reset_index(drop=True)


def _positions(activity: Activity, catalog: Catalog) -> pd.DataFrame:
    """What is held after some activity: trader_id, outcome_id, shares, avg_price, realized_pnl; unnamed outcomes are left out."""
    book = replay(activity, catalog.markets).positions
    outcome = catalog.outcome_ids[book.outcome]
    rows = np.flatnonzero((book["shares_micro"] > 0) & (outcome >= 0))
    shares = book["shares_micro"][rows] / MICRO
    return pd.DataFrame(
        {
            "trader_id": book.trader[rows],
            "outcome_id": outcome[rows],
            "shares": shares,
            "avg_price": book["cost_micro"][rows] / MICRO / shares,
            "realized_pnl": book["realized_micro"][rows] / MICRO,
        }
    )
