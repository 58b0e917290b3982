"""The request budget all processes of an installation share: one row per limit in Postgres."""

from __future__ import annotations

from collections.abc import Sequence

from smartmoney.polymarket.budget import Limit, Turn
from smartmoney.store.db import Store, async_commit
from smartmoney.store.sql import Statements

SQL = Statements(__file__)


class PostgresBudget:
    """A `smartmoney.polymarket.budget.Budget` whose state is shared through the database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def reserve(self, limits: Sequence[Limit]) -> Turn:
        """Take one request under every limit; see `Budget.reserve`.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        with self._store.raw() as connection:
            async_commit(connection)
            rows = SQL.rows(
                connection,
                "reserve",
                names=[limit.name for limit in limits],
                gaps=[limit.gap_s for limit in limits],
                bursts=[limit.burst for limit in limits],
            )
        return Turn(max(rows[0]["wait_s"], 0.0), rows[0]["closed"], rows[0]["reason"] or "")

    def close(self, name: str, seconds: float, reason: str) -> None:
        """Let nothing through under `name` for so long; see `Budget.close`."""
        with self._store.raw() as connection:
            SQL.run(connection, "close", name=name, seconds=seconds, reason=reason[:500])
