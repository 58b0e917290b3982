"""Groups of questions that exclude each other, by their negRiskMarketID: conversions name them and no market."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from psycopg import Connection


def group_ids(connection: Connection[Any], groups: Iterable[str]) -> dict[str, int]:
    """Id per negRiskMarketID; unknown ones are added."""
    wanted = sorted(set(groups))
    if not wanted:
        return {}
    connection.execute(
        "insert into neg_risk_group (neg_risk_market_id) select unnest(%s::text[]) on conflict do nothing",
        [wanted],
    )
    rows = connection.execute(
        "select neg_risk_market_id, id from neg_risk_group where neg_risk_market_id = any(%s)",
        [wanted],
    )
    return dict(rows.fetchall())


def groups_to_complete(
    connection: Connection[Any], again_s: float, limit: int
) -> list[tuple[str, str | None]]:
    """Groups whose event is to be asked for whole: (negRiskMarketID, gamma id of the event where it is known).

    Once after the event closed; until then every `again_s` seconds, because questions are added.
    """
    return connection.execute(
        "select g.neg_risk_market_id, e.gamma_id from neg_risk_group g left join lateral ("
        "select gamma_id, closed, updated_at from event where neg_risk_market_id = g.neg_risk_market_id "
        "order by id limit 1) as e on true "
        "where g.whole_at is null or (not coalesce(e.closed, false) and g.whole_at < now() - make_interval(secs => %s)) "
        "or (e.closed and g.whole_at < e.updated_at and g.whole_at < now() - make_interval(secs => %s)) "
        "order by g.whole_at nulls first, g.id limit %s",
        [again_s, again_s, limit],
    ).fetchall()


def note_whole(connection: Connection[Any], groups: Sequence[str]) -> None:
    """Every market of these groups was asked for."""
    connection.execute(
        "update neg_risk_group set whole_at = now() where neg_risk_market_id = any(%s)",
        [list(groups)],
    )
