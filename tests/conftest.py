"""Fixtures every test may use: a throw-away Postgres, stores for each role, settings that touch nothing of yours."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from smartmoney.settings import Settings, load
from smartmoney.store.db import Store, open_store
from smartmoney.store.server.embedded import EmbeddedPostgres
from smartmoney.store.server.migrate import migrate, prepare
from tests.kit import guardian
from tests.kit.databases import fresh_database
from tests.kit.environment import SHARED
from tests.kit.rerun import pytest_runtest_logreport

hypothesis.settings.register_profile("any machine", deadline=None)  # a busy machine is no failure
hypothesis.settings.load_profile("any machine")

__all__ = ["pytest_runtest_logreport"]


def pytest_configure() -> None:
    """No server that a test starts survives this process."""
    start = EmbeddedPostgres.start

    def watched(server: EmbeddedPostgres) -> None:
        guardian.watch(server.data)
        start(server)

    EmbeddedPostgres.start = watched  # type: ignore[method-assign]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Groups are what keeps an installation from being started by every process: a pytest that xdist does not know yet
    (9.2) ignores them without a word."""
    if getattr(config.option, "loadgroup", False):
        lost = [
            item.nodeid
            for item in items
            if item.get_closest_marker("xdist_group") and "@" not in item.nodeid
        ]
        assert not lost, (
            f"pytest {pytest.__version__} and xdist do not keep groups together: {lost[0]}"
        )


@pytest.fixture(autouse=True)
def _no_settings_of_yours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Tests see neither your settings nor your proxy, and write below their own folder."""
    for name in list(os.environ):
        if (
            name.startswith(("SMARTMONEY_", "POLYMARKET_", "DATABASE_", "PREFECT_"))
            and "_TEST_" not in name
        ):
            monkeypatch.delenv(name)
        if name.lower() in {"http_proxy", "https_proxy", "all_proxy"}:
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the checkout; the test is skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(
            f"no real data at {SHARED}: set SMARTMONEY_TEST_SHARED to the folder that holds data/ and samples/"
        )
    return SHARED


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """One throw-away server per test process, with a migrated template database to copy."""
    folder = Path(tempfile.mkdtemp(prefix="smartmoney-test-"))
    folder.chmod(0o755)
    server = EmbeddedPostgres(folder)
    try:
        server.create()
        with (server.data / "postgresql.conf").open("a") as file:
            file.write(
                "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nshared_buffers = 128MB\n"
            )
        server.start()
        settings = load(smartmoney_home=folder)
        prepare(settings)
        store = open_store("sm_owner", settings)
        migrate(store)
        store.dispose()
        yield server
    finally:
        server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database(postgres: EmbeddedPostgres) -> Iterator[str]:
    """Name of a fresh, migrated database."""
    with fresh_database(postgres) as name:
        yield name


@pytest.fixture
def store(postgres: EmbeddedPostgres, database: str) -> Iterator[Store]:
    """A store on a fresh database as `sm_ingest`."""
    opened = Store(postgres.url("sm_ingest", database), "sm_ingest")
    yield opened
    opened.dispose()


@pytest.fixture
def reader(postgres: EmbeddedPostgres, database: str) -> Iterator[Store]:
    """A store on the same database as `sm_read`."""
    opened = Store(postgres.url("sm_read", database), "sm_read")
    yield opened
    opened.dispose()


@pytest.fixture
def owner(postgres: EmbeddedPostgres, database: str) -> Iterator[Store]:
    """A store on the same database as `sm_owner`."""
    opened = Store(postgres.url("sm_owner", database), "sm_owner")
    yield opened
    opened.dispose()


@pytest.fixture
def settings(postgres: EmbeddedPostgres, database: str, tmp_path: Path) -> Settings:
    """Settings of an installation of its own on a fresh database (DATABASE_URL as the owner)."""
    return load(
        smartmoney_home=tmp_path / "home",
        database_url=postgres.url("sm_owner", database),
        database_read_url=postgres.url("sm_read", database),
    )
