"""Open and closed positions of traders, as the API shows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from smartmoney.ingest import pages
from smartmoney.ingest.outcome import Progress, SyncOutcome, silent
from smartmoney.ingest.trades import OVERLAP_S, SETTLED_S, server_clock
from smartmoney.ingest.work_queue import Lease, WorkQueue, checked_addresses, due_in
from smartmoney.polymarket import endpoints, values
from smartmoney.polymarket.client import Client
from smartmoney.polymarket.endpoints import FeedPage
from smartmoney.polymarket.types import PositionRecord
from smartmoney.polymarket.wire import decode
from smartmoney.settings import Settings
from smartmoney.store import streams
from smartmoney.store.db import PostgresConnection, Store
from smartmoney.store.wallets import positions
from smartmoney.store.wallets.fills import prepare

SOURCE = "positions"
DUE_UNCONFIRMED_S = 60.0


def sync_trader_positions(
    store: Store,
    client: Client,
    settings: Settings,
    addresses: list[str] | None = None,
    limit: int = 1_000,
    max_seconds: float = 300.0,
    progress: Progress = silent,
) -> SyncOutcome:
    """Fetch the positions of given traders, or of those due: all open ones, and those closed since the last
    look.

    Arguments and errors as of `smartmoney.ingest.trades.sync_trader_trades`.
    """
    outcome, wanted = SyncOutcome(), checked_addresses(addresses)
    queue = WorkQueue(store, settings, SOURCE, outcome, progress)
    clock = server_clock(client)
    outcome.read["traders"] = queue.run(
        lambda lease: _Snapshot(lease, client, outcome, clock).read(), wanted, limit, max_seconds
    )
    return outcome


@dataclass
class _Snapshot:
    """One look at a wallet: what it holds, what it closed, and what is not shown any more.

    The open ones are read whole on each look. Closed ones come by their last event, oldest first, so a look
    that was cut short goes on from the last one stored.
    """

    lease: Lease
    client: Client
    outcome: SyncOutcome
    clock: Callable[[], float]
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    seen: set[str] = field(default_factory=set)
    all_readable: bool = True
    note: dict[str, Any] = field(default_factory=dict)

    def read(self) -> None:
        """Read open, then closed positions: one that closes in between is seen closed, never missed."""
        began = int(self.clock())
        state = streams.get(self.lease.connection, SOURCE, self.lease.address)
        self.note = state.note
        since = (
            None
            if state.last_timestamp is None
            else int(state.last_timestamp.timestamp()) - OVERLAP_S
        )
        if not (self._walk("OPEN", None) and self._walk("CLOSED", since)):
            self.outcome.note("Time was up in the middle of a look; the next run looks again.")
            return streams.release(self.lease.connection, SOURCE, self.lease.address)
        return self._end(state, began)

    def _walk(self, status: str, since: int | None) -> bool:
        """Store every position of one status; False when time was up before the end."""
        for page in endpoints.positions(
            self.client, self.lease.address, status=status, start=since
        ):
            self._commit(page, status)
            if page.next_cursor is not None and not self.lease.may_go_on():
                return False
        return True

    def _commit(self, page: FeedPage[PositionRecord], status: str) -> None:
        """Positions, quarantine and place in one transaction. A token held again is not stored as closed."""
        connection = self.lease.connection
        rows = [
            row
            for row in pages.under_known_spelling(connection, page.rows)
            if status == "OPEN" or row.market.token_id not in self.seen
        ]
        last = max((row.last_event_ts or 0 for row in rows), default=0) if status == "CLOSED" else 0
        prepare(connection, self.lease.address, [row.market for row in rows], [])

        def write(connection: PostgresConnection[Any], counted: SyncOutcome) -> None:
            saved = positions.save_positions(connection, rows, self.at)
            counted.count(f"positions {status.lower()}", len(rows), saved)
            pages.keep(connection, page, SOURCE, self.lease.address, counted)
            if page.stop is None:
                streams.advance(
                    connection,
                    SOURCE,
                    self.lease.address,
                    cursor=page.next_cursor,
                    cursor_params=page.params,
                    last_timestamp=datetime.fromtimestamp(last, UTC) if last else None,
                    note=dict(self.note),
                )

        pages.committed(connection, self.outcome, write)
        self.seen |= {str(row.market.token_id) for row in rows}
        self._note_unreadable(page)

    def _note_unreadable(self, page: FeedPage[PositionRecord]) -> None:
        """A row that is shown and cannot be read is not absent; where it does not even tell its token, nothing is."""
        for bad in page.bad:
            token = token_of(bad.raw)
            self.seen |= {token} if token else set()
            self.all_readable = self.all_readable and token is not None

    def _end(self, state: streams.StreamState, began: int) -> None:
        """A position that is stored as held and was not shown counts as absent once a second look, later, agrees."""
        connection, address = self.lease.connection, self.lease.address
        noted = state.note.get("unconfirmed")
        before = set(noted if isinstance(noted, list) else [])
        with connection.transaction():
            unseen = set(positions.unseen_positions(connection, address, sorted(self.seen)))
            suspect = unseen if not self.all_readable else unseen - before
            confirmed = unseen - suspect
            if confirmed:
                absent = positions.mark_absent(connection, address, sorted(confirmed), self.at)
                self.outcome.add("positions absent", absent)
                self.outcome.note(
                    "Some positions are not shown any more; they are kept, marked absent, until shown again."
                )
            streams.advance(
                connection,
                SOURCE,
                address,
                cursor=None,
                note={"unconfirmed": sorted(suspect)} if suspect else {},
            )
            streams.complete(
                connection,
                SOURCE,
                address,
                watermark=datetime.fromtimestamp(began - SETTLED_S, UTC),
                due_in_s=DUE_UNCONFIRMED_S
                if suspect
                else due_in(connection, address, self.lease.stretch),
            )


def token_of(raw: bytes) -> str | None:
    """The token a row names that cannot be read otherwise."""
    try:
        row = decode(raw)
        return values.token(row, "token_id") if isinstance(row, dict) else None
    except ValueError:
        return None
