"""Groups of questions that exclude each other, by their negRiskMarketID: conversions name them and no market."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from psycopg import Connection

from smartmoney.store.sql import Statements

SQL = Statements(__file__)


def group_ids(connection: Connection[Any], groups: Iterable[str]) -> dict[str, int]:
    """Id per negRiskMarketID; unknown ones are added."""
    wanted = sorted(set(groups))
    if not wanted:
        return {}
    SQL.run(connection, "add", groups=wanted)
    return dict(SQL.run(connection, "ids", groups=wanted).fetchall())


def groups_to_complete(
    connection: Connection[Any], again_s: float, limit: int
) -> list[tuple[str, str | None]]:
    """Groups whose event is to be asked for whole: (negRiskMarketID, gamma id of the event where it is known).

    Once after the event closed; until then every `again_s` seconds, because questions are added.
    """
    return SQL.run(connection, "to_complete", again=again_s, limit=limit).fetchall()


def note_whole(connection: Connection[Any], groups: Sequence[str]) -> None:
    """Every market of these groups was asked for."""
    SQL.run(connection, "note_whole", groups=list(groups))
