"""Legs of combos."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import Connection

from smartmoney.polymarket.types import ComboRecord


def save_legs(connection: Connection[Any], combos: Sequence[ComboRecord]) -> None:
    """Keep the legs of combos whose markets are stored; what a leg became is refreshed."""
    rows = [(combo.condition_id, leg) for combo in combos for leg in combo.legs]
    columns = [
        [condition for condition, _ in rows],
        *(
            [getattr(leg, name) for _, leg in rows]
            for name in (
                "index",
                "condition_id",
                "token_id",
                "outcome_index",
                "outcome",
                "title",
                "slug",
                "event_slug",
                "event_title",
                "status",
                "resolved_ts",
            )
        ),
    ]
    if rows:
        connection.execute(
            "insert into combo_leg as l (market_id, leg_index, condition_id, token_id, outcome_index, outcome, title, "
            "slug, event_slug, event_title, status, resolved_at) "
            "select distinct on (m.id, x.place) m.id, x.place, x.leg, x.token, x.outcome_index, x.outcome, x.title, "
            "x.slug, x.event_slug, x.event_title, x.status, to_timestamp(x.resolved) from unnest(%s::text[], %s::int[], "
            "%s::text[], %s::text[], %s::int[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], "
            "%s::float8[]) as x(condition, place, leg, token, outcome_index, outcome, title, slug, event_slug, "
            "event_title, status, resolved) join market m on m.condition_id = x.condition order by m.id, x.place "
            "on conflict (market_id, leg_index) do update set status = excluded.status, "
            "resolved_at = coalesce(excluded.resolved_at, l.resolved_at)",
            columns,
        )
