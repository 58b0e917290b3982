"""Fixtures on a small world, written once per test process into a database of its own, to be read only."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import psycopg
import pytest

from smartmoney.store.db import Store
from smartmoney.store.server.embedded import EmbeddedPostgres
from tests.kit.seed import SMALL, Seed


def write_small(postgres: EmbeddedPostgres) -> tuple[str, Seed]:
    """A new database that holds the small world: its name, and the world."""
    name = f"seeded_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(postgres.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name} template smartmoney owner sm_owner")
        connection.execute(f"grant connect on database {name} to sm_ingest, sm_read")
        connection.execute(f"revoke connect, temporary on database {name} from public")
    store = Store(postgres.url("sm_ingest", name), "sm_ingest")
    world = Seed(SMALL).write(store)
    store.dispose()
    return name, world


@pytest.fixture(scope="session")
def seeded(postgres: EmbeddedPostgres) -> tuple[str, Seed]:
    """Name of a database that holds the small world, and the world."""
    return write_small(postgres)


@pytest.fixture
def world(seeded: tuple[str, Seed]) -> Seed:
    """The world in the seeded database."""
    return seeded[1]


@pytest.fixture
def seen(postgres: EmbeddedPostgres, seeded: tuple[str, Seed]) -> Iterator[Store]:
    """The seeded database as pages see it."""
    store = Store(postgres.url("sm_read", seeded[0]), "sm_read")
    yield store
    store.dispose()
