"""Price history of markets from before our own observations, and across the times without one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from psycopg import Connection

from smartmoney.store.sql import Statements

SQL = Statements(__file__)


def history_due(connection: Connection[Any], again_days: int, limit: int) -> dict[str, str]:
    """First token by condition id of markets whose price history is due: watched ones, then those smart money is in.

    Args:
        connection: as `sm_ingest`.
        again_days: an open market is asked for again after so many days, so that what was missed while nobody looked is
            filled in.
        limit: most markets.
    """
    return dict(SQL.run(connection, "due", days=again_days, limit=limit).fetchall())


def save_history(
    connection: Connection[Any], condition_id: str, seconds: Sequence[int], picos: Sequence[int]
) -> int:
    """Add prices of the first outcome (1e-12 USD per share, at Unix seconds); returns how many were new."""
    given = {"condition_id": condition_id, "seconds": list(seconds), "picos": list(picos)}
    return SQL.run(connection, "save", **given).rowcount


def note_history(connection: Connection[Any], condition_id: str) -> None:
    """Note that a market's history was asked for."""
    SQL.run(connection, "note", condition_id=condition_id)
