"""Ends the Postgres servers a test process started when that process ends, however it ends.

pg_ctl lets a server outlive whoever started it, and a process that is killed cleans nothing up. So a small process beside
each test process is told every data folder by pipe; when the pipe closes it stops the servers that still run there.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

APPEARS_S = 5.0
ENDS_S = 10.0
_guardians: dict[int, subprocess.Popen[str]] = {}


def watch(data: Path) -> None:
    """Have the server in this data folder stopped when this process ends."""
    guardian = _guardians.get(os.getpid())
    if guardian is None:
        guardian = _guardians[os.getpid()] = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
    assert guardian.stdin is not None
    print(data, file=guardian.stdin, flush=True)


def postmaster(data: Path) -> int | None:
    """Process id of the server that runs in a data folder."""
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
        return pid if b"postgres" in Path(f"/proc/{pid}/cmdline").read_bytes() else None
    except (OSError, ValueError, IndexError):
        return None


def end(data: Path) -> None:
    """Stop the server as `pg_ctl -m immediate` does, and remove a throw-away folder."""
    pid = postmaster(data)
    if pid is not None:
        os.kill(pid, signal.SIGQUIT)
        until = time.monotonic() + ENDS_S
        while postmaster(data) and time.monotonic() < until:
            time.sleep(0.05)
        if postmaster(data):
            os.kill(pid, signal.SIGKILL)
    home = data.parent
    if home.name.startswith("smartmoney-") and home.parent == Path(tempfile.gettempdir()):
        shutil.rmtree(home, ignore_errors=True)


def main() -> None:
    """Wait for the end of the test process, then end its servers; one that was just being started is waited for."""
    folders = {Path(line.rstrip("\n")) for line in sys.stdin}
    until = time.monotonic() + APPEARS_S
    while time.monotonic() < until and any(
        data.exists() and not postmaster(data) for data in folders
    ):
        time.sleep(0.1)
    for data in folders:
        end(data)


if __name__ == "__main__":
    main()
