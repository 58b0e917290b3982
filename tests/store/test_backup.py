"""Backup, loss, restore: everything comes back; what is damaged or foreign is refused and nothing is touched."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from smartmoney.errors import ParameterError, StoreUnavailable
from smartmoney.settings import Settings
from smartmoney.store.db import Store, open_store
from smartmoney.store.server.address import database_url
from smartmoney.store.server.backup import backup
from smartmoney.store.server.restoring import restore
from tests.kit.fills import FILL, NEAR, save
from tests.kit.own_server import own_installation


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """An installation with an embedded server of its own: databases are renamed here."""
    with own_installation(tmp_path_factory.mktemp("installation")) as settings:
        yield settings


@pytest.fixture
def filled(installation: Settings) -> Iterator[Store]:
    """Its database with eight trades."""
    store = open_store("sm_ingest", installation)
    save(store, [FILL, *NEAR])
    yield store
    store.dispose()


def trades(settings: Settings, role: str = "sm_read") -> list[tuple[object, ...]]:
    with psycopg.connect(database_url(settings, role)) as connection:  # type: ignore[arg-type]
        return connection.execute("select ts, key, cash_micro from trade order by 1, 2").fetchall()


def test_what_was_lost_comes_back(installation: Settings, filled: Store, tmp_path: Path) -> None:
    before = trades(installation)
    path = backup(installation, tmp_path / "backups")
    assert path.stat().st_mode & 0o077 == 0
    with psycopg.connect(database_url(installation, "sm_owner")) as connection:
        connection.execute("delete from trade")
    filled.dispose()
    restore(installation, path)
    assert trades(installation) == before
    store = open_store("sm_ingest", installation)
    assert save(store, [FILL]).known == 1
    store.dispose()


def test_one_flipped_byte_is_refused_and_nothing_is_touched(
    installation: Settings, filled: Store, tmp_path: Path
) -> None:
    path = backup(installation, tmp_path, verify=False)
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(bytes(body))
    with pytest.raises(ParameterError, match="is damaged: its checksum differs"):
        restore(installation, path)
    assert len(trades(installation)) == 8


def test_a_foreign_dump_is_refused(installation: Settings, tmp_path: Path) -> None:
    dump = tmp_path / "other.dump"
    dump.write_bytes(b"PGDMP")
    with pytest.raises(ParameterError, match="does not describe a backup of smartmoney"):
        restore(installation, dump)
    with pytest.raises(ParameterError, match="is no backup of smartmoney"):
        restore(installation, tmp_path / "none.dump")
    dump.with_suffix(".json").write_text(json.dumps({"format": "somebody else's"}))
    with pytest.raises(ParameterError, match="does not describe a backup of smartmoney"):
        restore(installation, dump)


def test_a_database_in_use_is_left_alone(
    installation: Settings, filled: Store, tmp_path: Path
) -> None:
    path = backup(installation, tmp_path, verify=False)
    with psycopg.connect(database_url(installation, "sm_owner")) as other:
        other.execute("select 1")
        with pytest.raises(StoreUnavailable, match="is in use; stop smartmoney first"):
            restore(installation, path)
    assert len(trades(installation)) == 8
