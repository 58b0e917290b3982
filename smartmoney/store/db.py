"""Connections to Postgres: one pool per store, sessions of their own, and one way to say that the database is away.

Rows go through the pool of psycopg; whole columns go to Arrow by ADBC (`arrow.connected`), which psycopg cannot do
without making an object of every value. Nothing else connects, but for making databases in `server`.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from threading import Lock
from typing import Any, TypeVar

import adbc_driver_manager
import psycopg
from psycopg import Connection as PostgresConnection
from psycopg.errors import DeadlockDetected, LockNotAvailable, SerializationFailure
from psycopg_pool import ConnectionPool, PoolTimeout
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from smartmoney.errors import SettingError, StoreBusy, StoreUnavailable
from smartmoney.settings import Settings, get_settings
from smartmoney.store.greeting import greet, require_session
from smartmoney.store.server.address import Role, database_url

__all__ = [
    "PostgresConnection",
    "Store",
    "async_commit",
    "committed",
    "open_store",
    "read_store",
    "translated",
]
CONNECT_SECONDS = 5
WAIT_SECONDS = 10.0
GLANCE_SECONDS = 0.05
LIBPQ: dict[str, Any] = {  # a server that vanished from the network is noticed within a minute
    "connect_timeout": CONNECT_SECONDS,
    "keepalives_idle": 20,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 50_000,
}
AWAY = (
    adbc_driver_manager.OperationalError,
    adbc_driver_manager.InterfaceError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
)
ENCRYPTION = re.compile(r"\bSSL\b|certificate")
BUSY = (DeadlockDetected, SerializationFailure, LockNotAvailable)  # 40P01, 40001, 55P03
AGAIN = Retrying(
    retry=retry_if_exception_type(BUSY),
    wait=wait_random_exponential(multiplier=0.05, max=2),
    stop=stop_after_attempt(6),
    reraise=True,
)
"""Of two that wait for each other Postgres ends one; both going on at once would meet again, so each waits as chance
has it."""
Result = TypeVar("Result")
# The pool logs each refused attempt as a warning; whoever asked gets it as StoreUnavailable.
logging.getLogger("psycopg.pool").setLevel(logging.ERROR)


class _Pool:
    """Connections that wait for their next use, and why the last attempt to make one failed."""

    def __init__(self, url: str, size: int) -> None:
        self._failure: tuple[float, Exception] | None = None
        pool = self

        class Noting(psycopg.Connection[Any]):
            """Keeps the error of the last attempt."""

            @classmethod
            def connect(cls, *arguments: Any, **options: Any) -> Any:
                connection = None
                try:
                    connection = super().connect(*arguments, **options)
                    greet(connection, url)
                except (psycopg.Error, SettingError) as error:
                    pool._failure = (time.monotonic(), error)
                    if connection is not None:
                        connection.close()
                    raise
                return connection

        self.connections: ConnectionPool[psycopg.Connection[Any]] = ConnectionPool(
            url,
            connection_class=Noting,
            kwargs=LIBPQ,
            min_size=0,
            max_size=size,
            num_workers=1,
            reconnect_timeout=0,
            check=ConnectionPool.check_connection,
            open=True,
        )

    def take(self) -> psycopg.Connection[Any]:
        """A connection that answers.

        The pool itself tells only that time is up, after all of it; a server that refuses is told at once.

        Raises:
            OperationalError: the server refuses or does not answer, or every connection is in use.
            SettingError: a pooler is between that ignores the role.
        """
        began = time.monotonic()
        while True:
            try:
                return self.connections.getconn(timeout=GLANCE_SECONDS)
            except PoolTimeout:
                if self._failure is not None and self._failure[0] >= began:
                    raise self._failure[1] from None
                if time.monotonic() - began > WAIT_SECONDS:
                    raise


class Store:
    """The database as seen by one role.

    Attributes:
        role: `sm_owner`, `sm_ingest` or `sm_read`.
        url: connection URL, password included; keep it out of logs.
        patience_s: seconds that a statement may take; None for what the role is given.
    """

    def __init__(
        self,
        url: str,
        role: Role = "sm_ingest",
        pool_size: int = 10,
        patience_s: int | None = None,
    ) -> None:
        self.role = role
        self.url = url
        self.patience_s = patience_s
        self._keeps_sessions = False
        self._size = pool_size
        self._lock = Lock()
        self._pool: _Pool | None = None

    def __reduce__(self) -> tuple[type[Store], tuple[str, Role, int, int | None]]:
        """A store sent to another process connects from there."""
        return Store, (self.url, self.role, self._size, self.patience_s)

    @contextmanager
    def raw(self) -> Iterator[psycopg.Connection[Any]]:
        """A pooled connection in one transaction: committed at the end, rolled back on any error.

        Raises:
            SettingError: a pooler is between that ignores the role.
            StoreUnavailable: the database does not answer, or went away meanwhile.
        """
        with translated():
            pool = self._pooled()
            connection = pool.take()
            try:
                with connection:
                    if self.patience_s is not None:
                        connection.execute(
                            f"set local statement_timeout = '{self.patience_s}s'".encode()
                        )
                    yield connection
            finally:
                pool.connections.putconn(connection)

    @contextmanager
    def session(self) -> Iterator[psycopg.Connection[Any]]:
        """A connection of its own in autocommit mode, closed at the end, and with it all that belongs to a session:
        advisory locks, settings, what is remembered of ids.

        Raises:
            SettingError: a pooler is between that ignores the role, or keeps no sessions.
            StoreUnavailable: the database does not answer, or went away meanwhile.
        """
        with translated(), psycopg.connect(self.url, autocommit=True, **LIBPQ) as connection:
            if greet(connection, self.url) and not self._keeps_sessions:
                require_session(connection, partial(psycopg.connect, self.url, **LIBPQ))
                self._keeps_sessions = True
            yield connection

    @property
    def idle(self) -> int:
        """How many pooled connections wait to be used."""
        return self._pool.connections.get_stats()["pool_available"] if self._pool else 0

    def dispose(self) -> None:
        """Close every pooled connection; the next use makes new ones."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.connections.close()

    def _pooled(self) -> _Pool:
        with self._lock:
            if self._pool is None:
                self._pool = _Pool(self.url, self._size)
            return self._pool


def async_commit(connection: psycopg.Connection[Any]) -> None:
    """Let commits reach the disk a moment later, in their order: those of a session, or of the transaction at hand.

    A crash of the server may take the last ones back, each whole, and never an earlier one without the later.
    """
    if connection.autocommit:
        connection.execute("set synchronous_commit = off")
    else:
        connection.execute("set local synchronous_commit = off")


def committed(connection: psycopg.Connection[Any], write: Callable[[], Result]) -> Result:
    """What `write` returns, from a transaction of its own that is committed; begun anew where Postgres refused it for
    the sake of another session.

    Args:
        connection: of a session.
        write: may run several times, so that it changes nothing but the database.

    Raises:
        StoreBusy: it was refused six times.
    """

    def once() -> Result:
        with connection.transaction():
            return write()

    try:
        return AGAIN.copy()(once)
    except BUSY as error:
        raise _busy(error) from error


def _busy(error: BaseException) -> StoreBusy:
    return StoreBusy(
        f"Other sessions held what this one needed ({_state(error)}); nothing was lost, the next run tries again."
    )


@contextmanager
def translated() -> Iterator[None]:
    """Turn the driver's ways of saying that the database is away, or busy with others, into errors that pass."""
    try:
        yield
    except BUSY as error:
        raise _busy(error) from error
    except AWAY as error:
        if _is_away(error):
            raise StoreUnavailable(_sentence(error)) from error
        raise


def _sentence(error: BaseException) -> str:
    """Away, or there and refusing: the server's own words follow FATAL."""
    if _state(error) == "53100":
        return "The database's disk is full; make room. Nothing was lost, the next run goes on from where it was."
    _, refused, words = str(error).partition("FATAL:")
    if refused:
        return f"The database refuses the connection:{words.splitlines()[0]}. Check DATABASE_URL and its roles."
    if ENCRYPTION.search(str(error)):
        why = " ".join(str(error).split())
        return f"The database's encryption is not what its address asks for: {why}. Check sslmode and sslrootcert there."
    return "The database does not answer; is it running? `smartmoney status` tells."


def _is_away(error: BaseException) -> bool:
    """Driver errors without an SQLSTATE, of class 08, 53 (no disk, memory, connections) or 57P, or a pool time-out."""
    state = _state(error)
    return state is None or state.startswith(("08", "53", "57P"))


def _state(error: BaseException) -> str | None:
    return getattr(error, "sqlstate", None)


def open_store(
    role: Role = "sm_ingest", settings: Settings | None = None, pool_size: int = 10
) -> Store:
    """A store for `role` by the settings of this process. Nothing is connected yet."""
    return Store(database_url(settings or get_settings(), role), role, pool_size)


@cache
def read_store() -> Store:
    """The read-only store of this process: what pages, the REST API and analysts use."""
    return open_store("sm_read")
