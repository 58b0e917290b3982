"""C22: no space for Postgres, none for reports. The run fails loudly, nothing moves, and it recovers with the space."""

from __future__ import annotations

import os
import pwd
import resource
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import nbformat
import psycopg
import pytest

from flows.publish import Slot, publish
from polymarket_sim.server import Simulator
from smartmoney.errors import StoreUnavailable
from smartmoney.settings import Settings, load
from smartmoney.store.db import Store
from smartmoney.store.server.embedded import EmbeddedPostgres
from tests.kit.same import Picture, assert_same, part_of, picture
from tests.kit.syncing import sync

MEGABYTES = 40


@pytest.fixture
def small_disk(postgres: EmbeddedPostgres) -> Iterator[Path]:
    """A disk of forty megabytes that Postgres may write on."""
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    folder = Path(tempfile.mkdtemp(prefix="smartmoney-small-"))
    folder.chmod(0o755)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", folder], capture_output=True
    )
    if done.returncode:
        folder.rmdir()
        pytest.skip(f"no small disk can be mounted here: {done.stderr.decode().strip()}")
    space = folder / "space"
    space.mkdir(mode=0o700)
    user = postgres.user()
    if user:
        entry = pwd.getpwnam(user)
        os.chown(space, entry.pw_uid, entry.pw_gid)
    yield space
    subprocess.run(["umount", folder], check=True)
    folder.rmdir()


@pytest.fixture
def cramped(postgres: EmbeddedPostgres, small_disk: Path) -> Iterator[Store]:
    """A store on a database that lies on it."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(f"create tablespace {name} location '{small_disk}'")
        connection.execute(
            f"create database {name} template smartmoney owner sm_owner tablespace {name}"
        )
        connection.execute(f"grant temporary on database {name} to sm_ingest")
    store = Store(postgres.url("sm_ingest", name), "sm_ingest")
    yield store
    store.dispose()
    with psycopg.connect(postgres.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(f"drop database {name} with (force)")
        connection.execute(f"drop tablespace {name}")


def test_a_full_disk_under_postgres(
    cramped: Store, small_disk: Path, api: Simulator, wallets: list[str], clean: Picture
) -> None:
    """Space for some pages is left, then none, then there is space again."""
    filler = small_disk.parent / "filler"
    free = shutil.disk_usage(small_disk).free
    filler.write_bytes(bytes(max(free - 400_000, 0)))
    with pytest.raises(StoreUnavailable, match="disk is full"):
        sync(cramped, api.url, wallets)
    left = picture(cramped)
    part_of(left, clean)
    assert not all(row[4] for row in left["stream"]), "who was not read to the end has no watermark"
    filler.unlink()
    sync(cramped, api.url, wallets)
    assert_same(picture(cramped), clean)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Settings]:
    """Settings of an installation whose process may write files of twenty kilobytes at most, once told."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield load(smartmoney_home=tmp_path / "home")
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def executed(settings: Settings, run: str) -> Slot:
    """A notebook of some hundred kilobytes that was just executed."""
    slot = Slot.now("small", run)
    cell = nbformat.v4.new_code_cell(
        "1", outputs=[nbformat.v4.new_output("stream", text="words " * 40_000)]
    )
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"papermill": {}})
    nbformat.write(notebook, slot.aside(settings))
    return slot


def test_no_space_for_the_report(room: Settings) -> None:
    earlier = publish(executed(room, "earlier"), room)
    assert earlier is not None
    reports = room.smartmoney_home / "reports"
    before = {path: path.read_bytes() for path in reports.rglob("*.*")}
    slot = executed(room, "later")
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    with pytest.raises(OSError, match="too large"):
        publish(slot, room)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    assert {path: path.read_bytes() for path in reports.rglob("*.*")} == before, (
        "no part of it is there"
    )
    again = publish(executed(room, "again"), room)
    assert again is not None and (reports / again).is_file()
