"""How fresh everything is, against its schedule, in plain consequences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from smartmoney import registry
from smartmoney.store.db import Store
from smartmoney.store.server import growth
from smartmoney.store.sql import Row, Statements
from smartmoney.store.stamp import stamp
from smartmoney.store.streams import capacity
from smartmoney.store.streams.implausible import open_ones

SQL = Statements(__file__)
Freshness = Literal["fresh", "amber", "red", "never", "off"]
AMBER, RED = 2, 6  # times the schedule
WORST_FIRST: dict[Freshness, int] = {"red": 0, "never": 1, "amber": 2, "fresh": 3, "off": 4}


def freshness(last: datetime | None, schedule_s: float | None, now: datetime) -> Freshness:
    """Amber at twice the schedule, red at six times, never without a success, off without a schedule."""
    if not schedule_s:
        return "off"
    if last is None:
        return "never"
    late = (now - last) / timedelta(seconds=schedule_s)
    return "red" if late >= RED else "amber" if late >= AMBER else "fresh"


def jobs(store: Store, schedules: Mapping[str, float], now: datetime) -> list[Row]:
    """Every job that has a schedule or has run, the worst first.

    Each row is the newest run (see `ingestion_run`) with last_success_at, failed_24h, schedule_s, freshness,
    next_due and the sentence `consequence` ("" while fresh). A job that never ran is fresh while the installation
    is younger than twice its schedule.
    """
    ran = {row["job"]: row for row in SQL.fetch(store, "jobs")}
    began = (SQL.fetch_one(store, "first_run") or {}).get("began")
    rows = []
    for job in dict.fromkeys([*schedules, *ran]):
        never: Row = {"job": job, "status": None, "last_success_at": None, "failed_24h": 0}
        rows.append(
            _judged(ran.get(job, never), schedules.get(job), now, None if job in ran else began)
        )
    return sorted(rows, key=lambda row: (WORST_FIRST[row["freshness"]], row["job"]))


def _judged(row: Row, schedule_s: float | None, now: datetime, began: datetime | None) -> Row:
    since = row["last_success_at"] or began
    state = freshness(since, schedule_s, now)
    if row["last_success_at"] is None and state in ("amber", "red"):
        state = "never"
    due = None if not schedule_s or since is None else since + timedelta(seconds=schedule_s)
    late = state in ("amber", "red", "never")
    consequence = registry.late(row["job"]) if late else ""
    return {
        **row,
        "schedule_s": schedule_s,
        "freshness": state,
        "next_due": due,
        "consequence": consequence,
    }


def health(store: Store, schedules: Mapping[str, float], now: datetime) -> dict[str, Any]:
    """Everything on the health page.

    Returns:
        jobs, streams, open_list (one row), stream_errors, quarantine, quarantine_samples, drift, budget, database (one row),
        tables (see `growth.tables`), sizes_known_days,
        implausible, capacity, first_fill, platform (one row), heartbeats, stamp,
        status: `red` when a job is red, else `amber` or `fresh`.
    """
    found = jobs(store, schedules, now)
    states = {row["freshness"] for row in found}
    return {
        "status": "red" if "red" in states else "amber" if states & {"amber", "never"} else "fresh",
        "jobs": found,
        "streams": SQL.fetch(store, "streams"),
        "open_list": SQL.fetch_one(store, "open_list") or {},
        "stream_errors": SQL.fetch(store, "stream_errors"),
        "quarantine": SQL.fetch(store, "quarantine_counts"),
        "quarantine_samples": SQL.fetch(store, "quarantine_samples"),
        "drift": SQL.fetch(store, "drift"),
        "budget": SQL.fetch(store, "budget"),
        "database": database(store),
        "tables": growth.tables(store, now),
        "sizes_known_days": growth.days_known(store, now),
        "implausible": open_ones(store),
        "capacity": capacity.plans(store),
        "first_fill": capacity.first_fill(store),
        "platform": platform(store),
        "heartbeats": SQL.fetch(store, "heartbeats"),
        "stamp": stamp(store),
    }


def platform(store: Store) -> Row:
    """What the platform says of itself: lag_s, worst (the most late part), asked_at; empty where it was not asked yet."""
    return SQL.fetch_one(store, "platform") or {}


def database(store: Store) -> Row:
    """The database itself: bytes, version, connections, newest migration."""
    return SQL.fetch_one(store, "database_health") or {}


def run(store: Store, run_id: int) -> Row | None:
    """One run of a job."""
    return SQL.fetch_one(store, "run", run_id=run_id)


def newest_reports(store: Store, names: list[str]) -> list[Row]:
    """The newest run of each job that left an executed notebook: job, id, ended_at."""
    return SQL.fetch(store, "newest_report", jobs=names)
