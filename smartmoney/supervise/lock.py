"""One `smartmoney up` per folder."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from smartmoney.errors import UserError
from smartmoney.run_state import read_state
from smartmoney.supervise.paths import Paths


@contextmanager
def only_one(places: Paths) -> Iterator[None]:
    """Hold the installation's folder for the length of the block.

    Raises:
        UserError: another process holds it; the message names that process.
    """
    places.make()
    with (places.run / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            state = read_state(places.home)
            since = f" since {state['started_at']}" if "started_at" in state else ""
            raise UserError(
                f"smartmoney already runs in {places.home}{since} (process {holder(places)}); see "
                "`smartmoney status`, stop it with `smartmoney stop`, or use another SMARTMONEY_HOME."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        try:
            yield
        finally:
            places.state_file.unlink(missing_ok=True)
            file.truncate(0)


def holder(places: Paths) -> int | None:
    """Id of the process that holds the folder, or None when nothing runs there."""
    path = places.run / "lock"
    if not path.is_file():
        return None
    with path.open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return int(file.read().strip() or 0)
    return None
