"""The runs of scoring and of what checks it: scores, validations of the scores, proofs of the lean."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from smartmoney.store.db import PostgresConnection, Store
from smartmoney.store.sql import Row, Statements

SQL = Statements(__file__)
MOST_RUNS = 200


def _size(size: int) -> int:
    return min(max(size, 1), MOST_RUNS)


def score_runs(store: Store, size: int = 10) -> list[Row]:
    """The newest scoring runs with the parameters they used."""
    return SQL.fetch(store, "score_runs", size=_size(size))


def validation_runs(store: Store, size: int = 24) -> list[Row]:
    """The newest validation runs, newest first; `result` as the job wrote it."""
    return SQL.fetch(store, "validation_runs", size=_size(size))


def lean_proofs(store: Store, size: int = 12) -> list[Row]:
    """The newest proofs of the lean, newest first; `result` as `smartmoney.market_stats.LeanProof.to_dict` gives it."""
    return SQL.fetch(store, "lean_proofs", size=_size(size))


def last_run(connection: PostgresConnection[Any]) -> tuple[datetime, str] | None:
    """When the newest scoring run was stored, and its version."""
    row = SQL.run(connection, "last_run").fetchone()
    return (row[0], row[1]) if row else None


def save_validation(
    connection: PostgresConnection[Any],
    as_of: datetime,
    version: str,
    verdict: str,
    result: dict[str, Any],
) -> None:
    """Keep a validation with its verdict."""
    SQL.run(
        connection,
        "save_validation",
        as_of=as_of,
        version=version,
        verdict=verdict,
        result=Jsonb(result),
    )


def save_proof(
    connection: PostgresConnection[Any], as_of: datetime, verdict: str, result: dict[str, Any]
) -> None:
    """Append one proof of the lean."""
    SQL.run(connection, "save_proof", as_of=as_of, verdict=verdict, result=Jsonb(result))
