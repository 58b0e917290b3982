"""The warm process behind flows/warm.py: imports once, then forks for each request."""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import os
import random
import runpy
import selectors
import signal
import socket
import sys
import threading
import traceback
import warnings
from pathlib import Path
from typing import Any

from flows.warm import LONGEST_REQUEST, PASSED_ON
from smartmoney.supervise import process_lifetime


class WarmServer:
    """Forks a run per connection, and tells each connection how its run ended.

    Attributes:
        runs: connection by process id of its run.
    """

    def __init__(self, address: Path) -> None:
        address.unlink(missing_ok=True)
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(address))
        address.chmod(0o600)
        self._door.listen(32)
        self.runs: dict[int, socket.socket] = {}
        self._ended_out, self._ended_in = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(self._ended_in, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def serve(self) -> None:
        """Answer requests until the process is ended."""
        waiting = selectors.DefaultSelector()
        waiting.register(self._door, selectors.EVENT_READ)
        waiting.register(self._ended_out, selectors.EVENT_READ)
        while True:
            for key, _ in waiting.select():
                if key.fileobj is self._door:
                    self._take()
                else:
                    os.read(self._ended_out, 4096)
                    self._reap()

    def _take(self) -> None:
        line, _ = self._door.accept()
        try:
            line.settimeout(5)
            size, streams, _, _ = socket.recv_fds(line, 4, 3)
            request = json.loads(_exactly(line, int.from_bytes(size, "big")))
            line.settimeout(None)
        except (OSError, ValueError):
            line.close()
            return
        pid = os.fork()
        if pid == 0:
            self._become(line, streams, request)
        for stream in streams:
            os.close(stream)
        line.sendall(f"{pid}\n".encode())
        self.runs[pid] = line

    def _reap(self) -> None:
        while self.runs:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            line = self.runs.pop(pid)
            try:
                line.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
            except OSError:
                pass
            line.close()

    def _become(self, line: socket.socket, streams: list[int], request: dict[str, Any]) -> None:
        """In the forked copy: take the asker's place and run the module; never returns."""
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            for each in (*PASSED_ON, signal.SIGCHLD):
                signal.signal(each, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            os.setpgid(0, 0)
            process_lifetime.with_parent(signal.SIGTERM)
            self._door.close()
            for other in self.runs.values():
                other.close()
            for number, stream in enumerate(streams):
                os.dup2(stream, number)
                os.close(stream)
            os.environ.clear()
            os.environ.update(request["environment"])
            os.chdir(request["folder"])
            sys.path[:0] = [
                request["folder"],
                *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep)),
            ]
            random.seed()
            threading.Thread(target=_end_with_asker, args=(line,), daemon=True).start()
            status = _run(request["module"], request["arguments"])
        except BaseException:
            traceback.print_exc()
        finally:
            for output in (sys.stdout, sys.stderr):
                output.flush()
            os._exit(status)


def _run(module: str, arguments: list[str]) -> int:
    sys.argv = [module, *arguments]
    warnings.filterwarnings(
        "ignore", ".*found in sys.modules after import of package", RuntimeWarning
    )
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as ending:
        return ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    finally:
        import atexit

        atexit._run_exitfuncs()
    return 0


def _end_with_asker(line: socket.socket) -> None:
    """The asker's end of the line closes when it dies, however it died."""
    while line.recv(64):
        continue
    os.killpg(0, signal.SIGKILL)


def _exactly(line: socket.socket, size: int) -> bytes:
    if size > LONGEST_REQUEST:
        raise ValueError("request too long")
    parts = b""
    while len(parts) < size:
        part = line.recv(size - len(parts))
        if not part:
            raise ValueError("request cut short")
        parts += part
    return parts


def serve(address: Path) -> None:
    """Answer requests at `address` with what this process has imported; never returns."""
    gc.collect()
    gc.freeze()
    WarmServer(address).serve()


def main() -> None:
    """Import the modules named, open the door, and serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("address", type=Path)
    parser.add_argument("modules", nargs="*")
    options = parser.parse_args()
    process_lifetime.with_parent(signal.SIGTERM, parent=os.getppid())
    for module in options.modules:
        importlib.import_module(module)
    serve(options.address)


if __name__ == "__main__":
    main()
