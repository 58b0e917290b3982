"""A dump that somebody made to run programs as the superuser of the server: it is refused, and where it is trusted it cannot."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from smartmoney.errors import ParameterError, SettingError, StoreUnavailable
from smartmoney.settings import Settings
from smartmoney.store.server.address import database_url
from smartmoney.store.server.backup import backup
from smartmoney.store.server.client import client_program
from smartmoney.store.server.dump_facts import KEY, TABLES_COUNTED
from smartmoney.store.server.embedded import EmbeddedPostgres
from smartmoney.store.server.restoring import restore
from tests.kit.own_server import own_installation

pytestmark = pytest.mark.xdist_group("crafted")
PWN = """
create function pwn() returns boolean language plpgsql as $$
begin execute $c$copy (select 1) to program 'cat > {marker}'$c$; return true; end $$;
create function peek() returns boolean language plpgsql as $$
begin perform pg_read_file('PG_VERSION'); return true; end $$;
"""
TABLES = ";".join(
    f"create table {name} (cash_micro bigint)" for name in TABLES_COUNTED if name != "trader"
)
CRAFTED = {
    "a check that runs while rows are loaded": (
        "create table trader (x int check (pwn())); insert into trader values (1)"
    ),
    "a view in place of a table that is counted": "create view trader as select 1 where pwn()",
    "a materialized view that is filled": (
        "create materialized view trader as select 1 where pwn()"
    ),
    "a view that reads files of the server": "create view trader as select 1 where peek()",
}


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with own_installation(tmp_path_factory.mktemp("installation")) as settings:
        yield settings


@pytest.fixture
def marker(installation: Settings) -> Path:
    """A file that a program started by the server could make."""
    return EmbeddedPostgres(installation.smartmoney_home).data / "pwned"


@pytest.fixture
def crafted(installation: Settings, marker: Path, tmp_path: Path) -> Callable[[str], Path]:
    """A dump of a database with something in it, with right facts and a right checksum, but without the key."""

    def make(name: str) -> Path:
        server = EmbeddedPostgres(installation.smartmoney_home)
        with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as admin:
            admin.execute("drop database if exists crafted")
            admin.execute("create database crafted")
        with psycopg.connect(server.url("postgres", "crafted"), autocommit=True) as owner:
            owner.execute(PWN.format(marker=marker))
            owner.execute(TABLES)
            owner.execute(CRAFTED[name])
        marker.unlink(missing_ok=True)
        path = tmp_path / "crafted.dump"
        subprocess.run(
            [
                client_program("pg_dump"),
                "-Fc",
                "-f",
                str(path),
                "-d",
                server.url("postgres", "crafted"),
            ],
            check=True,
        )
        counts = {**dict.fromkeys(TABLES_COUNTED, 0), "trader": 1, "cash_micro": 0}
        facts = {
            "format": "smartmoney-backup-2",
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "counts": counts,
            "schema": 1,
            "seal": "0" * 64,
        }
        path.with_suffix(".json").write_text(json.dumps(facts))
        return path

    return make


@pytest.mark.parametrize("name", CRAFTED)
def test_without_the_key_it_is_refused(
    installation: Settings, crafted: Callable[[str], Path], marker: Path, name: str
) -> None:
    with pytest.raises(ParameterError, match="was not made by this installation"):
        restore(installation, crafted(name))
    assert not marker.exists()


@pytest.mark.parametrize("name", CRAFTED)
def test_trusted_it_still_starts_no_program_and_reads_no_file(
    installation: Settings, crafted: Callable[[str], Path], marker: Path, name: str
) -> None:
    with pytest.raises((StoreUnavailable, psycopg.errors.InsufficientPrivilege)):
        restore(installation, crafted(name), trust=True)
    assert not marker.exists()
    with psycopg.connect(database_url(installation, "sm_owner")) as connection:
        assert connection.execute("select count(*) from migration").fetchone()[0] > 10  # type: ignore[index]


def test_trusted_but_nothing_of_ours_is_refused(
    installation: Settings, crafted: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        CRAFTED, "nothing bad", "create table trader (x int); insert into trader values (1)"
    )
    with pytest.raises(StoreUnavailable, match="lacks the migrations of smartmoney"):
        restore(installation, crafted("nothing bad"), trust=True)


def test_the_attack_works_for_a_superuser(
    installation: Settings, crafted: Callable[[str], Path], marker: Path
) -> None:
    """What the others hold against: by the superuser's rights the program is started."""
    path = crafted("a view in place of a table that is counted")
    server = EmbeddedPostgres(installation.smartmoney_home)
    with psycopg.connect(server.url("postgres", "crafted"), autocommit=True) as superuser:
        superuser.execute("select count(*) from trader")
    assert path.exists() and marker.exists()
    marker.unlink()


@pytest.mark.parametrize(
    "change",
    [
        lambda facts: facts["counts"].update(trade=9),
        lambda facts: facts.update(schema=1),
        lambda facts: facts.update(seal=""),
        lambda facts: facts.update(seal="é" * 64),
        lambda facts: facts.update(sha256="0" * 64),
        lambda facts: facts.pop("seal"),
        lambda facts: facts.update(schema=None),
        lambda facts: facts.update(counts=[]),
        lambda facts: facts.update(format="smartmoney-backup-1"),
    ],
)
def test_a_changed_fact_is_noticed(
    installation: Settings, tmp_path: Path, change: Callable[[dict[str, object]], object]
) -> None:
    path = backup(installation, tmp_path, verify=False)
    facts = json.loads(path.with_suffix(".json").read_text())
    change(facts)
    path.with_suffix(".json").write_text(json.dumps(facts))
    with pytest.raises(ParameterError, match="not made by|does not describe|damaged"):
        restore(installation, path)


def test_a_dump_from_before_there_were_seals_needs_trust(
    installation: Settings, tmp_path: Path
) -> None:
    path = backup(installation, tmp_path, verify=False)
    facts = json.loads(path.with_suffix(".json").read_text())
    del facts["seal"]
    path.with_suffix(".json").write_text(json.dumps({**facts, "format": "smartmoney-backup-1"}))
    with pytest.raises(ParameterError, match="was not made by this installation"):
        restore(installation, path)
    assert restore(installation, path, trust=True)


def test_a_dump_is_restored_elsewhere_by_its_key(installation: Settings, tmp_path: Path) -> None:
    path = backup(installation, tmp_path / "dumps", verify=False)
    key = installation.smartmoney_home / KEY
    assert key.stat().st_mode & 0o077 == 0
    assert key.read_text() not in path.with_suffix(".json").read_text()
    kept = key.read_text()
    try:
        key.write_text("another installation's key, long enough")
        with pytest.raises(ParameterError, match="Bring the key that it was made with"):
            restore(installation, path)
        brought = installation.model_copy(update={"backup_key": SecretStr(kept)})
        assert restore(brought, path)
        with pytest.raises(SettingError, match="BACKUP_KEY has fewer than 32 characters"):
            restore(installation.model_copy(update={"backup_key": SecretStr("short")}), path)
    finally:
        key.write_text(kept)


def test_a_superuser_of_ones_own_server_does_not_restore_what_is_not_sealed(
    installation: Settings, crafted: Callable[[str], Path], marker: Path
) -> None:
    server = EmbeddedPostgres(installation.smartmoney_home)
    own = installation.model_copy(
        update={"database_url": SecretStr(server.url("postgres", "smartmoney"))}
    )
    with pytest.raises(ParameterError, match="connects as a superuser"):
        restore(own, crafted("a view in place of a table that is counted"), trust=True)
    assert not marker.exists()
