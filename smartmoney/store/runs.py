"""One row per run of a job: what was asked, what came, what changed, and how it ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from smartmoney.store.db import Store

LONGEST_ERROR = 4_000


def begin(store: Store, job: str, asked: dict[str, Any]) -> int:
    """Note that a run began; returns its id."""
    with store.raw() as connection:
        row = connection.execute(
            "insert into ingestion_run (job, asked) values (%s, %s) returning id",
            [job, Jsonb(asked)],
        ).fetchone()
    assert row is not None
    return int(row[0])


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
        connection.execute(
            "update ingestion_run set ended_at = now(), status = %s, came = %s, changed = %s, error = %s "
            "where id = %s",
            [
                status,
                Jsonb(came or {}),
                Jsonb(changed or {}),
                error[:LONGEST_ERROR] if error else None,
                run_id,
            ],
        )


def attach(store: Store, run_id: int, flow_run_id: str | None, report: str | None) -> None:
    """Link a run with its Prefect run and its executed notebook."""
    with store.raw() as connection:
        connection.execute(
            "update ingestion_run set flow_run_id = coalesce(%s, flow_run_id), "
            "report = coalesce(%s, report) where id = %s",
            [flow_run_id, report, run_id],
        )


def close_orphans(store: Store, job: str) -> int:
    """Mark runs of `job` that never ended as crashed. Call it while holding the job's lock: nobody else runs it."""
    with store.raw() as connection, connection.cursor() as cursor:
        cursor.execute(
            "update ingestion_run set status = 'crashed', ended_at = now(), error = 'the process ended' "
            "where job = %s and status = 'running'",
            [job],
        )
        return cursor.rowcount


def newest_open(store: Store, job: str, since: datetime) -> int | None:
    """Id of the newest run of `job` that began at `since` or later and has not ended."""
    with store.raw() as connection:
        row = connection.execute(
            "select id from ingestion_run where job = %s and status = 'running' "
            "and started_at >= %s order by id desc limit 1",
            [job, since],
        ).fetchone()
    return int(row[0]) if row else None


def ever_done(store: Store, job: str) -> bool:
    """Has `job` ever run to its end?"""
    with store.raw() as connection:
        row = connection.execute(
            "select 1 from ingestion_run where job = %s and status in ('done', 'nothing to do') limit 1",
            [job],
        ).fetchone()
    return row is not None
