"""supervisord underneath: its configuration, its process, and the few calls we make to it."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from smartmoney.errors import SmartmoneyError
from smartmoney.supervise.environment import open_private, write_private
from smartmoney.supervise.paths import ROOT, Paths
from smartmoney.supervise.programs import Program

START_SECONDS = 20
NO_SUCH_OR_NOT_RUNNING = (10, 70)  # supervisor's BAD_NAME and NOT_RUNNING


def configuration(paths: Paths, programs: list[Program]) -> str:
    """The text of supervisord.conf."""
    user = "user=root\n" if os.geteuid() == 0 else ""
    head = f"""[unix_http_server]
file={_safe(paths.socket("supervisor"))}
chmod=0700

[supervisord]
nodaemon=true
umask=077
{user}directory={_safe(ROOT)}
logfile={_safe(paths.logs / "supervisor.log")}
logfile_maxbytes=2MB
logfile_backups=2
pidfile={_safe(paths.run / "supervisor.pid")}
silent=true

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
"""
    return head + "".join(_section(paths, program) for program in programs)


def _section(paths: Paths, program: Program) -> str:
    return f"""
[program:{program.name}]
command={_safe(shlex.join(child(environment_file(paths, program), program)))}
priority={program.order}
autostart=false
autorestart=true
startsecs=1
startretries=8
stopsignal={program.stop_signal}
stopwaitsecs={program.stop_seconds}
stopasgroup=false
killasgroup=true
redirect_stderr=true
stdout_logfile={_safe(paths.logs / (program.name + ".log"))}
stdout_logfile_maxbytes=5MB
stdout_logfile_backups=3
"""


def _safe(value: object) -> str:
    return str(value).replace("%", "%%")


def environment_file(paths: Paths, program: Program) -> Path:
    """Where a program's environment is kept for it to read, since supervisord's own notation cannot say every value."""
    return paths.run / f"{program.name}.environment.json"


def child(environment: Path, program: Program) -> list[str]:
    """Command line of a program that ends with its supervisor."""
    as_user = ["--user", program.user] if program.user else []
    return [
        sys.executable,
        "-m",
        "smartmoney.supervise.child",
        "--environment",
        str(environment),
        *as_user,
        "--signal",
        program.stop_signal,
        program.kind,
        *program.command,
    ]


class Supervisor:
    """A running supervisord.

    Attributes:
        process: its process.
    """

    def __init__(self, paths: Paths, programs: list[Program], environment: dict[str, str]) -> None:
        path = paths.run / "supervisord.conf"
        write_private(path, configuration(paths, programs))
        for program in programs:
            write_private(environment_file(paths, program), json.dumps(program.environment))
        paths.socket("supervisor").unlink(missing_ok=True)
        with open_private(paths.logs / "supervisor.out") as out:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "smartmoney.supervise.child",
                    "module",
                    "supervisor.supervisord",
                    "-c",
                    str(path),
                ],
                env=environment,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                umask=0o077,
            )
        self._paths = paths
        self._wait(paths)

    def _wait(self, paths: Paths) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            try:
                with calling(paths) as call:
                    call.getState()
                return
            except (OSError, xmlrpc.client.Error):
                time.sleep(0.05)
        self.process.kill()
        raise SmartmoneyError(
            f"The supervisor did not start; its words are in {paths.logs / 'supervisor.out'}."
        )

    def start(self, name: str) -> None:
        """Start a program; does not wait until it is ready."""
        with calling(self._paths) as call:
            call.startProcess(name, False)

    def stop(self, name: str) -> None:
        """Stop a program and wait for its end; one that does not run is stopped already."""
        try:
            with calling(self._paths) as call:
                call.stopProcess(name, True)
        except xmlrpc.client.Fault as fault:
            if fault.faultCode not in NO_SUCH_OR_NOT_RUNNING:
                raise

    def states(self) -> dict[str, dict[str, Any]]:
        """supervisord's view of every program, by name."""
        return states(self._paths)

    def end(self) -> None:
        """Stop supervisord, and with it whatever still runs."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(90)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@contextmanager
def calling(paths: Paths) -> Iterator[Any]:
    """supervisord's calls, over its Unix socket; a line of its own, since one does not survive a failed call."""
    transport = SupervisorTransport(None, None, f"unix://{paths.socket('supervisor')}")
    try:
        yield xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport).supervisor
    finally:
        transport.close()


def states(paths: Paths) -> dict[str, dict[str, Any]]:
    """Every program's state by name: statename, pid, start (epoch seconds), spawnerr."""
    with calling(paths) as call:
        return {info["name"]: info for info in call.getAllProcessInfo()}
