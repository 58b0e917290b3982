"""Whose turn it is: workers take the traders that are due, one at a time, and settle how each ended."""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from smartmoney.errors import (
    ApiRefused,
    ApiUnavailable,
    ShapeChanged,
    SmartmoneyError,
    StoreBusy,
    WalkStuck,
)
from smartmoney.ids import wallet_address
from smartmoney.ingest import capacity
from smartmoney.ingest.outcome import Progress, SyncOutcome
from smartmoney.settings import Settings
from smartmoney.store import streams
from smartmoney.store.db import PostgresConnection, Store, async_commit
from smartmoney.store.streams import capacity as capacities
from smartmoney.store.wallets import owners

LEASE_S = 120.0
"""A lease keeps others from trying; every page renews it. Who may write, the advisory lock decides."""
SLICE_S = 30.0
"""A walk that is longer is paused while others wait, and goes on behind them: heavy wallets starve nobody."""
DUE_AFTER_FAILURE_S = 600
FAILURES_IN_A_ROW = 3


def checked_addresses(addresses: list[str] | None) -> list[str] | None:
    """Lower-case wallet addresses, each once, in the order given.

    Raises:
        ParameterError: one is no address.
    """
    if addresses is None:
        return None
    return list(dict.fromkeys(map(wallet_address, addresses)))


def due_in(connection: PostgresConnection[Any], address: str, stretch: float = 1.0) -> float:
    """Seconds until a wallet is due again: by tier, later when it has rested for two weeks, soon when watched.

    Args:
        connection: as `sm_ingest`.
        address: the wallet.
        stretch: by how much the times of those are stretched that do not keep theirs; see `capacity`.
    """
    found = streams.pace(connection, address)
    idle = found.idle_days is not None and found.idle_days > capacity.IDLE_AFTER_DAYS
    wanted = capacity.wanted_s(found.tier, found.watched, idle)
    if capacity.keeps_its_time(found.tier, found.watched):
        return wanted
    return min(wanted * stretch, max(wanted, capacity.LONGEST_S))


@dataclass(frozen=True)
class Lease:
    """One trader being worked on.

    Attributes:
        connection: in autocommit mode; a page is a transaction on it.
        source: the stream, `trades` or `positions`.
        address: the wallet.
        until: monotonic seconds after which no further page should be begun.
        add: takes one more wallet into the same run.
        chosen: whether somebody named the wallets of this run.
        stretch: of due times, see `due_in`.
        sliced: `until` ends this wallet's turn and not the run.
    """

    connection: PostgresConnection[Any]
    source: str
    address: str
    until: float
    add: Callable[[str], None]
    chosen: bool = False
    stretch: float = 1.0
    sliced: bool = False

    def may_go_on(self) -> bool:
        """Whether there is time for another page; the lease is renewed."""
        streams.renew(self.connection, self.source, self.address, LEASE_S)
        return time.monotonic() < self.until


Work = Callable[[Lease], object]
"""Reads one wallet; PAUSED where its turn ended before its walk."""
PAUSED = "paused"


class WorkQueue:
    """One run over the traders that are due in one stream."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        source: str,
        outcome: SyncOutcome,
        progress: Progress,
        slice_s: float | None = None,
    ) -> None:
        """Nothing is claimed yet.

        Args:
            store: as `sm_ingest`.
            settings: how many work at once.
            source: the stream, `trades` or `positions`.
            outcome: where failures are noted.
            progress: told after each trader.
            slice_s: seconds of a wallet's turn while others wait; None: as long as the run.
        """
        self.settings, self.slice_s, self.stretch = settings, slice_s, 1.0
        self.store, self.source, self.outcome, self.progress = store, source, outcome, progress
        self.at_once = settings.worker_concurrency
        self.who = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:6]}"
        self._lock = threading.Lock()
        self._queue: list[str] | None = None
        self._left = self._taken = self._done = self._total = self._failures = 0
        self._until = 0.0
        self._fatal: BaseException | None = None

    def run(self, work: Work, addresses: list[str] | None, limit: int, max_seconds: float) -> int:
        """Work off up to `limit` traders; returns how many were taken.

        Args:
            work: reads one trader.
            addresses: exactly these, leased or not; None takes those due, the urgent first.
            limit: most traders.
            max_seconds: after this no trader and no page is begun; what was cut short goes on in the next
                run.

        Raises:
            TemporaryError: the API or the database is away; what was not finished is due again.
            ShapeChanged: the API's rows changed so much that reading on would lose some.
        """
        self._until, self._left = time.monotonic() + max_seconds, limit
        with self.store.session() as connection:
            if addresses is not None:
                addresses = self._trading_wallets(connection, addresses)
                streams.enroll(connection, self.source, addresses)
                self._queue = list(addresses)
                self.stretch = capacities.stretch(connection, self.source)
                waiting = len(addresses)
            else:
                self.stretch = self._planned(connection, limit, max_seconds)
                waiting = streams.due_count(connection, self.source)
        self._total = min(limit, waiting)
        workers = max(1, min(self.at_once, self._total))
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(lambda _: self._worker(work), range(workers)))
        if self._fatal is not None:
            raise self._fatal
        return self._taken

    def _planned(
        self, connection: PostgresConnection[Any], limit: int, max_seconds: float
    ) -> float:
        """Plan anew what can be held fresh; what does not fit is said."""
        found = capacity.plan(connection, self.source, self.settings, limit, max_seconds)
        if found.stretch > 1:
            self.outcome.note(found.sentence(self.source))
        return found.stretch

    def _trading_wallets(
        self, connection: PostgresConnection[Any], addresses: list[str]
    ) -> list[str]:
        """The addresses, each owner's replaced by the wallet it signs for, each once; the report says so."""
        wallets = owners.trading_wallets(connection, addresses)
        for owner, wallet in wallets.items():
            self.outcome.note(owners.WalletStanding("owner", wallet).sentence(owner))
        return list(dict.fromkeys(wallets.get(each, each) for each in addresses))

    def _worker(self, work: Work) -> None:
        """Take one trader after the other on one connection; what stops everybody is remembered."""
        try:
            with self.store.session() as connection:
                async_commit(connection)
                while (address := self._next(connection)) is not None:
                    self._one(connection, work, address)
        except BaseException as error:
            with self._lock:
                self._fatal = self._fatal or error

    def _next(self, connection: PostgresConnection[Any]) -> str | None:
        with self._lock:
            if self._fatal is not None or self._left <= 0 or time.monotonic() >= self._until:
                return None
            if self._queue is not None:
                found = self._queue[:1]
                del self._queue[:1]
            else:
                found = streams.claim(connection, self.source, 1, LEASE_S, self.who)
            self._left -= len(found)
            return found[0] if found else None

    def _add(self, address: str) -> None:
        """One more wallet in a run of chosen ones; in a run of those due it is due like any other."""
        with self._lock:
            if self._queue is not None:
                self._queue.append(address)
                self._left += 1
                self._total += 1

    def _one(self, connection: PostgresConnection[Any], work: Work, address: str) -> None:
        stream = f"{self.source} {address}"
        if not streams.try_lock(connection, stream):
            self.outcome.note(f"{address} is being read by another worker already.")
            return
        try:
            if work(self._lease(connection, address)) is not PAUSED:
                self._ended(None)
        except (ApiRefused, WalkStuck, ShapeChanged, ApiUnavailable, StoreBusy) as error:
            streams.fail(connection, self.source, address, str(error), DUE_AFTER_FAILURE_S)
            self.outcome.fail(address, str(error))
            self._ended(error)
        except SmartmoneyError:
            streams.release(connection, self.source, address)
            raise
        finally:
            if not connection.closed:
                streams.unlock(connection, stream)

    def _lease(self, connection: PostgresConnection[Any], address: str) -> Lease:
        chosen = self._queue is not None
        until, sliced = self._until, False
        if self.slice_s is not None and not chosen and self._total > self.at_once:
            turn = time.monotonic() + self.slice_s
            until, sliced = min(turn, until), turn < until
        return Lease(
            connection, self.source, address, until, self._add, chosen, self.stretch, sliced
        )

    def _ended(self, error: SmartmoneyError | None) -> None:
        """Count, tell, and stop everybody where the fault is not this trader's alone."""
        with self._lock:
            self._taken += 1
            self._done += 1
            self._failures = 0 if error is None else self._failures + 1
            alone = isinstance(error, (ApiRefused, WalkStuck)) or (
                isinstance(error, ShapeChanged) and error.one_stream
            )
            if error is not None and not alone and self._hopeless(error):
                self._fatal = self._fatal or error
            done, total = self._done, max(self._total, self._done)
        self.progress(done, total, f"{self.source} of {done} traders")

    def _hopeless(self, error: SmartmoneyError) -> bool:
        """A changed shape concerns all; failed answers do once they come in a row, or for all asked."""
        return isinstance(error, ShapeChanged) or self._failures >= min(
            FAILURES_IN_A_ROW, max(self._total, 1)
        )
