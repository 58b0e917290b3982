"""F39: Prefect beyond loopback: nothing without login but health, no foreign origin, no change without a CSRF token.

The server listens on 127.0.0.2, an address of this machine that is not the loopback address smartmoney trusts.
"""

from __future__ import annotations

import base64
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import psutil
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from smartmoney.settings import load
from smartmoney.supervise import environment, ports, programs
from smartmoney.supervise.places import ROOT, Places
from tests.faults.kit.servers import own_postgres

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
HOST = "127.0.0.2"
EVIL = "http://evil.example"


@dataclass(frozen=True)
class Served:
    """A Prefect that runs: address, `user:password`, process id."""

    url: str
    login: str
    pid: int

    def ask(self, method: str, path: str, login: bool = False, **headers: str) -> httpx.Response:
        """One request; a POST has an empty JSON body."""
        if login:
            headers["authorization"] = "Basic " + base64.b64encode(self.login.encode()).decode()
        body = {"json": {}} if method == "POST" else {}
        return httpx.request(method, self.url + path, headers=headers, timeout=30, trust_env=False, **body)


@pytest.fixture(scope="module")
def prefect() -> Iterator[Served]:
    with own_postgres() as server:
        settings = load(smartmoney_home=server.home, bind_host=HOST)
        port = ports.choose("prefect", settings)
        Places(server.home).make()
        environment.write_profiles(settings)
        program = programs.prefect(settings, port)
        process = subprocess.Popen([sys.executable, "-m", *program.command], env=program.environment, cwd=ROOT)
        try:
            until = time.monotonic() + 200
            while not program.ready():
                assert process.poll() is None and time.monotonic() < until, "Prefect did not start"
                time.sleep(0.2)
            yield Served(str(program.address), environment.prefect_login(settings) or "", process.pid)
        finally:
            process.terminate()
            process.wait(60)


def test_it_listens_where_told_and_nowhere_else(prefect: Served) -> None:
    processes = [psutil.Process(prefect.pid), *psutil.Process(prefect.pid).children(recursive=True)]
    listening = {each.laddr.ip for process in processes for each in process.net_connections("inet") if each.status == "LISTEN"}
    assert listening == {HOST}


@pytest.mark.parametrize(("method", "path"), [
    ("POST", "/api/flows/filter"), ("POST", "/api/deployments/filter"), ("POST", "/api/flow_runs/filter"),
    ("GET", "/api/admin/settings"), ("POST", "/api/block_documents/filter"), ("POST", "/api/variables/filter"),
    ("POST", "/api/admin/database/clear"), ("GET", "/api/csrf-token?client=x"), ("POST", "/api/work_pools/filter")])
def test_nothing_without_login(prefect: Served, method: str, path: str) -> None:
    wrong = base64.b64encode(b"smartmoney:wrong").decode()
    for headers in ({}, {"authorization": f"Basic {wrong}"}, {"origin": EVIL}):
        answer = prefect.ask(method, path, **headers)
        assert answer.status_code in ((401, 403) if method == "POST" else (401,)), "a POST fails by its token first"


@pytest.mark.parametrize("path", ["/api/health", "/api/ready"])
def test_health_and_ready_stay_open(prefect: Served, path: str) -> None:
    assert prefect.ask("GET", path).status_code == 200


def test_no_change_without_a_csrf_token(prefect: Served) -> None:
    assert prefect.ask("POST", "/api/flows/filter", login=True).status_code == 403
    client = uuid.uuid4().hex
    token = prefect.ask("GET", f"/api/csrf-token?client={client}", login=True).json()["token"]
    told = {"prefect-csrf-token": token, "prefect-csrf-client": client}
    assert prefect.ask("POST", "/api/flows/filter", login=True, **told).status_code == 200
    other = {"prefect-csrf-token": token, "prefect-csrf-client": "another"}
    assert prefect.ask("POST", "/api/flows/filter", login=True, **other).status_code == 403


def test_a_foreign_page_may_read_nothing(prefect: Served) -> None:
    answer = prefect.ask("GET", "/api/version", login=True, origin=EVIL)
    assert answer.headers.get("access-control-allow-origin") not in ("*", EVIL)
    asked = prefect.ask("OPTIONS", "/api/flows/filter", origin=EVIL, **{"access-control-request-method": "POST"})
    assert asked.headers.get("access-control-allow-origin") not in ("*", EVIL)


@pytest.mark.parametrize("path", ["/api/events/in", "/api/events/out", "/api/logs/out"])
def test_no_websocket_without_login(prefect: Served, path: str) -> None:
    with pytest.raises((InvalidStatus, ConnectionClosed)):
        with connect(prefect.url.replace("http", "ws") + path, subprotocols=["prefect"], origin=EVIL) as socket:  # type: ignore[list-item]
            socket.send('{"type": "auth", "token": "wrong"}')
            for _ in range(3):
                socket.recv(10)
