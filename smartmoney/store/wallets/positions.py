"""Positions as the API shows them: the current one for fast reads, and a snapshot whenever it changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from psycopg import Connection

from smartmoney.polymarket.types import PositionRecord
from smartmoney.store.bulk import Bulk
from smartmoney.store.ids import outcome_ids, trader_ids
from smartmoney.store.numeric import price
from smartmoney.store.sql import Statements
from smartmoney.store.wallets.fills import Saved

SQL = Statements(__file__)
KEY = ("trader_id", "outcome_id")


def save_positions(
    connection: Connection[Any], rows: Sequence[PositionRecord], fetched_at: datetime
) -> Saved:
    """Store positions as seen at `fetched_at`, with a snapshot of those that changed since they were seen last.

    Of two rows of the same token the larger one counts.
    """
    if not rows:
        return Saved()
    markets, tokens = outcome_ids(connection, [row.market for row in rows])
    traders = trader_ids(connection, [row.address for row in rows])
    values: dict[tuple[int, int], dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: row.shares_micro):
        key = traders[row.address], tokens[str(row.market.token_id)]
        values[key] = {
            **dict(zip(KEY, key, strict=True)),
            "market_id": markets[row.market.condition_id],
            **_values(row),
            "fetched_at": fetched_at,
            "absent_since": None,
        }
    stated = orjson.dumps(list(values.values()), default=str).decode()
    SQL.run(connection, "snapshot", rows=stated)
    written = Bulk(connection).upsert("position", KEY, list(values.values()))
    new = sum(fresh for (fresh,) in written)
    return Saved(new, len(written) - new)


def _values(row: PositionRecord) -> dict[str, Any]:
    last = row.last_event_ts
    return {
        "status": row.status,
        "shares_micro": row.shares_micro,
        "avg_price": price(row.avg_price_pico),
        "total_bought_micro": row.total_bought_micro,
        "current_price": price(row.current_price_pico),
        "value_micro": row.value_micro,
        "realized_micro": row.realized_micro,
        "unrealized_micro": row.unrealized_micro,
        "last_event_at": None if last is None else datetime.fromtimestamp(last, UTC),
    }


def mark_absent(
    connection: Connection[Any], address: str, token_ids: Sequence[str], at: datetime
) -> int:
    """Note that these positions of the wallet are not shown any more; nothing is deleted or zeroed.

    Returns how many are absent now.
    """
    absent = {"address": address, "tokens": list(token_ids), "at": at}
    return SQL.run(connection, "mark_absent", **absent).rowcount


def unseen_positions(
    connection: Connection[Any], address: str, seen_token_ids: Sequence[str]
) -> list[str]:
    """The tokens of the wallet's positions that are stored as held, and not among those seen now; combos apart."""
    rows = SQL.run(connection, "unseen", address=address, tokens=list(seen_token_ids))
    return sorted(row[0] for row in rows)
