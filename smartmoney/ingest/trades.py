"""All activity of traders: fills, splits, merges, redemptions, conversions, income, transfers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from smartmoney.errors import TemporaryError
from smartmoney.ingest import pages
from smartmoney.ingest.outcome import Progress, SyncOutcome, silent
from smartmoney.ingest.work_queue import Lease, WorkQueue, checked_addresses, due_in
from smartmoney.polymarket import endpoints
from smartmoney.polymarket.client import Client
from smartmoney.polymarket.endpoints import Page
from smartmoney.polymarket.types import ActivityRecord, FillRecord
from smartmoney.settings import Settings
from smartmoney.store import streams
from smartmoney.store.db import Store
from smartmoney.store.wallets.activity import save_activity
from smartmoney.store.wallets.fills import prepare, save_fills
from smartmoney.store.wallets.identity import Occurrences
from smartmoney.store.wallets.population import save_traders
from smartmoney.units import DAY_SECONDS

SOURCE = "trades"
OVERLAP_S = 3_600
"""Seconds behind what is known that every run reads again, for rows that come late."""
SETTLED_S = 60
"""A walk vouches for completeness up to this long before it began."""
DUE_UNKNOWN_S = float(DAY_SECONDS)
DUE_STALE_S = 60.0


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
        max_seconds: after this no page is begun; a walk cut short goes on in the next run.
        progress: told after each trader.

    Raises:
        ParameterError: an address is none.
        TemporaryError, ShapeChanged: see `WorkQueue.run`.
    """
    outcome, wanted = SyncOutcome(), checked_addresses(addresses)
    queue = WorkQueue(store, settings, SOURCE, outcome, progress)
    clock = server_clock(client)
    outcome.read["traders"] = queue.run(
        lambda lease: _Reading(lease, client, outcome, clock).read(), wanted, limit, max_seconds
    )
    return outcome


def server_clock(client: Client) -> Callable[[], float]:
    """The API's clock in Unix seconds, asked once; our own where it does not tell."""
    try:
        there = endpoints.server_time(client)
    except TemporaryError:
        there = None
    ahead = 0.0 if there is None else there - time.time()
    return lambda: time.time() + ahead


def first_second(state: streams.StreamState) -> int:
    """First second to ask for: 1 where nothing is known, else the overlap behind what is known to be
    complete.

    Always a whole second, so that equal fills are numbered from 1 again and get the numbers they had. The
    newest row counts besides the watermark, so that a clock that runs ahead cannot skip any.
    """
    if state.last_timestamp is None:
        return 1
    places = [state.last_timestamp, *([state.watermark] if state.watermark else [])]
    return max(1, int(min(places).timestamp()) - OVERLAP_S)


@dataclass
class _Reading:
    """One wallet's walk, oldest rows first; each page commits with the second it reached."""

    lease: Lease
    client: Client
    outcome: SyncOutcome
    clock: Callable[[], float]

    def read(self) -> None:
        """Walk to the end, or until there is no time left."""
        address, began = self.lease.address, int(self.clock())
        state = streams.get(self.lease.connection, SOURCE, address)
        occurrences, came, first = Occurrences(), 0, None
        for page in endpoints.activity(self.client, address, first_second(state)):
            first, came = first or page, came + len(page.rows)
            self._commit(page, occurrences, began, first)
            if page.next_cursor is not None and not self.lease.may_go_on():
                self.outcome.note(
                    "Time was up in the middle of a walk; the next run goes on from there."
                )
                return streams.release(self.lease.connection, SOURCE, address)
        empty = state.last_timestamp is None and not came
        return self._end(
            state, began, first, unknown=empty and not endpoints.is_known(self.client, address)
        )

    def _commit(
        self,
        page: Page[FillRecord | ActivityRecord],
        occurrences: Occurrences,
        began: int,
        first: Page[FillRecord | ActivityRecord],
    ) -> None:
        """Rows, quarantine and cursor in one transaction."""
        connection, address = self.lease.connection, self.lease.address
        fills = [row for row in page.rows if isinstance(row, FillRecord)]
        others = [row for row in page.rows if isinstance(row, ActivityRecord)]
        last = max((row.ts for row in page.rows), default=None)
        stubs = [row.market for row in page.rows if row.market]
        prepare(connection, address, stubs, [fill.ts for fill in fills])
        with connection.transaction():
            self.outcome.count("fills", len(fills), save_fills(connection, fills, occurrences))
            self.outcome.count(
                "activities", len(others), save_activity(connection, others, occurrences)
            )
            pages.keep(connection, page, SOURCE, address, self.outcome)
            streams.advance(
                connection,
                SOURCE,
                address,
                cursor=page.next_cursor,
                cursor_params=page.params,
                last_timestamp=None
                if last is None
                else datetime.fromtimestamp(min(last, began), UTC),
                note={"trace": first.trace_id},
            )

    def _end(
        self,
        state: streams.StreamState,
        began: int,
        first: Page[FillRecord | ActivityRecord] | None,
        unknown: bool,
    ) -> None:
        """The walk came to its end: move the watermark, unless the first page was an old one from a cache."""
        connection, address = self.lease.connection, self.lease.address
        stale = (
            first is not None and bool(first.trace_id) and first.trace_id == state.note.get("trace")
        )
        age = int(first.age_s) if first else 0
        if state.watermark is None and not unknown and not streams.pace(connection, address).named:
            self._learn_name()
        with connection.transaction():
            if unknown:
                self.outcome.add("wallets unknown to the API", 1)
                streams.advance(
                    connection, SOURCE, address, cursor=None, note={"wallet": "unknown"}
                )
            streams.complete(
                connection,
                SOURCE,
                address,
                watermark=None if stale else datetime.fromtimestamp(began - SETTLED_S - age, UTC),
                due_in_s=DUE_STALE_S
                if stale
                else DUE_UNKNOWN_S
                if unknown
                else due_in(connection, address),
            )

    def _learn_name(self) -> None:
        """A wallet found by its trades only has no name yet; its profile has one."""
        found = endpoints.profile(self.client, self.lease.address)
        if found is not None:
            with self.lease.connection.transaction():
                save_traders(self.lease.connection, [found], "activity")
