"""Stop an installation from outside, and forget what it stored."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

from smartmoney.errors import TemporaryError, UserError
from smartmoney.store.server.embedded import EmbeddedPostgres
from smartmoney.supervise.lock import holder
from smartmoney.supervise.paths import Paths

SECONDS = 120


def stop(paths: Paths) -> bool:
    """Ask the installation to stop and wait until it has; False when nothing ran.

    Raises:
        TemporaryError: it did not stop in time.
    """
    pid = holder(paths)
    if pid is None:
        return False
    os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + SECONDS
    while holder(paths) is not None:
        if time.monotonic() > until:
            raise TemporaryError(
                f"Process {pid} has not stopped within {SECONDS} s; its logs are in {paths.logs}."
            )
        time.sleep(0.2)
    return True


def stored(paths: Paths) -> str:
    """How much is stored, in words."""
    folders = {paths.home, EmbeddedPostgres(paths.home).data}
    size = sum(
        path.lstat().st_size for folder in folders for path in folder.rglob("*") if path.is_file()
    )
    return f"{size / 2**20:,.0f} MB"


OURS = (
    "backups",
    "logs",
    "numba",
    "postgres",
    "prefect",
    "reports",
    "run",
    "secrets.json",
    "share",
    "simulator-began",
)
"""What an installation makes in its folder; nothing else is ever removed."""
MARKS = ("secrets.json", "postgres", "run/settings.env", "run/lock")


def is_installation(paths: Paths) -> bool:
    """Was something stored here by an installation?"""
    return any((paths.home / mark).exists() for mark in MARKS)


def forget(paths: Paths) -> list[Path]:
    """Remove what the installation stored, its embedded database, and the folder; returns what else is in it and stays.

    Raises:
        UserError: it runs, or the folder is no installation's.
    """
    if not is_installation(paths):
        raise UserError(f"{paths.home} is no folder of an installation; nothing was removed.")
    if holder(paths) is not None:
        raise UserError(f"smartmoney runs in {paths.home}; stop it first with `smartmoney stop`.")
    server = EmbeddedPostgres(paths.home)
    server.stop("immediate")
    for folder in (server.data, *_refuge(server, paths)):
        shutil.rmtree(folder, ignore_errors=True)
    for path in (paths.home / name for name in OURS):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    others = sorted(paths.home.iterdir())
    if not others and not paths.home.is_symlink():
        paths.home.rmdir()
    return others


def _refuge(server: EmbeddedPostgres, paths: Paths) -> list[Path]:
    """The folder of binaries and data that lies outside the installation, where there is one."""
    return [] if server.data.is_relative_to(paths.home) else [server.data.parent]
