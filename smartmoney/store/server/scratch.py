"""A server that lives as long as the block, for databases that are thrown away with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from smartmoney.settings import load
from smartmoney.store.db import translated
from smartmoney.store.server.embedded import EmbeddedPostgres
from smartmoney.store.server.migrate import prepare

UNSAFE = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"
"""Faster, and no harm done: what a power cut would damage is thrown away anyhow."""


@contextmanager
def scratch_server(folder: Path) -> Iterator[Callable[[str], str]]:
    """An embedded server in `folder`; yields what makes a database of a name and gives its owner's URL.

    Raises:
        StoreUnavailable: the server did not come up.
    """
    server = EmbeddedPostgres(folder)
    try:
        server.create()
        with (server.data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(UNSAFE)
        server.start()
        prepare(load(smartmoney_home=folder, database_url=None, prefect_database_url=None))

        def make(name: str) -> str:
            url = server.url("postgres", "postgres")
            with translated(), psycopg.connect(url, autocommit=True) as connection:
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
            return server.url("postgres", name)

        yield make
    finally:
        server.stop("immediate")
