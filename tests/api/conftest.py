"""The app on a small world that is only read, and on an empty database that may be written to."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import httpx
import psycopg
import pytest
from pydantic import SecretStr

from smartmoney.api import create_app, issue_token
from smartmoney.settings import Settings, load
from smartmoney.store.db import Store
from smartmoney.store.server.embedded import EmbeddedPostgres
from tests.kit.api_server import ORIGIN, SECRET, serving
from tests.kit.seed import SMALL, Seed


@pytest.fixture(scope="session")
def seeded(postgres: EmbeddedPostgres) -> Iterator[tuple[str, Seed]]:
    """Name of a database that holds the small world, and the world. Read it; do not write to it."""
    name = f"api_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(postgres.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name} template smartmoney owner sm_owner")
        connection.execute(f"grant connect on database {name} to sm_ingest, sm_read")
    store = Store(postgres.url("sm_ingest", name), "sm_ingest")
    world = Seed(SMALL).write(store)
    store.dispose()
    yield name, world


@pytest.fixture(scope="session")
def world(seeded: tuple[str, Seed]) -> Seed:
    """The world in the seeded database."""
    return seeded[1]


@pytest.fixture(scope="session")
def open_settings(
    postgres: EmbeddedPostgres, seeded: tuple[str, Seed], tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    """Settings on the seeded database: no rate limit, tokens on, one origin allowed."""
    return load(
        smartmoney_home=tmp_path_factory.mktemp("home"),
        database_url=postgres.url("sm_owner", seeded[0]),
        database_read_url=postgres.url("sm_read", seeded[0]),
        api_rate_limit=0,
        api_jwt_secret=SECRET,
        cors_origin=ORIGIN,
    )


@pytest.fixture(scope="session")
def address(open_settings: Settings) -> Iterator[str]:
    """Where the app on the small world is served; it reads every time."""
    with serving(create_app(open_settings, keep_seconds=0)) as found:
        yield found


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    """A client of the app on the small world."""
    with httpx.Client(base_url=address, timeout=30, trust_env=False) as found:
        yield found


@pytest.fixture
def seen(postgres: EmbeddedPostgres, seeded: tuple[str, Seed]) -> Iterator[Store]:
    """The seeded database as the API sees it."""
    store = Store(postgres.url("sm_read", seeded[0]), "sm_read")
    yield store
    store.dispose()


@pytest.fixture
def signed(settings: Settings) -> Settings:
    """Settings on an empty database, with a signing key and no rate limit."""
    return settings.model_copy(update={"api_jwt_secret": SecretStr(SECRET), "api_rate_limit": 0})


@pytest.fixture
def acting(signed: Settings) -> Iterator[httpx.Client]:
    """A client of the app on an empty database; it sends a token along."""
    headers = {"Authorization": f"Bearer {issue_token(signed, 'tester', 1)}"}
    with (
        serving(create_app(signed)) as found,
        httpx.Client(base_url=found, headers=headers, trust_env=False) as client,
    ):
        yield client
