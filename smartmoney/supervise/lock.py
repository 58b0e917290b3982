"""One `smartmoney up` per folder."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from smartmoney.errors import UserError
from smartmoney.run_state import read_state
from smartmoney.supervise.paths import Paths


@contextmanager
def only_one(paths: Paths) -> Iterator[None]:
    """Hold the installation's folder for the length of the block.

    Raises:
        UserError: another process holds it; the message names that process.
    """
    paths.make()
    with (paths.run / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            state = read_state(paths.home)
            since = f" since {state['started_at']}" if "started_at" in state else ""
            raise UserError(
                f"smartmoney already runs in {paths.home}{since} (process {holder(paths)}); see "
                "`smartmoney status`, stop it with `smartmoney stop`, or use another SMARTMONEY_HOME."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        try:
            yield
        finally:
            paths.state_file.unlink(missing_ok=True)
            file.truncate(0)


def holder(paths: Paths) -> int | None:
    """Id of the process that holds the folder, or None when nothing runs there."""
    path = paths.run / "lock"
    if not path.is_file():
        return None
    with path.open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return int(file.read().strip() or 0)
    return None


@dataclass
class DatabaseUsers:
    """The commands that use the embedded server without `up`: each holds the same file, shared.

    Attributes:
        file: the open file.
        started: says that one of them started the server.
    """

    file: TextIO
    started: Path

    def note_start(self) -> None:
        """One of them starts the server, so the last one stops it."""
        self.started.touch()

    def is_last_of_started(self) -> bool:
        """Was the server started by one of them, and does nobody else use it any more?"""
        if not self.started.exists() or not _flock(self.file, fcntl.LOCK_EX):
            return False
        self.started.unlink(missing_ok=True)
        return True


@contextmanager
def users_of_database(paths: Paths) -> Iterator[DatabaseUsers]:
    """Be one of the commands that use the embedded server for the length of the block."""
    with (paths.run / "database.lock").open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield DatabaseUsers(file, paths.run / "database.started")


@contextmanager
def only_user_of_database(
    paths: Paths, say: Callable[[str], None], seconds: float = 600.0
) -> Iterator[None]:
    """Wait until no other command uses the embedded server, and keep others away for the length of the block.

    Raises:
        UserError: another command still uses it.
    """
    with (paths.run / "database.lock").open("a+") as file:
        until = time.monotonic() + seconds
        if not _flock(file, fcntl.LOCK_EX):
            say("Another command uses the database; waiting until it has ended")
        while not _flock(file, fcntl.LOCK_EX):
            if time.monotonic() > until:
                raise UserError(
                    f"Another command still uses the database of {paths.home}; end it, and start again."
                )
            time.sleep(0.2)
        yield


def _flock(file: TextIO, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
