"""One row per run of a job: its parameters, what was read, what was written, and how it ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from smartmoney.store.db import Store
from smartmoney.store.sql import Statements

SQL = Statements(__file__)
LONGEST_ERROR = 4_000


def begin(store: Store, job: str, asked: dict[str, Any]) -> int:
    """Note that a run began; returns its id."""
    with store.raw() as connection:
        return int(SQL.value(connection, "begin", job=job, asked=Jsonb(asked)))


def end(
    store: Store,
    run_id: int,
    status: str,
    came: dict[str, Any] | None = None,
    changed: dict[str, Any] | None = None,
    error: str | None = None,
) -> None:
    """Note how a run ended."""
    with store.raw() as connection:
        SQL.run(
            connection,
            "end",
            run_id=run_id,
            status=status,
            came=Jsonb(came or {}),
            changed=Jsonb(changed or {}),
            error=error[:LONGEST_ERROR] if error else None,
        )


def attach(store: Store, run_id: int, flow_run_id: str | None, report: str | None) -> None:
    """Link a run with its Prefect run and its executed notebook."""
    with store.raw() as connection:
        SQL.run(connection, "attach", run_id=run_id, flow_run_id=flow_run_id, report=report)


def close_orphans(store: Store, job: str) -> int:
    """Mark runs of `job` that never ended as crashed. Call it while holding the job's lock: nobody else runs it."""
    with store.raw() as connection:
        return SQL.run(connection, "close_orphans", job=job).rowcount


def newest_open(store: Store, job: str, since: datetime) -> int | None:
    """Id of the newest run of `job` that began at `since` or later and has not ended."""
    with store.raw() as connection:
        found = SQL.value(connection, "newest_open", job=job, since=since)
    return None if found is None else int(found)


def ever_done(store: Store, job: str) -> bool:
    """Has `job` ever run to its end?"""
    with store.raw() as connection:
        return SQL.value(connection, "ever_done", job=job) is not None
