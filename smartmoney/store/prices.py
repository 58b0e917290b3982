"""Price history of markets from before our first look, and across the times we did not look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import Connection

WANTED = """
select m.condition_id, o.token_id from market m
join outcome o on o.market_id = m.id and o.outcome_index = 0
left join watchlist w on w.market_id = m.id
left join market_smart_current s on s.market_id = m.id
where (w.id is not null or s.smart_count > 0)
  and (m.history_at is null or (m.status = 'OPEN' and m.history_at < now() - make_interval(days => %s)))
order by (w.id is null), (m.history_at is not null), s.smart_score desc nulls last, m.id limit %s"""


def history_wanted(connection: Connection[Any], again_days: int, limit: int) -> dict[str, str]:
    """First token by condition id of markets whose price history is due: watched ones, then those smart money is in.

    Args:
        again_days: an open market is asked for again after so many days, so that what was missed while nobody looked is
            filled in.
        limit: most markets.
    """
    return dict(connection.execute(WANTED, [again_days, limit]).fetchall())


def save_history(
    connection: Connection[Any], condition_id: str, seconds: Sequence[int], picos: Sequence[int]
) -> int:
    """Add prices of the first outcome (1e-12 USD per share, at Unix seconds); returns how many were new."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into market_price (market_id, ts, price, source) "
            "select m.id, to_timestamp(x.second), x.pico / 1e12, 'history' from market m, "
            "unnest(%s::bigint[], %s::numeric[]) as x(second, pico) where m.condition_id = %s on conflict do nothing",
            [list(seconds), list(picos), condition_id],
        )
        return cursor.rowcount


def note_history(connection: Connection[Any], condition_id: str) -> None:
    """Note that a market's history was asked for."""
    connection.execute(
        "update market set history_at = now() where condition_id = %s", [condition_id]
    )
