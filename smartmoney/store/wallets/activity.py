"""Activity besides fills: splits, merges, redemptions, conversions, income and transfers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from psycopg import Connection

from smartmoney.polymarket.types import ActivityRecord
from smartmoney.store.ids import outcome_ids, trader_ids
from smartmoney.store.markets.groups import group_ids
from smartmoney.store.sql import Statements
from smartmoney.store.wallets.fills import Saved
from smartmoney.store.wallets.identity import (
    Occurrences,
    activity_identity,
    digest,
    hash_bytes,
)

SQL = Statements(__file__)


def save_activity(
    connection: Connection[Any], rows: Sequence[ActivityRecord], occurrences: Occurrences
) -> Saved:
    """Store one page of activity in the transaction of the connection."""
    if not rows:
        return Saved()
    markets, tokens = outcome_ids(connection, [row.market for row in rows if row.market])
    traders = trader_ids(connection, [row.address for row in rows])
    groups = group_ids(connection, [row.group for row in rows if row.group])
    values = []
    for row in rows:
        identity, market = activity_identity(row), row.market
        number = occurrences.number(identity, row.ts)
        values.append(
            {
                "ts": datetime.fromtimestamp(row.ts, UTC),
                "key": digest(identity, number),
                "kind": row.kind,
                "size_micro": row.size_micro,
                "cash_micro": row.cash_micro,
                "trader_id": traders[row.address],
                "market_id": markets[market.condition_id] if market else None,
                "outcome_id": tokens[market.token_id] if market and market.token_id else None,
                "occurrence": number,
                "tx_hash": f"\\x{hash_bytes(row.tx_hash).hex()}",
                "raw_kind": row.raw_kind,
                "group_id": groups[row.group] if row.group else None,
            }
        )
    new = int(SQL.value(connection, "save", rows=orjson.dumps(values).decode()))
    return Saved(new, len(rows) - new)
