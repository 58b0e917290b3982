"""What the edge by category is computed from, and where it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
from psycopg import Connection

from smartmoney.store.bulk import Bulk
from smartmoney.store.db import Store
from smartmoney.store.sql import Statements

SQL = Statements(__file__)
WALLETS_AT_ONCE = 2_000
"""Ids in a slice of wallets: some have thousands of events."""


def counted_events(
    store: Store, excluded: str, wallets_at_once: int = WALLETS_AT_ONCE
) -> Iterator[pd.DataFrame]:
    """The events that count for skill, in slices of whole wallets.

    Columns trader_id int32; category string, None where no tag names one; entry_price, surprise, information float64.

    Args:
        store: any role.
        excluded: category that counts for no skill.
        wallets_at_once: ids per slice.
    """
    last = SQL.fetch(store, "last_wallet")[0]["trader_id"]
    for after in range(0, last, wallets_at_once):
        yield SQL.arrow(
            store, "counted_events", after=after, up_to=after + wallets_at_once, excluded=excluded
        ).to_pandas()


def save_skill(connection: Connection[Any], rows: pd.DataFrame) -> int:
    """Put these in the place of all there were; returns how many.

    Args:
        connection: as `sm_ingest`.
        rows: columns trader_id, category, skill_events, skill_edge, skill_lo, skill_hi, skill_prob, q_value (missing where
            withheld) and good.
    """
    SQL.run(connection, "clear")
    Bulk(connection).append_frame("trader_category", rows)
    return len(rows)
