"""Throw-away databases."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from smartmoney.store.db import Store
from smartmoney.store.server.embedded import EmbeddedPostgres


@contextmanager
def fresh_database(postgres: EmbeddedPostgres) -> Iterator[str]:
    """Name of a new, migrated database; dropped afterwards."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name} template smartmoney owner sm_owner")
        connection.execute(f"grant connect on database {name} to sm_ingest, sm_read")
        connection.execute(f"grant temporary on database {name} to sm_ingest")
        connection.execute(f"revoke connect, temporary on database {name} from public")
    try:
        yield name
    finally:
        with psycopg.connect(postgres.url("postgres", "postgres"), autocommit=True) as connection:
            connection.execute(f"drop database {name} with (force)")


@contextmanager
def fresh_store(postgres: EmbeddedPostgres) -> Iterator[Store]:
    """A store on one more fresh database."""
    with fresh_database(postgres) as name:
        opened = Store(postgres.url("sm_ingest", name), "sm_ingest")
        try:
            yield opened
        finally:
            opened.dispose()
