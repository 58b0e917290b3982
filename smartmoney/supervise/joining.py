"""Commands beside `up`: they use its database while it runs, and start it for themselves while it does not."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn
from urllib.parse import unquote, urlsplit

from smartmoney.errors import SettingError, StoreUnavailable
from smartmoney.settings import Settings
from smartmoney.store.db import open_store
from smartmoney.store.server.address import Role, database_url
from smartmoney.store.server.embedded import EmbeddedPostgres
from smartmoney.store.server.migrate import require_current, start_and_migrate
from smartmoney.store.server.setting import claim_source
from smartmoney.supervise import environment, ports, programs
from smartmoney.supervise.landing_page import OPENED, write_landing_page
from smartmoney.supervise.lock import holder, users_of_database
from smartmoney.supervise.paths import ROOT, Paths
from smartmoney.supervise.programs import Program

WAIT_SECONDS = 120


@contextmanager
def database(settings: Settings) -> Iterator[list[str]]:
    """The installation's database, migrated and running for the length of the block; yields the steps applied.

    While `up` has the folder the server is its own: we wait until it answers, or until `up` has ended. Otherwise the first
    command starts the server and the last one stops it.

    Raises:
        StoreUnavailable: the installation is starting or stopping, and takes too long.
    """
    paths = Paths(settings.smartmoney_home)
    paths.make()
    if settings.database_url is not None:
        yield start_and_migrate(settings)
        return
    server = EmbeddedPostgres(settings.smartmoney_home)
    until = time.monotonic() + WAIT_SECONDS
    while True:
        with users_of_database(paths) as users:
            if holder(paths) in (None, os.getpid()):
                if not server.running():
                    users.note_start()
                try:
                    yield start_and_migrate(settings)
                finally:
                    if users.is_last_of_started():
                        server.stop()
                return
        if server.running():
            yield start_and_migrate(settings)
            return
        if time.monotonic() > until:
            raise StoreUnavailable(
                f"The installation in {paths.home} is starting or stopping, and its database has not answered "
                f"within {WAIT_SECONDS} s; see `smartmoney status`."
            )
        time.sleep(0.2)


def joined_environment(settings: Settings) -> dict[str, str]:
    """The environment of a process that joins the installation; writes its settings file unless `up` did."""
    paths = Paths(settings.smartmoney_home)
    if holder(paths) is None:
        environment.write_settings(settings, paths)
    return environment.base(settings)


def migrated(settings: Settings) -> list[str]:
    """Migrate; returns the names of the steps that ran."""
    with database(settings) as steps:
        return steps


def run_job(settings: Settings, job: str, pairs: list[str]) -> int:
    """Run a job's notebook; returns the exit status."""
    with database(settings):
        return _child(
            [sys.executable, "-m", "flows.run", job, *pairs], joined_environment(settings)
        )


def work(settings: Settings) -> NoReturn:
    """Join an installation as a further worker: this process becomes it.

    Raises:
        SettingError: one of the two addresses is missing, or what is there is another installation's kind of data.
    """
    for name in ("prefect_api_url", "database_url"):
        if getattr(settings, name) is None:
            raise SettingError(
                f"A worker joins by two addresses, and {name.upper()} is not set: set it to that of the "
                "installation it should work for."
            )
    require_same(settings)
    become(settings, programs.worker(settings, 0, joining=True))


def require_same(settings: Settings) -> None:
    """Before a worker starts: is the database there, of this version, and fed from the same source?

    Raises:
        StoreUnavailable, SchemaMismatch, SettingError: it is not.
    """
    store = open_store("sm_owner", settings, 1)
    try:
        require_current(store)
        claim_source(store, settings.smartmoney_source)
    finally:
        store.dispose()


def serve(settings: Settings, name: str, say: Callable[[str], None]) -> NoReturn:
    """Become one program of the installation, for whoever else supervises it: systemd, a container.

    Args:
        name: `prefect`, `worker`, `voila` or `api`.

    Raises:
        SettingError: its port is taken, or the worker does not know where Prefect is.
    """
    if name == "worker":
        if settings.prefect_api_url is None:
            raise SettingError(
                "The worker takes its work from Prefect, and PREFECT_API_URL is not set."
            )
        require_same(settings)
        become(settings, programs.worker(settings, 0))
    port = ports.choose(name, settings)
    program = {"prefect": programs.prefect, "voila": programs.voila, "api": programs.api}[name](
        settings, port
    )
    say(f"{program.title} at {program.address}")
    become(settings, program)


def become(settings: Settings, program: Program) -> NoReturn:
    """Replace this process by a program: signals reach it, and its exit status is ours."""
    Paths(settings.smartmoney_home).make()
    environment.write_settings(settings, Paths(settings.smartmoney_home))
    environment.write_profiles(settings)
    plain = (
        {"PREFECT_LOGGING_HANDLERS_CONSOLE_FORMATTER": "standard"} if sys.stderr.isatty() else {}
    )
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os.chdir(ROOT)
    os.execve(sys.executable, [sys.executable, "-m", *program.command], program.environment | plain)


def jupyterlab(settings: Settings, more: list[str], say: Callable[[str], None]) -> int:
    """Serve JupyterLab on the checkout until Ctrl-C; it opens on a page that says where to begin.

    The token is shown to whoever started it and to the server's environment, and to no log.
    """
    port, token = ports.choose("lab", settings), secrets.token_urlsafe(24)
    host = environment.reachable(settings.bind_host)
    with database(settings):
        page = OPENED if write_landing_page(settings) else "/lab"
        say(f"JupyterLab at http://{host}:{port}{page}?token={token}")
        return _child(
            [*lab_command(settings, port, page), *more],
            joined_environment(settings) | {"JUPYTER_TOKEN": token},
        )


def lab_command(settings: Settings, port: int, page: str) -> list[str]:
    """JupyterLab on the checkout; who may use it is in JUPYTER_TOKEN."""
    return [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.ip={settings.bind_host}",
        f"--ServerApp.root_dir={ROOT}",
        f"--LabApp.default_url={page}",
        "--ServerApp.log_level=WARN",
        *(["--allow-root"] if os.geteuid() == 0 else []),
    ]


def psql(settings: Settings, role: Role, more: list[str]) -> int:
    """A psql session as `role`; returns its exit status."""
    with database(settings):
        parts = urlsplit(database_url(settings, role))
        variables = {**os.environ, "PGPASSWORD": unquote(parts.password or ""), "PGTZ": "UTC"}
        place = parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", "@")).geturl()
        program = EmbeddedPostgres.client("psql")
        return _child([str(program), place, *more], variables)


def _child(command: list[str], variables: dict[str, str]) -> int:
    """Run a program in the foreground; Ctrl-C reaches it too, a request to end is passed on, and we wait for its end."""
    with subprocess.Popen(command, env=variables, cwd=ROOT) as process:
        before = signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        try:
            while True:
                try:
                    return process.wait()
                except KeyboardInterrupt:
                    continue
        finally:
            signal.signal(signal.SIGTERM, before)
