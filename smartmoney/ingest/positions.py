"""Open and closed positions of traders, as the API shows them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from psycopg import Connection

from smartmoney.ingest import pages
from smartmoney.ingest.outcome import Progress, SyncOutcome, silent
from smartmoney.ingest.rota import Rota, checked_addresses, due_in
from smartmoney.polymarket import endpoints
from smartmoney.polymarket.client import Client
from smartmoney.polymarket.types import PositionRecord
from smartmoney.settings import Settings
from smartmoney.store import holdings, streams
from smartmoney.store.db import Store

SOURCE = "positions"
OVERLAP_S = 3_600


def sync_trader_positions(store: Store, client: Client, settings: Settings, addresses: list[str] | None = None,
                          limit: int = 1_000, max_seconds: float = 300.0, progress: Progress = silent) -> SyncOutcome:
    """Fetch the positions of given traders, or of those due: all open ones, and those closed since the last look.

    Arguments and errors as of `smartmoney.ingest.trades.sync_trader_trades`.
    """
    outcome = SyncOutcome()
    wanted = checked_addresses(addresses)
    rota = Rota(store, settings, SOURCE, outcome, progress)
    taken = rota.run(lambda connection, address: _look(connection, client, address, outcome), wanted, limit, max_seconds)
    outcome.came["traders"] = taken
    return outcome


def _look(connection: Connection[Any], client: Client, address: str, outcome: SyncOutcome) -> None:
    began = datetime.now(UTC)
    watermark = streams.get(connection, SOURCE, address).watermark
    seen = _walk(connection, client, address, "OPEN", None, began, outcome)
    if not seen and holdings.open_count(connection, address):
        # Nothing where there was something is often an answer that failed: it counts when a second look agrees.
        seen = _walk(connection, client, address, "OPEN", None, began, outcome)
    since = None if watermark is None else int(watermark.timestamp()) - OVERLAP_S
    seen |= _walk(connection, client, address, "CLOSED", since, began, outcome)
    with connection.transaction():
        absent = holdings.mark_absent(connection, address, sorted(seen), began)
        if absent:
            outcome.count("positions absent", absent)
            outcome.note("Some positions were not shown any more; they are kept, marked absent, until they are shown again "
                         "or closed.")
        streams.complete(connection, SOURCE, address, watermark=began, due_in_s=due_in(connection, address))


def _walk(connection: Connection[Any], client: Client, address: str, status: str, since: int | None, at: datetime,
          outcome: SyncOutcome) -> set[str]:
    """Store every position of one status; returns their token ids."""
    seen: set[str] = set()
    for page in endpoints.positions(client, address, status=status, start=since):
        rows = [row for row in page.rows if isinstance(row, PositionRecord)]
        with connection.transaction():
            outcome.count(f"positions {status.lower()}", len(rows), holdings.save_positions(connection, rows, at))
            pages.keep(connection, page, SOURCE, address, outcome)
            streams.advance(connection, SOURCE, address, cursor=page.next_cursor, cursor_params=page.params)
        seen |= {str(row.market.token_id) for row in rows}
    return seen
