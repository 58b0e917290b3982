"""Connections: one pooled engine per process and role, and one way to say that the database is away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import adbc_driver_manager
import psycopg
import sqlalchemy
from psycopg import Connection as PostgresConnection
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.url import make_url

from smartmoney.errors import StoreUnavailable
from smartmoney.settings import Settings, get_settings
from smartmoney.store.address import Role, database_url

__all__ = ["PostgresConnection", "Store", "open_store", "read_store", "translated"]
CONNECT_SECONDS = 5
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
    sqlalchemy.exc.OperationalError,
    sqlalchemy.exc.InterfaceError,
    sqlalchemy.exc.TimeoutError,
)


class Store:
    """The database as seen by one role.

    Attributes:
        role: `sm_owner`, `sm_ingest` or `sm_read`.
        url: connection URL, password included; keep it out of logs.
        engine: SQLAlchemy engine with a pool that checks connections on checkout and recovers by itself.
    """

    def __init__(self, url: str, role: Role = "sm_ingest", pool_size: int = 5) -> None:
        self.role = role
        self.url = url
        self.engine: Engine = sqlalchemy.create_engine(
            make_url(url).set(drivername="postgresql+psycopg"),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            pool_timeout=10,
            connect_args=LIBPQ,
        )

    def __reduce__(self) -> tuple[type[Store], tuple[str, Role]]:
        """A store sent to another process connects from there."""
        return Store, (self.url, self.role)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A pooled connection; nothing is committed unless you do.

        Raises:
            StoreUnavailable: the database does not answer, or went away meanwhile.
        """
        with translated(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A pooled connection in one transaction: committed at the end, rolled back on any error.

        Raises:
            StoreUnavailable: the database does not answer, or went away meanwhile.
        """
        with translated(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def raw(self, autocommit: bool = False) -> Iterator[psycopg.Connection[Any]]:
        """A psycopg connection of its own, for COPY, advisory locks and LISTEN.

        Committed at the end unless `autocommit`; rolled back on any error; always closed.
        """
        with translated():
            connection = psycopg.connect(self.url, autocommit=autocommit, **LIBPQ)
            with connection:
                yield connection

    def dispose(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


@contextmanager
def translated() -> Iterator[None]:
    """Turn the driver's ways of saying that the database is away into StoreUnavailable."""
    try:
        yield
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
    return "The database does not answer; is it running? `smartmoney status` tells."


def _is_away(error: BaseException) -> bool:
    """Driver errors without an SQLSTATE, of class 08, 53 (no disk, memory, connections) or 57P, or a pool time-out."""
    state = _state(error)
    return state is None or state.startswith(("08", "53", "57P"))


def _state(error: BaseException) -> str | None:
    original = getattr(error, "orig", None) or error
    return getattr(original, "sqlstate", None)


def open_store(
    role: Role = "sm_ingest", settings: Settings | None = None, pool_size: int = 5
) -> Store:
    """A store for `role` by the settings of this process. Nothing is connected yet."""
    return Store(database_url(settings or get_settings(), role), role, pool_size)


@cache
def read_store() -> Store:
    """The read-only store of this process: what pages, the REST API and analysts use."""
    return open_store("sm_read")
