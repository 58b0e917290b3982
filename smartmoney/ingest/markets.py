"""Markets with events, prices and resolutions: all open ones, and the closed ones that our traders were in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from psycopg import Connection

from smartmoney.ingest import pages
from smartmoney.ingest.outcome import Progress, SyncOutcome, silent
from smartmoney.polymarket import endpoints
from smartmoney.polymarket.client import Client
from smartmoney.polymarket.types import MarketRecord
from smartmoney.settings import Settings
from smartmoney.store import catalog, streams
from smartmoney.store.db import Store

SOURCE = "markets"
CONDITIONS_PER_CALL = 20
"""More condition ids in one query were answered by a block page."""


def sync_markets(store: Store, client: Client, settings: Settings, closed_limit: int = 2_000,
                 progress: Progress = silent) -> SyncOutcome:
    """Refresh every open market, complete those only named by trades, and fetch what has resolved.

    Args:
        store: as `sm_ingest`.
        client: asks the API.
        settings: of the installation.
        closed_limit: most markets completed, and most resolutions asked for, in this run.
        progress: told while it works.
    """
    outcome = SyncOutcome()
    began = datetime.now(UTC)
    with store.raw(autocommit=True) as connection:
        for number, page in enumerate(endpoints.markets(client, closed=False), 1):
            _save(connection, page, "open", began, outcome)
            progress(number, number, f"{outcome.came['markets']} open markets")
        with connection.transaction():
            missing = catalog.missing_conditions(connection, began, closed_limit)
        _complete(connection, client, missing, began, outcome, progress)
        _resolve(connection, client, closed_limit, outcome, progress)
        with connection.transaction():
            streams.complete(connection, SOURCE, "open", watermark=began, due_in_s=0)
    return outcome


def _save(connection: Connection[Any], page: endpoints.Page[MarketRecord], key: str, at: datetime, outcome: SyncOutcome
          ) -> None:
    with connection.transaction():
        outcome.count("markets", len(page.rows), catalog.save_markets(connection, page.rows, at))
        pages.keep(connection, page, SOURCE, key, outcome)
        streams.advance(connection, SOURCE, key, cursor=page.next_cursor, cursor_params=page.params)


def _complete(connection: Connection[Any], client: Client, conditions: list[str], at: datetime, outcome: SyncOutcome,
              progress: Progress) -> None:
    """Ask for markets by condition id, closed and open apart: the API never gives both in one answer."""
    found: set[str] = set()
    for number, batch in enumerate(_batches(conditions), 1):
        for closed in (True, False):
            for page in endpoints.markets(client, closed=closed, conditions=batch):
                _save(connection, page, "by condition", at, outcome)
                found |= {row.condition_id for row in page.rows}
        with connection.transaction():
            catalog.touch_conditions(connection, batch)
        progress(number, -(-len(conditions) // CONDITIONS_PER_CALL), f"{len(found)} of {len(conditions)} markets completed")
    unknown = len(conditions) - len(found & set(conditions))
    if unknown:
        outcome.note(f"{unknown} markets that trades name are not listed by the API; asked again next time.")


def _resolve(connection: Connection[Any], client: Client, limit: int, outcome: SyncOutcome, progress: Progress) -> None:
    """Fetch payouts of closed markets from the route that knows; a price is never taken for a resolution."""
    with connection.transaction():
        waiting = catalog.unresolved_conditions(connection, limit)
    for number, batch in enumerate(_batches(waiting), 1):
        for page in endpoints.resolutions(client, batch):
            with connection.transaction():
                resolved = catalog.save_resolutions(connection, page.rows)
                outcome.count("resolutions", len(page.rows))
                outcome.add("markets resolved", resolved)
                pages.keep(connection, page, "resolutions", "by condition", outcome)
        with connection.transaction():
            catalog.touch_conditions(connection, batch)
        progress(number, -(-len(waiting) // CONDITIONS_PER_CALL), f"resolutions of {len(waiting)} closed markets")


def _batches(conditions: list[str]) -> Iterable[list[str]]:
    return (conditions[start:start + CONDITIONS_PER_CALL] for start in range(0, len(conditions), CONDITIONS_PER_CALL))
