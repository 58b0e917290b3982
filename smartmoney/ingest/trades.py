"""All activity of traders: fills, splits, merges, redemptions, conversions, income, transfers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from smartmoney.errors import TemporaryError
from smartmoney.ingest import combos, pages
from smartmoney.ingest.outcome import Progress, SyncOutcome, silent
from smartmoney.ingest.work_queue import (
    PAUSED,
    SLICE_S,
    Lease,
    WorkQueue,
    checked_addresses,
    due_in,
)
from smartmoney.polymarket import endpoints
from smartmoney.polymarket.client import Client
from smartmoney.polymarket.endpoints import FeedPage
from smartmoney.polymarket.types import ActivityRecord, FillRecord
from smartmoney.settings import Settings
from smartmoney.store import streams
from smartmoney.store.db import PostgresConnection, Store
from smartmoney.store.wallets import owners
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
DUE_OWNER_S = float(7 * DAY_SECONDS)
TRADER_STREAMS = ("trades", "positions")


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
    queue = WorkQueue(store, settings, SOURCE, outcome, progress, slice_s=SLICE_S)
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
    combos: bool = False

    def read(self) -> str | None:
        """Walk to the end, or until there is no time left; PAUSED where others are to have a turn first."""
        connection, address, began = self.lease.connection, self.lease.address, int(self.clock())
        state = streams.get(connection, SOURCE, address)
        self.combos = bool(state.note.get("combos"))
        occurrences, read, first = Occurrences(), 0, None
        for page in endpoints.activity(self.client, address, first_second(state)):
            first, read = first or page, read + len(page.rows) + len(page.bad)
            self._commit(page, occurrences, began, first)
            if page.next_cursor is not None and not self.lease.may_go_on():
                if self.lease.sliced:
                    streams.pause(connection, SOURCE, address)
                    return PAUSED
                self.outcome.note(
                    "Time was up in the middle of a walk; the next run goes on from there."
                )
                streams.release(connection, SOURCE, address)
                return None
        if state.last_timestamp is None and not read:
            self._end_empty(state, began, first)
            return None
        if self.combos:
            combos.read_combos(self.lease, self.client, self.outcome)
        self._end(state, began, first)
        return None

    def _commit(
        self,
        page: FeedPage[FillRecord | ActivityRecord],
        occurrences: Occurrences,
        began: int,
        first: FeedPage[FillRecord | ActivityRecord],
    ) -> None:
        """Rows, quarantine and cursor in one transaction; a page that ends the reading moves no cursor."""
        connection, address = self.lease.connection, self.lease.address
        page = pages.with_known_markets(connection, page)
        rows = pages.under_known_spelling(connection, page.rows)
        fills = [row for row in rows if isinstance(row, FillRecord)]
        others = [row for row in rows if isinstance(row, ActivityRecord)]
        last = max((row.ts for row in rows), default=None)
        stubs = [row.market for row in rows if row.market]
        self.combos = self.combos or any(stub.is_combo for stub in stubs)
        prepare(connection, address, stubs, [fill.ts for fill in fills])

        def write(
            connection: PostgresConnection[Any], counted: SyncOutcome, numbered: Occurrences
        ) -> Occurrences:
            numbered = numbered.copied()
            counted.count("fills", len(fills), save_fills(connection, fills, numbered))
            counted.count("activities", len(others), save_activity(connection, others, numbered))
            pages.keep(connection, page, SOURCE, address, counted)
            if page.stop is None:
                streams.advance(
                    connection,
                    SOURCE,
                    address,
                    cursor=page.next_cursor,
                    cursor_params=page.params,
                    last_timestamp=None
                    if last is None
                    else datetime.fromtimestamp(min(last, began), UTC),
                    note={"trace": first.trace_id} | ({"combos": True} if self.combos else {}),
                )
            return numbered

        occurrences.counts = pages.committed(connection, self.outcome, write, occurrences).counts

    def _end_empty(
        self,
        state: streams.StreamState,
        began: int,
        first: FeedPage[FillRecord | ActivityRecord] | None,
    ) -> None:
        """Nothing ever happened here: an owner's address, a wallet nobody has seen, or one that never traded."""
        connection, address = self.lease.connection, self.lease.address
        if wallet := endpoints.trading_wallet(self.client, address):
            return self._hand_over(wallet)
        if endpoints.is_known(self.client, address):
            return self._end(state, began, first)
        self.outcome.add("wallets unknown to the API", 1)
        if self.lease.chosen:
            self.outcome.note(owners.WalletStanding("unknown", address).sentence(address))
        with connection.transaction():
            streams.advance(connection, SOURCE, address, cursor=None, note={"wallet": "unknown"})
            streams.complete(
                connection,
                SOURCE,
                address,
                watermark=datetime.fromtimestamp(began - SETTLED_S, UTC),
                due_in_s=DUE_UNKNOWN_S,
            )
        return None

    def _hand_over(self, wallet: str) -> None:
        """The address is an owner's: read its trading wallet instead, in this run where wallets were chosen."""
        connection, owner = self.lease.connection, self.lease.address
        with connection.transaction():
            owners.save_owner(connection, owner, wallet)
            for source in TRADER_STREAMS:
                streams.enroll(connection, source, [wallet])
                streams.complete(connection, source, owner, watermark=None, due_in_s=DUE_OWNER_S)
        self.outcome.note(owners.WalletStanding("owner", wallet).sentence(owner))
        self.lease.add(wallet)

    def _end(
        self,
        state: streams.StreamState,
        began: int,
        first: FeedPage[FillRecord | ActivityRecord] | None,
    ) -> None:
        """The walk came to its end: move the watermark, unless the first page was an old one from a cache."""
        connection, address = self.lease.connection, self.lease.address
        stale = (
            first is not None and bool(first.trace_id) and first.trace_id == state.note.get("trace")
        )
        age = int(first.age_s) if first else 0
        if state.watermark is None and not streams.pace(connection, address).named:
            self._learn_name()
        with connection.transaction():
            streams.complete(
                connection,
                SOURCE,
                address,
                watermark=None if stale else datetime.fromtimestamp(began - SETTLED_S - age, UTC),
                due_in_s=DUE_STALE_S if stale else due_in(connection, address, self.lease.stretch),
            )

    def _learn_name(self) -> None:
        """A wallet found by its trades only has no name yet; its profile has one."""
        found = endpoints.profile(self.client, self.lease.address)
        if found is not None:
            with self.lease.connection.transaction():
                save_traders(self.lease.connection, [found], "activity")
