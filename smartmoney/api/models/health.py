"""The body of /health."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from smartmoney.api.models.base import Model, field

WHEN = "2026-11-22T14:05:00Z"


class StreamHealth(Model):
    """One job, against its schedule."""

    job: str = field("Name of the job.", "sync_markets")
    freshness: Literal["fresh", "amber", "red", "never", "off"] = field(
        "amber at twice, red at six times the schedule.", "fresh"
    )
    last_success_at: datetime | None = field("Last success.", WHEN)
    lag_seconds: float | None = field("Seconds since then.", 412.0)
    schedule_seconds: float | None = field("Its schedule; null: none.", 600.0)
    next_due: datetime | None = field("When it is due.", WHEN)
    last_status: str | None = field("How its newest run ended.", "done")
    failures_24h: int = field("Failed runs in 24 hours.", 0)
    consequence: str = field("What its lag means; empty while fresh.", "")


class DatabaseHealth(Model):
    """The database."""

    reachable: bool = field("Does it answer?", True)
    server_version: str | None = field("PostgreSQL.", "18.4")
    migration: int | None = field("Newest migration applied.", 3)
    migration_expected: int = field("Newest migration this version knows.", 3)
    bytes: int | None = field("Size.", 812_000_000)
    connections: int | None = field("Open now.", 12)
    max_connections: int | None = field("Most there may be.", 100)


class TableHealth(Model):
    """One table."""

    table_name: str = field("Its name.", "trade")
    bytes: int = field("Size with its indexes.", 512_000_000)
    bytes_a_day: float | None = field("Growth; null: not known yet.", 2_400_000.0)


class StorageHealth(Model):
    """Size, growth and the disk."""

    bytes: int = field("Of all tables.", 812_000_000)
    bytes_a_day: float | None = field("Growth over a week; null: not known yet.", 9_600_000.0)
    free_bytes: int | None = field("Room on the disk; null: not known here.", 120_000_000_000)
    days_left: float | None = field("Until the disk is full; null: not known.", 12_500.0)
    needs_days: int = field("Days until growth is known; 0: it is.", 0)
    sentence: str = field(
        "The same in words.", "The tables take 812.0 MB and grow by 9.6 MB a day."
    )
    tables: list[TableHealth]


class ImplausibleFact(Model):
    """Something a run left that is hardly true."""

    kind: str = field("no trades, PnL jump, unsettled or population.", "population")
    key: str = field("What it is about.", "boards")
    sentence: str = field("In words.", "The population shrank.")
    job: str | None = field("The job that did it.", "sync_leaderboard")
    run_id: int | None = field("Its run.", 4_711)
    seen_at: datetime = field("First seen.", WHEN)
    last_seen_at: datetime = field("Last seen.", WHEN)


class PrefectHealth(Model):
    """The scheduler."""

    known: bool = field("Is its address known here?", True)
    reachable: bool | None = field("Does it answer? Null: not known.", True)


class DataHealth(Model):
    """What the numbers are valid for."""

    source: str = field("live, simulator or recorded.", "live")
    trades_up_to: datetime | None = field("Newest time up to which trades are complete.", WHEN)
    scores_as_of: datetime | None = field("Validity time of the scores.", WHEN)
    platform_lag_seconds: int | None = field("How far the platform is behind, by its own word.", 12)
    markets_as_of: datetime | None = field("When smart-market statistics were computed.", WHEN)


class Versions(Model):
    """What runs."""

    smartmoney: str = field("This package.", "0.1.0")
    python: str = field("Python.", "3.11.7")
    score_version: str | None = field("Version of the scoring.", "1")


class Health(Model):
    """ok: all well; degraded: read the sentences; down: the database is away or a stream is red."""

    status: Literal["ok", "degraded", "down"] = field("down comes with 503.", "ok")
    checked_at: datetime = field("When this was looked at; kept for a second.", WHEN)
    sentences: list[str] = field(
        "Plain consequences, worst first.",
        ["Trades are complete up to 14:05 UTC; scores use trades up to 13:58 UTC."],
    )
    database: DatabaseHealth
    storage: StorageHealth | None = field("Null while the database is away.")
    implausible: list[ImplausibleFact]
    prefect: PrefectHealth
    streams: list[StreamHealth]
    data: DataHealth
    versions: Versions
