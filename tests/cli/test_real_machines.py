"""What people have in their shells, disks and addresses breaks nothing: each case was seen on a real machine."""

from __future__ import annotations

import logging
import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from logging.handlers import WatchedFileHandler
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from smartmoney import logs
from smartmoney.errors import SettingError, UserError
from smartmoney.jobs.runner import JobRun, job
from smartmoney.settings import Settings, load
from smartmoney.store.db import Store
from smartmoney.store.server.embedded import EmbeddedPostgres
from smartmoney.store.server.setting import claim_source
from smartmoney.supervise import doctor, environment, ports, stopping, supervisor
from smartmoney.supervise.paths import ROOT, Paths
from smartmoney.supervise.up import resolve

EXTRAS = (
    "sslmode=disable",
    "sslmode=prefer&channel_binding=disable",
    "connect_timeout=10",
    "application_name=x",
    "target_session_attrs=read-write",
    "options=-c%20statement_timeout%3D7000",
    "keepalives=1&keepalives_idle=30&sslmode=prefer",
)


def check_database(url: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flows.check_database"],
        input=url,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("extra", EXTRAS)
def test_prefect_takes_the_address_that_we_take(
    postgres: EmbeddedPostgres, database: str, extra: str, tmp_path: Path
) -> None:
    ours = f"{postgres.url('sm_owner', database)}&{extra}"
    settings = load(smartmoney_home=tmp_path, database_url=ours, prefect_database_url=ours)
    done = check_database(environment.prefect_database(settings))
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_certificate_and_the_options_reach_the_driver() -> None:
    url = environment.for_asyncpg(
        "postgresql://ada:p%40w@db.example:5433/prefect?sslmode=verify-full&sslrootcert=/a%20b/ca.pem"
        "&connect_timeout=5&options=-c%20search_path%3Dx"
    )
    parts = urlsplit(url)
    assert parts.scheme == "postgresql+asyncpg" and parts.netloc == "ada:p%40w@db.example:5433"
    inner = dict(parse_qsl(urlsplit(dict(parse_qsl(parts.query))["dsn"]).query))
    assert inner == {
        "sslmode": "verify-full",
        "sslrootcert": "/a b/ca.pem",
        "options": "-c search_path=x",
    }


def test_doctor_tries_prefects_database_and_keeps_the_password(
    settings: Settings, postgres: EmbeddedPostgres, database: str
) -> None:
    good = settings.model_copy(
        update={
            "prefect_database_url": load(
                prefect_database_url=postgres.url("sm_owner", database)
            ).prefect_database_url
        }
    )
    assert doctor._prefect_database(good).good
    found = doctor._prefect_database(
        load(prefect_database_url="postgresql://ada:canary@127.0.0.1:9/prefect?sslmode=disable")
    )
    assert not found.good and "canary" not in found.sentence
    assert "Prefect cannot use its database" in found.sentence


def test_prefects_own_variable_leads_no_installation_astray(tmp_path: Path) -> None:
    foreign = load(prefect_api_url="http://10.0.0.8:4200/api")
    settings, chosen = resolve(foreign, tmp_path / "home", "simulator")
    own = f"http://127.0.0.1:{chosen['prefect']}/api"
    assert settings.prefect_api_url == own
    assert environment.prefect(settings, chosen["prefect"])["PREFECT_API_URL"] == own


def test_reset_removes_what_an_installation_made_and_nothing_else(tmp_path: Path) -> None:
    foreign = Paths(tmp_path / "photos")
    (foreign.home / "logs").mkdir(parents=True)
    (foreign.home / "logs" / "mine.txt").write_text("mine")
    with pytest.raises(UserError, match="no folder of an installation"):
        stopping.forget(foreign)
    assert (foreign.home / "logs" / "mine.txt").read_text() == "mine"

    places = Paths(tmp_path / "home")
    places.make()
    (places.home / "secrets.json").write_text("{}")
    (places.home / "thesis.txt").write_text("years of work")
    assert stopping.forget(places) == [places.home / "thesis.txt"]
    assert [path.name for path in places.home.iterdir()] == ["thesis.txt"]

    (places.home / "thesis.txt").unlink()
    (places.home / "secrets.json").write_text("{}")
    assert stopping.forget(places) == [] and not places.home.exists()


def test_a_promised_port_leaves_no_file_and_is_promised_once() -> None:
    before = set(Path(tempfile.gettempdir()).glob("smartmoney-port-*"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    assert ports._promise(number)
    code = f"from smartmoney.supervise import ports; print(ports._promise({number}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    os.close(ports._held.pop())
    assert ports._promise(number)
    os.close(ports._held.pop())
    assert set(Path(tempfile.gettempdir()).glob("smartmoney-port-*")) == before


def test_logs_are_for_their_owner_only(tmp_path: Path) -> None:
    places = Paths(tmp_path / "home")
    places.make()
    (places.logs / "old.log").write_text("")
    (places.logs / "old.log").chmod(0o644)
    places.make()
    assert stat.S_IMODE((places.logs / "old.log").stat().st_mode) == 0o600
    assert stat.S_IMODE(places.logs.stat().st_mode) == 0o700
    running = supervisor.Supervisor(places, [], environment.base(load(smartmoney_home=places.home)))
    try:
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in places.logs.iterdir()}
    finally:
        running.end()
    assert len(modes) >= 2 and set(modes.values()) == {0o600}, modes


def test_the_log_of_the_pages_is_rotated_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "pages.log"
    assert not logs.rotate(path)
    handler = WatchedFileHandler(path)
    for number in range(12):
        handler.emit(logging.makeLogRecord({"msg": f"{number} " + "x" * 60}))
        logs.rotate(path, most_bytes=100)
    handler.close()
    files = sorted(each.name for each in tmp_path.iterdir())
    assert files == ["pages.log.1", "pages.log.2", "pages.log.3"]
    assert all(each.stat().st_size < 200 for each in tmp_path.iterdir())
    assert (tmp_path / "pages.log.1").read_text().startswith("10 ")


OLD_PIP = """#!/bin/sh
echo "$*" >> {log}
case "$*" in *"import pip, sys"*|*"-m pip install -q uv"*) exit 1;; esac
"""


def test_setup_brings_an_old_pip_up_to_date_before_it_reads_the_lock(tmp_path: Path) -> None:
    fake, log = tmp_path / "venv" / "bin" / "python", tmp_path / "asked"
    fake.parent.mkdir(parents=True)
    fake.write_text(OLD_PIP.format(log=log))
    fake.chmod(0o755)
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("sh", "sed", "tail", "grep", "date", "cmp", "basename", "cp", "printf"):
        (tools / name).symlink_to(shutil.which(name) or "/bin/true")
    subprocess.run(
        [ROOT / ".ci" / "setup", "requirements.lock"],
        cwd=ROOT,
        env={"PATH": str(tools), "VENV": str(tmp_path / "venv"), "PYTHON": sys.executable},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    calls = log.read_text()
    assert calls.index("--upgrade pip>=24") < calls.index("--require-hashes -r requirements.lock")


def test_the_image_builds_with_what_its_base_and_the_lock_have() -> None:
    text = (ROOT / "deploy" / "Dockerfile").read_text()
    lock = (ROOT / "requirements.lock").read_text()
    assert "--no-build-isolation" not in text or "\nsetuptools==" in lock
    copied = {
        name for line in text.splitlines() if line.startswith("COPY") for name in line.split()[1:-1]
    }
    assert {"pyproject.toml", "setup.py", "README.md", "LICENSE"} <= copied, "what the build reads"
    assert all((ROOT / name).exists() for name in copied)
    let_through = (ROOT / ".dockerignore").read_text().splitlines()
    assert not [name for name in copied if f"!{name}" not in let_through]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives up a group")
def test_the_embedded_server_keeps_none_of_roots_groups(postgres: EmbeddedPostgres) -> None:
    pid = (postgres.data / "postmaster.pid").read_text().splitlines()[0]
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    ids = [line.split()[1:] for line in status if line.startswith(("Uid:", "Gid:", "Groups:"))]
    assert not [each for line in ids for each in line if each == "0"], ids


@job()
def fetch_nothing(run: JobRun) -> None:
    """Fetch nothing."""


def test_a_job_refuses_a_database_of_another_source(store: Store, settings: Settings) -> None:
    claim_source(store, "simulator", "a simulated world of seed 8")
    live = settings.model_copy(update={"smartmoney_source": "live"})
    other = settings.model_copy(update={"smartmoney_source": "simulator"})
    for wrong in (live, other):
        with pytest.raises(SettingError, match="This database holds numbers of"):
            fetch_nothing(settings=wrong)
    with store.raw() as connection:
        assert connection.execute("select count(*) from ingestion_run").fetchone() == (0,)
