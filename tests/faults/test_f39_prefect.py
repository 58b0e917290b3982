"""F39: Prefect beyond loopback: nothing without login but health, no foreign origin, no change without a CSRF token."""

from __future__ import annotations

import base64
import uuid

import psutil
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.kit.prefects import HOST, Served

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.xdist_group("prefect")]
EVIL = "http://evil.example"


def test_it_listens_where_told_and_nowhere_else(prefect: Served) -> None:
    processes = [psutil.Process(prefect.pid), *psutil.Process(prefect.pid).children(recursive=True)]
    listening = {
        each.laddr.ip
        for process in processes
        for each in process.net_connections("inet")
        if each.status == "LISTEN"
    }
    assert listening == {HOST}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/flows/filter"),
        ("POST", "/api/deployments/filter"),
        ("POST", "/api/flow_runs/filter"),
        ("GET", "/api/admin/settings"),
        ("POST", "/api/block_documents/filter"),
        ("POST", "/api/variables/filter"),
        ("POST", "/api/admin/database/clear"),
        ("GET", "/api/csrf-token?client=x"),
        ("POST", "/api/work_pools/filter"),
    ],
)
def test_nothing_without_login(prefect: Served, method: str, path: str) -> None:
    wrong = base64.b64encode(b"smartmoney:wrong").decode()
    for headers in ({}, {"authorization": f"Basic {wrong}"}, {"origin": EVIL}):
        answer = prefect.ask(method, path, **headers)
        refused = (401, 403) if method == "POST" or "origin" in headers else (401,)
        assert answer.status_code in refused, "a POST fails by its token first"


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
    asked = prefect.ask(
        "OPTIONS", "/api/flows/filter", origin=EVIL, **{"access-control-request-method": "POST"}
    )
    assert asked.headers.get("access-control-allow-origin") not in ("*", EVIL)


@pytest.mark.parametrize("path", ["/api/events/in", "/api/events/out", "/api/logs/out"])
def test_no_websocket_without_login(prefect: Served, path: str) -> None:
    address = prefect.url.replace("http", "ws") + path
    with (
        pytest.raises((InvalidStatus, ConnectionClosed)),
        connect(address, subprotocols=["prefect"], origin=EVIL) as socket,
    ):  # type: ignore[list-item]
        socket.send('{"type": "auth", "token": "wrong"}')
        for _ in range(3):
            socket.recv(10)
