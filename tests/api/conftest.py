"""A small world in a database of its own, and the app on it; and the app on an empty database that may be written to."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import psycopg
import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from smartmoney.api import create_app, issue_token
from smartmoney.settings import Settings, load
from smartmoney.store.db import Store
from smartmoney.store.embedded import EmbeddedPostgres
from tests.seed import SMALL, World

SECRET = "a secret of more than thirty-two characters"
HERE = "http://127.0.0.1:8000"


@pytest.fixture(scope="session")
def seeded(postgres: EmbeddedPostgres) -> Iterator[tuple[str, World]]:
    """Name of a database that holds the small world, and the world. Read it; do not write to it."""
    name = f"api_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(postgres.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(f"create database {name} template smartmoney owner sm_owner")
        connection.execute(f"grant connect on database {name} to sm_ingest, sm_read")
    store = Store(postgres.url("sm_ingest", name), "sm_ingest")
    world = World(SMALL).write(store)
    store.dispose()
    yield name, world


@pytest.fixture(scope="session")
def world(seeded: tuple[str, World]) -> World:
    """The world in the seeded database."""
    return seeded[1]


@pytest.fixture(scope="session")
def open_settings(postgres: EmbeddedPostgres, seeded: tuple[str, World], tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings on the seeded database: no rate limit, tokens on, one origin allowed."""
    return load(smartmoney_home=tmp_path_factory.mktemp("home"), database_url=postgres.url("sm_owner", seeded[0]),
                database_read_url=postgres.url("sm_read", seeded[0]), api_rate_limit=0, api_jwt_secret=SECRET,
                cors_origin="https://desk.example")


@pytest.fixture(scope="session")
def client(open_settings: Settings) -> Iterator[TestClient]:
    """The app on the small world; it reads every time."""
    with TestClient(create_app(open_settings, keep_seconds=0), HERE, raise_server_exceptions=False) as found:
        yield found


@pytest.fixture
def seen(postgres: EmbeddedPostgres, seeded: tuple[str, World]) -> Iterator[Store]:
    """The seeded database as the API sees it."""
    store = Store(postgres.url("sm_read", seeded[0]), "sm_read")
    yield store
    store.dispose()


@pytest.fixture
def acting(settings: Settings) -> Iterator[TestClient]:
    """The app on an empty database, with a token sent along."""
    signed = settings.model_copy(update={"api_jwt_secret": SecretStr(SECRET), "api_rate_limit": 0})
    headers = {"Authorization": f"Bearer {issue_token(signed, 'tester', 1)}"}
    with TestClient(create_app(signed), HERE, raise_server_exceptions=False, headers=headers) as found:
        yield found
