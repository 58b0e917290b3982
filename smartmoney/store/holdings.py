"""Positions as the API shows them: the current one for fast reads, and a snapshot whenever it changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg import Connection

from smartmoney.polymarket.types import PositionRecord
from smartmoney.store import dims
from smartmoney.store.catalog import price
from smartmoney.store.load import Saved

STAGE = """create temporary table if not exists stage_position (
    trader_id integer, outcome_id integer, market_id integer, status text, shares_micro bigint, avg_price numeric,
    total_bought_micro bigint, current_price numeric, value_micro bigint, realized_micro bigint,
    unrealized_micro bigint, last_event_at timestamptz, fetched_at timestamptz
) on commit delete rows"""
SNAPSHOT = """insert into position_snapshot (ts, trader_id, outcome_id, market_id, shares_micro, avg_price, pnl_est_micro)
select s.fetched_at, s.trader_id, s.outcome_id, s.market_id, s.shares_micro, s.avg_price,
       coalesce(s.realized_micro, 0) + coalesce(s.unrealized_micro, 0)
from stage_position s left join position p using (trader_id, outcome_id)
where p.trader_id is null or p.shares_micro <> s.shares_micro or p.avg_price is distinct from s.avg_price
      or p.status <> s.status
on conflict do nothing"""
UPSERT = """insert into position (trader_id, outcome_id, market_id, status, shares_micro, avg_price, total_bought_micro,
    current_price, value_micro, realized_micro, unrealized_micro, last_event_at, fetched_at)
select distinct on (trader_id, outcome_id) * from stage_position order by trader_id, outcome_id, shares_micro desc
on conflict (trader_id, outcome_id) do update set status = excluded.status, shares_micro = excluded.shares_micro,
    avg_price = excluded.avg_price, total_bought_micro = excluded.total_bought_micro,
    current_price = excluded.current_price, value_micro = excluded.value_micro,
    realized_micro = excluded.realized_micro, unrealized_micro = excluded.unrealized_micro,
    last_event_at = excluded.last_event_at, fetched_at = excluded.fetched_at, absent_since = null
returning (xmax = 0)"""


def save_positions(
    connection: Connection[Any], rows: Sequence[PositionRecord], fetched_at: datetime
) -> Saved:
    """Store positions as seen at `fetched_at`, with a snapshot of those that changed since the last look."""
    if not rows:
        return Saved()
    markets, tokens = dims.outcome_ids(connection, [row.market for row in rows])
    traders = dims.trader_ids(connection, [row.address for row in rows])
    connection.execute(STAGE)
    with connection.cursor() as cursor:
        with cursor.copy("copy stage_position from stdin") as copy:
            for row in rows:
                last = (
                    None
                    if row.last_event_ts is None
                    else datetime.fromtimestamp(row.last_event_ts, fetched_at.tzinfo)
                )
                copy.write_row(
                    [
                        traders[row.address],
                        tokens[str(row.market.token_id)],
                        markets[row.market.condition_id],
                        row.status,
                        row.shares_micro,
                        price(row.avg_price_pico),
                        row.total_bought_micro,
                        price(row.current_price_pico),
                        row.value_micro,
                        row.realized_micro,
                        row.unrealized_micro,
                        last,
                        fetched_at,
                    ]
                )
        cursor.execute(SNAPSHOT)
        cursor.execute(UPSERT)
        inserted = [row[0] for row in cursor.fetchall()]
        cursor.execute("truncate stage_position")
    return Saved(sum(inserted), len(inserted) - sum(inserted))


def mark_absent(
    connection: Connection[Any], address: str, token_ids: Sequence[str], at: datetime
) -> int:
    """Note that these positions of the wallet are not shown any more; nothing is deleted or zeroed.

    Returns how many are absent now.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "update position p set absent_since = coalesce(p.absent_since, %s) from trader t, outcome o "
            "where t.address = %s and p.trader_id = t.id and o.id = p.outcome_id and p.status <> 'CLOSED' "
            "and o.token_id = any(%s)",
            [at, address, list(token_ids)],
        )
        return cursor.rowcount


def open_count(connection: Connection[Any], address: str) -> int:
    """How many positions of the wallet are stored as not closed and not absent."""
    row = connection.execute(
        "select count(*) from position p join trader t on t.id = p.trader_id where t.address = %s "
        "and p.status <> 'CLOSED' and p.absent_since is null",
        [address],
    ).fetchone()
    return int(row[0]) if row else 0
