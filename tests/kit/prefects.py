"""A real Prefect server on a database of its own, as `smartmoney up` starts it, told to listen beyond loopback.

It listens on 127.0.0.2, an address of this machine that is not the loopback address smartmoney trusts.
"""

from __future__ import annotations

import base64
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest

from smartmoney.settings import Settings, load
from smartmoney.supervise import environment, ports, programs
from smartmoney.supervise.paths import ROOT, Paths
from tests.kit.processes import child
from tests.kit.servers import own_postgres

HOST = "127.0.0.2"


@dataclass(frozen=True)
class Served:
    """A Prefect that runs: address, `user:password`, process id, settings of its installation."""

    url: str
    login: str
    pid: int
    settings: Settings

    def ask(self, method: str, path: str, login: bool = False, **headers: str) -> httpx.Response:
        """One request; a POST has an empty JSON body."""
        if login:
            headers["authorization"] = "Basic " + base64.b64encode(self.login.encode()).decode()
        body = {"json": {}} if method == "POST" else {}
        return httpx.request(
            method, self.url + path, headers=headers, timeout=30, trust_env=False, **body
        )


@contextmanager
def prefect_at(host: str) -> Iterator[Served]:
    """Prefect as `smartmoney up` starts it, on this address."""
    with own_postgres() as server:
        settings = load(smartmoney_home=server.home, bind_host=host)
        port = ports.choose("prefect", settings)
        Paths(server.home).make()
        environment.write_settings(settings, Paths(server.home))
        environment.write_profiles(settings)
        program = programs.prefect(settings, port)
        process = child([sys.executable, "-m", *program.command], env=program.environment, cwd=ROOT)
        try:
            until = time.monotonic() + 200
            while not program.ready():
                assert process.poll() is None and time.monotonic() < until, "Prefect did not start"
                time.sleep(0.2)
            login = environment.prefect_login(settings)
            yield Served(str(program.address), login, process.pid, settings)
        finally:
            process.terminate()
            process.wait(60)


@pytest.fixture(scope="session")
def prefect() -> Iterator[Served]:
    """One server for all tests that need one."""
    with prefect_at(HOST) as served:
        yield served
