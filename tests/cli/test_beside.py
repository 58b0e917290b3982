"""Commands beside `up`, and folders with spaces and umlauts in their names."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from smartmoney.errors import SettingError, StoreUnavailable
from smartmoney.settings import Settings, load
from smartmoney.store.db import open_store
from smartmoney.store.server.embedded import EmbeddedPostgres
from smartmoney.store.server.migrate import require_ours
from smartmoney.supervise import environment, joining
from smartmoney.supervise.joining import database
from smartmoney.supervise.lock import holder, only_user_of_database
from smartmoney.supervise.paths import Paths

HOLDS = """
import sys, time
from pathlib import Path
from smartmoney.supervise.lock import only_one
from smartmoney.supervise.paths import Paths
with only_one(Paths(Path(sys.argv[1]))):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """An installation in a folder whose name has a space and an umlaut."""
    home = tmp_path_factory.mktemp("übers Jahr") / "my own" / "größe"
    for folder in (home, *home.parents[:3]):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
    yield load(smartmoney_home=home)
    EmbeddedPostgres(home).stop("immediate")


def held_elsewhere(settings: Settings, seconds: float) -> subprocess.Popen[str]:
    """Another process that holds the folder as `up` does."""
    command = [sys.executable, "-c", HOLDS, str(settings.smartmoney_home), str(seconds)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    return process


def test_a_folder_may_have_spaces_and_umlauts(installed: Settings) -> None:
    with database(installed) as steps:
        assert steps or EmbeddedPostgres(installed.smartmoney_home).running()
        store = open_store("sm_ingest", installed, 1)
        with store.raw() as connection:
            assert connection.execute("select current_user").fetchone() == ("sm_ingest",)
        store.dispose()
        done = subprocess.run(
            [sys.executable, "-m", "flows.check_database"],
            input=environment.prefect_database(installed),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert joining.psql(installed, "sm_read", ["-c", "select 1", "-o", "/dev/null"]) == 0


def test_the_last_command_stops_the_server_the_first_one_started(installed: Settings) -> None:
    server = EmbeddedPostgres(installed.smartmoney_home)
    with database(installed):
        with database(installed):
            assert server.running()
        assert server.running(), "the other one still uses it"
    assert not server.running()


def test_beside_an_installation_that_starts_or_stops_a_command_waits(
    installed: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    up = held_elsewhere(installed, 60)
    try:
        monkeypatch.setattr(joining, "WAIT_SECONDS", 1)
        with pytest.raises(StoreUnavailable, match="is starting or stopping"):
            with database(installed):
                raise AssertionError("there is no server")
        assert not EmbeddedPostgres(installed.smartmoney_home).running(), "it is not ours to start"
    finally:
        up.kill()
        up.communicate()
    up = held_elsewhere(installed, 2)
    monkeypatch.setattr(joining, "WAIT_SECONDS", 60)
    with database(installed):
        assert holder(Paths(installed.smartmoney_home)) is None
    up.communicate()


def test_up_waits_for_commands_that_use_the_database(installed: Settings) -> None:
    said: list[str] = []
    places = Paths(installed.smartmoney_home)
    with database(installed):
        with pytest.raises(Exception, match="Another command still uses the database"):
            with only_user_of_database(places, said.append, seconds=0.5):
                raise AssertionError("somebody uses it")
    with only_user_of_database(places, said.append, seconds=0.5):
        pass
    assert said == ["Another command uses the database; waiting until it has ended"]


def test_a_database_of_another_project_is_left_alone(
    postgres: EmbeddedPostgres, settings: Settings, tmp_path: Path
) -> None:
    require_ours(settings)
    admin = psycopg.connect(postgres.url("postgres", "postgres"), autocommit=True)
    admin.execute("create database shop template template0")
    try:
        url = postgres.url("postgres", "shop")
        with psycopg.connect(url, autocommit=True) as shop:
            shop.execute("create table orders (id integer)")
            foreign = load(smartmoney_home=tmp_path / "other", database_url=url)
            with pytest.raises(SettingError, match=r"database shop, which holds tables .*orders"):
                with database(foreign):
                    raise AssertionError("it is not ours")
            tables = shop.execute(
                "select tablename from pg_tables where schemaname = 'public'"
            ).fetchall()
            assert tables == [("orders",)]
            shop.execute("drop table orders")
        with database(foreign) as steps:
            assert steps, "an empty one is welcome"
        with database(foreign) as steps:
            assert steps == [], "and then it is ours"
    finally:
        admin.execute("drop database shop with (force)")
        admin.close()
