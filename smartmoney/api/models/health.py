"""The body of /health."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from smartmoney.api.models.base import Model, said

WHEN = "2026-11-22T14:05:00Z"


class StreamHealth(Model):
    """One job, against its schedule."""

    job: str = said("Name of the job.", "sync_markets")
    freshness: Literal["fresh", "amber", "red", "never", "off"] = said(
        "amber at twice, red at six times the schedule.", "fresh"
    )
    last_success_at: datetime | None = said("Last success.", WHEN)
    lag_seconds: float | None = said("Seconds since then.", 412.0)
    schedule_seconds: float | None = said("Its schedule; null: none.", 600.0)
    next_due: datetime | None = said("When it is due.", WHEN)
    last_status: str | None = said("How its newest run ended.", "done")
    failures_24h: int = said("Failed runs in 24 hours.", 0)
    consequence: str = said("What its lag means; empty while fresh.", "")


class DatabaseHealth(Model):
    """The database."""

    reachable: bool = said("Does it answer?", True)
    server_version: str | None = said("PostgreSQL.", "18.4")
    migration: int | None = said("Newest migration applied.", 3)
    migration_expected: int = said("Newest migration this version knows.", 3)
    bytes: int | None = said("Size.", 812_000_000)
    connections: int | None = said("Open now.", 12)
    max_connections: int | None = said("Most there may be.", 100)


class PrefectHealth(Model):
    """The scheduler."""

    known: bool = said("Is its address known here?", True)
    reachable: bool | None = said("Does it answer? Null: not known.", True)


class DataHealth(Model):
    """What the numbers are valid for."""

    source: str = said("live, simulator or recorded.", "live")
    trades_up_to: datetime | None = said("Newest time up to which trades are complete.", WHEN)
    scores_as_of: datetime | None = said("Validity time of the scores.", WHEN)
    markets_as_of: datetime | None = said("When smart-market statistics were computed.", WHEN)


class Versions(Model):
    """What runs."""

    smartmoney: str = said("This package.", "0.1.0")
    python: str = said("Python.", "3.11.7")
    score_version: str | None = said("Version of the scoring.", "1")


class Health(Model):
    """ok: all well; degraded: read the sentences; down: the database is away or a stream is red."""

    status: Literal["ok", "degraded", "down"] = said("down comes with 503.", "ok")
    checked_at: datetime = said("When this was looked at; kept for a second.", WHEN)
    sentences: list[str] = said(
        "Plain consequences, worst first.",
        ["Trades are complete up to 14:05 UTC; scores use trades up to 13:58 UTC."],
    )
    database: DatabaseHealth
    prefect: PrefectHealth
    streams: list[StreamHealth]
    data: DataHealth
    versions: Versions
