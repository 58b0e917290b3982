"""Warm starts: a process that has imported what a run needs forks a copy for each run, in place of a cold interpreter.

`python -I -S flows/warm.py SOCKET MODULE ARGUMENT...` is the small program one starts in place of
`python -m MODULE ARGUMENT...`: it asks the warm process at SOCKET, lends it its streams, environment and folder, passes
signals on, and ends with the run's exit status. Where nobody answers, it becomes the cold interpreter. A run ends when
the small program ends, even when that was killed.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys

PASSED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)
LONGEST_REQUEST = 1 << 20


def ask(address: str, module: str, arguments: list[str]) -> int:
    """Have `module` run by the warm process at `address`; returns its exit status, -N for death by signal N."""
    line = socket.socket(socket.AF_UNIX)
    try:
        line.connect(address)
    except OSError:
        os.execv(sys.executable, [sys.executable, "-m", module, *arguments])
    request = json.dumps(
        {
            "module": module,
            "arguments": arguments,
            "environment": dict(os.environ),
            "folder": os.getcwd(),
            "parent": os.getpid(),
        }
    ).encode()
    socket.send_fds(line, [len(request).to_bytes(4, "big")], [0, 1, 2])
    line.sendall(request)
    answers = line.makefile("r")
    pid = json.loads(answers.readline())
    for each in PASSED_ON:
        signal.signal(each, lambda number, _: os.kill(pid, number))
    while True:
        try:
            return int(json.loads(answers.readline() or "-9"))
        except InterruptedError:
            continue


def main() -> None:
    """Ask for a run; end as it ended."""
    status = ask(sys.argv[1], sys.argv[2], sys.argv[3:])
    if status < 0:
        signal.signal(-status, signal.SIG_DFL) if -status not in (
            signal.SIGKILL,
            signal.SIGSTOP,
        ) else None
        os.kill(os.getpid(), -status)
    sys.exit(status)


if __name__ == "__main__":
    main()
