"""Does this machine hold what is planned: disk and memory when the first fill is done, and requests for the cadence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from smartmoney import formats
from smartmoney.settings import Settings
from smartmoney.store.server import growth

MEMORY_A_TRADE, MEMORY_BASE = 132, 200_000_000
"""Bytes that calculate_rarity_scores takes: 1.5 GB at 10 million trades, 6.8 GB at 50 (benchmarks.scores, November 2026)."""
DISK_SPARE = 1_000_000_000
"""Bytes for backups' dumps, reports and logs besides the tables."""


def checked(found: dict[str, Any], settings: Settings) -> Iterator[tuple[bool, str]]:
    """Each check: is it good, and in words what was seen and what to do.

    Args:
        found: as `status.report` gives it.
        settings: of the installation.
    """
    storage, capacity = found["storage"], found["capacity"]
    if storage is None or capacity is None:
        return
    fill = capacity["first_fill"]
    yield _growth(storage)
    if fill["sentence"]:
        yield True, fill["sentence"]
    if storage["free_bytes"] is not None and fill["bytes_then"] is not None:
        yield _disk(fill, storage["free_bytes"])
    if fill["read"]:
        yield _memory(fill, settings)
    for row in capacity["plans"]:
        yield bool(row["plan"]["fits"]), row["plan"]["sentence"]


def _growth(storage: dict[str, Any]) -> tuple[bool, str]:
    if growth.is_trouble(storage):
        return False, f"{storage['sentence']} Make room, or shorten RETENTION_SNAPSHOTS_DAYS"
    return True, storage["sentence"]


def _disk(fill: dict[str, Any], free: int) -> tuple[bool, str]:
    """Room for what is still to be read, and as much again as the tables take for the check of a backup."""
    needs = fill["bytes_then"] * 2 - fill["bytes_now"] + DISK_SPARE
    sentence = f"All wallets read need {formats.byte_size(needs)} of disk more, {formats.byte_size(free)} are free"
    if free >= needs:
        return True, sentence
    return False, f"{sentence}; lower POPULATION_DEPTH, or set SMARTMONEY_HOME to a larger disk"


def _memory(fill: dict[str, Any], settings: Settings) -> tuple[bool, str]:
    trades = fill["trades"] / fill["read"] * fill["wallets"]
    needs = round(MEMORY_BASE + MEMORY_A_TRADE * trades)
    sentence = (
        f"Scoring about {formats.compact(trades)} trades takes {formats.byte_size(needs)} of memory, "
        f"and JOB_MEMORY_MB allows {settings.job_memory_mb:,} MB"
    )
    if needs <= settings.job_memory_mb * 2**20:
        return True, sentence
    return False, f"{sentence}; raise it, or lower POPULATION_DEPTH"
