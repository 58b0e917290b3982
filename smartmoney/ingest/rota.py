"""Whose turn it is: claims the traders that are due, works on several at once, and settles how each ended."""

from __future__ import annotations

import os
import socket
import time
import uuid
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from psycopg import Connection

from smartmoney.errors import (
    ApiRefused,
    ParameterError,
    ShapeChanged,
    SmartmoneyError,
    TemporaryError,
    WalkStuck,
)
from smartmoney.ingest.outcome import Progress, SyncOutcome
from smartmoney.settings import Settings
from smartmoney.store import streams
from smartmoney.store.db import Store

LEASE_S = 900.0
DUE_BY_TIER_S = {"S": 300, "A": 300, "B": 900, "C": 1_800, "D": 3_600, "E": 7_200}
DUE_UNSCORED_S = 900
DUE_AFTER_FAILURE_S = 600
IDLE_FACTOR = 6
IDLE_AFTER_DAYS = 14
Work = Callable[[Connection[Any], str], None]


def checked_addresses(addresses: list[str] | None) -> list[str] | None:
    """Lower-case wallet addresses.

    Raises:
        ParameterError: one is no address.
    """
    if addresses is None:
        return None
    for address in addresses:
        body = address.lower().removeprefix("0x")
        if len(body) != 40 or not address.lower().startswith("0x") or set(body) - set("0123456789abcdef"):
            raise ParameterError(
                f"{address[:60]!r} is no wallet address; it is 0x and 40 hexadecimal digits."
            )
    return sorted({address.lower() for address in addresses})


def due_in(connection: Connection[Any], address: str) -> float:
    """Seconds until a wallet is due again: by tier, later when it has not traded for two weeks."""
    row = connection.execute(
        "select tier, last_active_at < now() - make_interval(days => %s) from trader where address = %s",
        [IDLE_AFTER_DAYS, address],
    ).fetchone()
    tier, idle = row if row else (None, False)
    return DUE_BY_TIER_S.get(tier or "", DUE_UNSCORED_S) * (IDLE_FACTOR if idle else 1)


class Rota:
    """One run over the traders that are due in one stream."""

    def __init__(
        self, store: Store, settings: Settings, source: str, outcome: SyncOutcome, progress: Progress
    ) -> None:
        """Nothing is claimed yet.

        Args:
            store: as `sm_ingest`.
            settings: how many work at once.
            source: the stream, `trades` or `positions`.
            outcome: where failures are noted.
            progress: told after each trader.
        """
        self.store, self.source, self.outcome, self.progress = store, source, outcome, progress
        self.at_once = settings.worker_concurrency
        self.who = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:6]}"
        self._fatal: SmartmoneyError | None = None

    def run(self, work: Work, addresses: list[str] | None, limit: int, max_seconds: float) -> int:
        """Work off up to `limit` traders; returns how many were taken.

        Raises:
            TemporaryError: the API or the database is away; what was not finished is due again.
            ShapeChanged: the API's rows changed so much that reading on would lose some.
        """
        until = time.monotonic() + max_seconds
        taken = 0
        waiting: set[Future[None]] = set()
        with ThreadPoolExecutor(self.at_once) as pool:
            while self._fatal is None and time.monotonic() < until and taken < limit:
                claimed = self._claim(min(self.at_once - len(waiting), limit - taken), addresses)
                addresses = None if addresses is None else [each for each in addresses if each not in claimed]
                waiting |= {pool.submit(self._one, work, address) for address in claimed}
                taken += len(claimed)
                if not waiting:
                    break
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                self.progress(taken - len(waiting), taken, f"{self.source} of {taken - len(waiting)} traders")
                for future in done:
                    future.result()
        if self._fatal is not None:
            raise self._fatal
        return taken

    def _claim(self, count: int, addresses: list[str] | None) -> list[str]:
        if count <= 0 or addresses == []:
            return []
        with self.store.raw() as connection:
            if addresses is not None:
                streams.enroll(connection, self.source, addresses)
            return streams.claim(connection, self.source, count, LEASE_S, self.who, addresses)

    def _one(self, work: Work, address: str) -> None:
        """One trader; how it ended is settled in its stream, and what stops everybody is remembered."""
        try:
            with self.store.raw(autocommit=True) as connection:
                try:
                    work(connection, address)
                except (ApiRefused, WalkStuck) as error:
                    self._settle(connection, address, error)
                except ShapeChanged as error:
                    self._settle(connection, address, error)
                    self._fatal = error
                except TemporaryError:
                    streams.release(connection, self.source, address)
                    raise
        except SmartmoneyError as error:
            self._fatal = error

    def _settle(self, connection: Connection[Any], address: str, error: SmartmoneyError) -> None:
        streams.fail(connection, self.source, address, str(error), DUE_AFTER_FAILURE_S)
        self.outcome.fail(address, str(error))
