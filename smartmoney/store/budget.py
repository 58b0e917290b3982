"""The request budget all processes of an installation share: one row per limit in Postgres."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text

from smartmoney.polymarket.budget import Limit, Turn
from smartmoney.store.db import Store

RESERVE = text(
    "select wait_s, closed, reason from reserve_budget(cast(:names as text[]), "
    "cast(:gaps as double precision[]), cast(:bursts as integer[]))"
)
CLOSE = text("select close_budget(:name, :seconds, :reason)")


class PostgresBudget:
    """A `smartmoney.polymarket.budget.Budget` whose state is shared through the database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def reserve(self, limits: Sequence[Limit]) -> Turn:
        """Take one request under every limit; see `Budget.reserve`.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        with self._store.transaction() as connection:
            connection.execute(text("set local synchronous_commit = off"))
            row = connection.execute(
                RESERVE,
                {
                    "names": [limit.name for limit in limits],
                    "gaps": [limit.gap_s for limit in limits],
                    "bursts": [limit.burst for limit in limits],
                },
            ).one()
        return Turn(max(row.wait_s, 0.0), row.closed, row.reason or "")

    def close(self, name: str, seconds: float, reason: str) -> None:
        """Let nothing through under `name` for so long; see `Budget.close`."""
        with self._store.transaction() as connection:
            connection.execute(CLOSE, {"name": name, "seconds": seconds, "reason": reason[:500]})
