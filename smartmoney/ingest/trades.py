"""All activity of traders: fills, splits, merges, redemptions, conversions, income, transfers."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from psycopg import Connection

from smartmoney.ingest import pages
from smartmoney.ingest.outcome import Progress, SyncOutcome, silent
from smartmoney.ingest.rota import Rota, checked_addresses, due_in
from smartmoney.polymarket import endpoints
from smartmoney.polymarket.client import Client
from smartmoney.polymarket.types import ActivityRecord, FillRecord
from smartmoney.settings import Settings
from smartmoney.store import load, streams
from smartmoney.store.db import Store
from smartmoney.store.keys import Occurrences

SOURCE = "trades"
OVERLAP_S = 3_600
"""Seconds behind the watermark that every run reads again, for rows that come late."""
SETTLED_S = 60
"""A walk vouches for completeness up to this long before it began."""


def sync_trader_trades(
    store: Store,
    client: Client,
    settings: Settings,
    addresses: list[str] | None = None,
    limit: int = 1_000,
    max_seconds: float = 240.0,
    progress: Progress = silent,
) -> SyncOutcome:
    """Fetch the activity of given traders, or of those due, from where each was left.

    Args:
        store: as `sm_ingest`.
        client: asks the API.
        settings: how many traders at once.
        addresses: wallets to fetch now; None takes those that are due, the urgent first.
        limit: most traders in this run.
        max_seconds: no trader is begun after this.
        progress: told while it works.

    Raises:
        ParameterError: an address is none.
        TemporaryError, ShapeChanged: see `Rota.run`.
    """
    outcome = SyncOutcome()
    wanted = checked_addresses(addresses)
    rota = Rota(store, settings, SOURCE, outcome, progress)
    taken = rota.run(
        lambda connection, address: _walk(connection, client, address, outcome), wanted, limit, max_seconds
    )
    outcome.came["traders"] = taken
    return outcome


def _walk(connection: Connection[Any], client: Client, address: str, outcome: SyncOutcome) -> None:
    """Read one wallet's activity oldest first; each page commits with the second it reached.

    A walk that was cut short goes on from the last second it stored, that second included: equal fills are counted
    from the start of a second, so their numbers come out the same.
    """
    state = streams.get(connection, SOURCE, address)
    began = int(time.time())
    start = _start(state)
    occurrences = Occurrences()
    for page in endpoints.activity(client, address, start=start, end=began):
        fills = [row for row in page.rows if isinstance(row, FillRecord)]
        others = [row for row in page.rows if isinstance(row, ActivityRecord)]
        with connection.transaction():
            outcome.count("fills", len(fills), load.save_fills(connection, fills, occurrences))
            outcome.count("activities", len(others), load.save_activity(connection, others, occurrences))
            pages.keep(connection, page, SOURCE, address, outcome)
            last = max((row.ts for row in page.rows), default=None)
            streams.advance(
                connection,
                SOURCE,
                address,
                cursor=page.next_cursor,
                cursor_params=page.params,
                last_timestamp=None if last is None else datetime.fromtimestamp(last, UTC),
                note={"walking": True},
            )
    with connection.transaction():
        streams.advance(connection, SOURCE, address, cursor=None, note={})
        streams.complete(
            connection,
            SOURCE,
            address,
            watermark=datetime.fromtimestamp(began - SETTLED_S, UTC),
            due_in_s=due_in(connection, address),
        )


def _start(state: streams.StreamState) -> int:
    """First second to ask for: 1 on a first backfill, where a cut walk stopped, else behind the watermark."""
    if state.note.get("walking") and state.last_timestamp is not None:
        reached = int(state.last_timestamp.timestamp())
        return (
            reached if state.watermark is None else min(reached, int(state.watermark.timestamp()) - OVERLAP_S)
        )
    return 1 if state.watermark is None else max(1, int(state.watermark.timestamp()) - OVERLAP_S)
