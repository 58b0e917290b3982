"""What /health says: the database, Prefect, every stream against its schedule, and what that means."""

from __future__ import annotations

import asyncio
import logging
import platform
import time
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from typing import Any

from anyio import to_thread

from smartmoney import prefect_rest
from smartmoney.api.answers import Answers
from smartmoney.api.errors import sorted_out
from smartmoney.api.models.health import Health, ImplausibleFact, StorageHealth, StreamHealth
from smartmoney.api.wire import encoded, shaped
from smartmoney.settings import Settings
from smartmoney.store import reads
from smartmoney.store.db import Store
from smartmoney.store.reads import Row
from smartmoney.store.server import growth
from smartmoney.store.server.migrate import migrations

log = logging.getLogger(__name__)
KEEP_SECONDS = 1.0
PREFECT_SECONDS = 10.0


@cache
def newest_migration() -> int:
    """Number of the newest migration this version knows."""
    return max(step.number for step in migrations())


class HealthWatch:
    """Looks at most once a second, whoever asks."""

    def __init__(self, settings: Settings, answers: Answers) -> None:
        self._settings = settings
        self._answers = answers
        self._lock = asyncio.Lock()
        self._seen: tuple[float, dict[str, Any], bytes] = (0.0, {}, b"")
        self._prefect: tuple[float, dict[str, Any]] = (0.0, {})

    async def look(self) -> tuple[dict[str, Any], bytes]:
        """The body of /health, as a dict and encoded; at most a second old."""
        async with self._lock:
            at, body, content = self._seen
            if not content or time.monotonic() - at >= KEEP_SECONDS:
                body = await self._look()
                content = encoded(body)
                self._seen = (time.monotonic(), body, content)
        return body, content

    async def _look(self) -> dict[str, Any]:
        now = datetime.now(UTC)
        problem, found = "", {}
        try:
            found = await self._answers.run(lambda store: _database(store, self._settings, now))
        except Exception as error:
            problem = str(sorted_out(error).detail)
        return composed(self._settings, now, found, problem, await self._prefect_state())

    async def _prefect_state(self) -> dict[str, Any]:
        at, state = self._prefect
        if not state or time.monotonic() - at >= PREFECT_SECONDS:
            address = prefect_rest.api_address(self._settings)
            reachable = await to_thread.run_sync(_answers, address) if address else None
            state = {"known": bool(address), "reachable": reachable}
            self._prefect = (time.monotonic(), state)
        return state


def _database(store: Store, settings: Settings, now: datetime) -> dict[str, Any]:
    return {
        "jobs": reads.jobs(store, settings.schedules(), now),
        "database": reads.database(store),
        "newest": reads.newest(store),
        "storage": growth.look(store, settings, now),
        "implausible": reads.implausible(store),
        "platform": reads.platform(store),
    }


def _answers(address: str) -> bool:
    return prefect_rest.answers(f"{address}/health", seconds=1.0)


def composed(
    settings: Settings,
    now: datetime,
    found: dict[str, Any],
    problem: str,
    scheduler: dict[str, Any],
) -> dict[str, Any]:
    """The body of /health out of what was found; `problem` says why the database could not be read."""
    database, newest = found.get("database", {}), found.get("newest", {})
    streams = [_stream(row, now) for row in found.get("jobs", [])]
    behind = bool(found) and (database["migration"] or 0) < newest_migration()
    storage = found.get("storage")
    odd = [shaped(ImplausibleFact, row) for row in found.get("implausible", [])]
    full = [storage["sentence"]] if storage and growth.is_trouble(storage) else []
    sentences = [
        *_troubles(problem, behind, streams, scheduler),
        *full,
        *(each["sentence"] for each in odd),
        *_validity(newest),
    ]
    return {
        "status": _status(problem, behind, streams, scheduler, bool(odd or full)),
        "checkedAt": now,
        "sentences": sentences,
        "database": {
            "reachable": bool(found),
            "serverVersion": database.get("version"),
            "migration": database.get("migration"),
            "migrationExpected": newest_migration(),
            "bytes": database.get("bytes"),
            "connections": database.get("connections"),
            "maxConnections": database.get("max_connections"),
        },
        "storage": None if storage is None else shaped(StorageHealth, storage),
        "implausible": odd,
        "prefect": scheduler,
        "streams": streams,
        "data": {
            "source": settings.smartmoney_source,
            "tradesUpTo": newest.get("trades_up_to"),
            "scoresAsOf": newest.get("scores_as_of"),
            "platformLagSeconds": found.get("platform", {}).get("lag_s"),
            "marketsAsOf": newest.get("markets_as_of"),
        },
        "versions": {
            "smartmoney": version("smartmoney"),
            "python": platform.python_version(),
            "scoreVersion": newest.get("score_version"),
        },
    }


def _stream(row: Row, now: datetime) -> dict[str, Any]:
    last = row["last_success_at"]
    lag = None if last is None else round((now - last).total_seconds(), 1)
    return shaped(
        StreamHealth,
        {
            **row,
            "lag_seconds": lag,
            "schedule_seconds": row["schedule_s"] or None,
            "last_status": row["status"],
            "failures_24h": row["failed_24h"],
        },
    )


def _status(
    problem: str,
    behind: bool,
    streams: list[dict[str, Any]],
    scheduler: dict[str, Any],
    doubtful: bool,
) -> str:
    states = {stream["freshness"] for stream in streams}
    if problem or behind or "red" in states:
        return "down"
    some = doubtful or states & {"amber", "never"} or scheduler["reachable"] is False
    return "degraded" if some else "ok"


def _troubles(
    problem: str, behind: bool, streams: list[dict[str, Any]], scheduler: dict[str, Any]
) -> list[str]:
    sentences = [problem] if problem else []
    if behind:
        sentences.append(
            "The database was not migrated for this version; run `smartmoney migrate`."
        )
    for stream in streams:
        if stream["consequence"]:
            since = (
                "never ran"
                if stream["lagSeconds"] is None
                else f"last succeeded {_span(stream['lagSeconds'])} ago"
            )
            sentences.append(f"{stream['job']} {since}: {stream['consequence']}.")
    if scheduler["reachable"] is False:
        sentences.append(
            "Prefect does not answer: nothing new is started; what is stored is still served."
        )
    return sentences


def _validity(newest: Row) -> list[str]:
    trades, scores = newest.get("trades_up_to"), newest.get("scores_as_of")
    if trades is None or scores is None:
        return []
    return [
        f"Trades are complete up to {_clock(trades)}; scores use trades up to {_clock(scores)}."
    ]


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _span(seconds: float) -> str:
    for size, name in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} s"


__all__ = ["Health", "HealthWatch", "composed", "newest_migration"]
