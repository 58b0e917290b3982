"""Skill against luck on this database: the walk forward, and how many records luck alone would make."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtr

from smartmoney.books.catalog import load_catalog
from smartmoney.books.history import load_activity
from smartmoney.scoring.panel import month_ends, walk_forward
from smartmoney.scoring.validation import Validation, validate
from smartmoney.store.db import Store, read_store
from smartmoney.store.frames import patient
from smartmoney.store.scores import dirty

MIN_EVENTS = 10


def luck_test(results: pd.DataFrame, min_events: int = MIN_EVENTS) -> pd.DataFrame:
    """Each wallet's record against luck: index address; columns events, z, p (one-sided), the best first.

    z = sum of surprise / sqrt(sum of information) is standard normal for a wallet that pays fair prices (scoring.md,
    section 3). Wallets with fewer decided events are left out.
    """
    decided = results.dropna(subset=["surprise", "information"])
    sums = decided.groupby("address").agg(
        events=("event_id", "size"),
        surprise=("surprise", "sum"),
        information=("information", "sum"),
    )
    sums = sums[(sums["events"] >= min_events) & (sums["information"] > 0)]
    z = sums["surprise"] / np.sqrt(sums["information"])
    return pd.DataFrame({"events": sums["events"], "z": z, "p": ndtr(-z.to_numpy())}).sort_values(
        "z", ascending=False
    )


def validation(
    horizon_days: int = 90, permutations: int = 200, store: Store | None = None
) -> Validation | None:
    """The walk-forward validation computed here and now, writing nothing; None on a database without activity.

    The same as the job `validate_scores`, which also keeps its result for the Validation page.
    """
    reader = patient(store or read_store())
    catalog = load_catalog(reader)
    activity = load_activity(reader, catalog)
    if not len(activity):
        return None
    with reader.raw() as connection:
        wallets = dirty.wallets(connection)[["trader", "address"]]
    panel = walk_forward(
        activity,
        catalog.markets,
        wallets,
        month_ends(int(activity.ts.min()), int(activity.ts.max())),
        horizon_days=horizon_days,
    )
    return validate(panel, horizon_days=horizon_days, permutations=permutations)
