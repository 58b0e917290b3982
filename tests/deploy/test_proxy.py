"""The proxy's rules, by nginx itself before servers that say what reached them; skipped where there is no nginx."""

from __future__ import annotations

import base64
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from tests.kit.proxied import SITE, UPSTREAMS, Door, nginx

LOGIN = {"Authorization": "Basic " + base64.b64encode(b"ann:secret").decode()}
CLAIMS = (
    "X-Forwarded-User",
    "X-Remote-User",
    "Remote-User",
    "X-Auth-Request-Email",
    "X-WebAuth-User",
    "Forwarded",
    "X-Forwarded-Groups",
    "X-Original-URL",
    "Proxy",
)


class Echo(BaseHTTPRequestHandler):
    """Answers with what reached it."""

    def _answer(self) -> None:
        body = json.dumps(
            {
                "server": self.server.name,
                "path": self.path,
                "method": self.command,  # type: ignore[attr-defined]
                "headers": {name.lower(): value for name, value in self.headers.items()},
            }
        ).encode()
        self.send_response(200)
        for name, value in (
            ("Content-Length", str(len(body))),
            ("X-Powered-By", "us"),
            ("Content-Security-Policy", "default-src 'none'"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body if self.command != "HEAD" else b"")

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = _answer

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """Our rules before three servers that echo."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Echo) for _ in UPSTREAMS]
    for server, name in zip(servers, UPSTREAMS.values(), strict=True):
        server.name = name  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
    places = {
        place: f"127.0.0.1:{server.server_port}"
        for place, server in zip(UPSTREAMS, servers, strict=True)
    }
    try:
        with nginx(tmp_path_factory.mktemp("nginx"), places) as found:
            yield found
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


@pytest.mark.parametrize(
    ("name", "server"), [(SITE, "voila"), (f"prefect.{SITE}", "prefect"), (f"api.{SITE}", "api")]
)
def test_each_name_leads_to_its_server_behind_a_login(door: Door, name: str, server: str) -> None:
    assert door.ask("GET", name).status_code == 401
    wrong = {"Authorization": "Basic " + base64.b64encode(b"ann:wrong").decode()}
    assert door.ask("GET", name, **wrong).status_code == 401
    answer = door.ask("GET", name, **LOGIN)
    assert (answer.status_code, answer.json()["server"]) == (200, server)
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    assert (
        answer.headers["x-content-type-options"] == "nosniff"
        and "x-powered-by" not in answer.headers
    )
    assert answer.headers["server"] == "nginx", "no version"


def test_nobody_says_by_a_header_who_he_is(door: Door) -> None:
    claims = {name: "admin" for name in CLAIMS} | {
        "X-Forwarded-For": "10.0.0.1",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "http",
        "X-Real-IP": "10.0.0.1",
    }
    for name in (SITE, f"prefect.{SITE}", f"api.{SITE}"):
        came = door.ask("GET", name, **claims, **LOGIN).json()["headers"]
        assert not {claim.lower() for claim in CLAIMS} & set(came)
        assert (came["host"], came["x-forwarded-host"], came["x-forwarded-proto"]) == (
            name,
            name,
            "https",
        )
        assert came["x-forwarded-for"] == came["x-real-ip"] == "127.0.0.1"
        assert ("authorization" in came) == (name != SITE), "kernels never see the login"


@pytest.mark.parametrize(
    "host", ["evil.example", f"{SITE}.evil.example", "127.0.0.1", f"other.{SITE}"]
)
def test_another_name_gets_nothing(door: Door, host: str) -> None:
    assert door.ask("GET", host, sni=SITE, **LOGIN).status_code == 421
    with (
        socket.create_connection(("127.0.0.1", door.port), 10) as line,
        pytest.raises(ssl.SSLError),
    ):
        ssl._create_unverified_context().wrap_socket(line, server_hostname=host)
    with pytest.raises(httpx.TransportError):
        httpx.get(f"http://127.0.0.1:{door.plain}/", headers={"Host": host}, trust_env=False)


def test_without_tls_there_is_only_the_way_to_it(door: Door) -> None:
    answer = httpx.get(
        f"http://127.0.0.1:{door.plain}/x?y=1", headers={"Host": SITE, **LOGIN}, trust_env=False
    )
    assert (answer.status_code, answer.headers["location"]) == (301, f"https://{SITE}/")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/voila/render/overview.ipynb?x=1", 200),
        ("HEAD", "/", 200),
        ("POST", "/", 403),
        ("PUT", "/x", 403),
        ("DELETE", "/x", 403),
        ("POST", "/voila/render/overview.ipynb", 403),
        ("OPTIONS", "/", 403),
        ("GET", "/api/contents", 404),
        ("GET", "/api/terminals", 404),
        ("GET", "/api/kernels", 404),
        ("POST", "/api/kernels", 404),
        ("GET", "/api/kernels/0a-1b/channels", 200),
        ("POST", "/api/kernels/0a-1b/channels", 403),
        ("GET", "/api/kernels/0a-1b", 200),
        ("DELETE", "/api/kernels/0a-1b", 403),
        ("GET", "/api/kernels/0a-1b/channels/../../../contents", 404),
        ("GET", "/api/kernels/%2e%2e/contents", 404),
        ("POST", "/voila/api/shutdown/0a-1b", 200),
        ("GET", "/voila/api/shutdown/0a-1b", 403),
        ("POST", "/voila/api/shutdown/../../../api/kernels", 404),
    ],
)
def test_pages_are_read_and_nothing_else(door: Door, method: str, path: str, status: int) -> None:
    assert door.ask(method, SITE, path, **LOGIN).status_code == status


def test_a_websocket_passes_and_a_header_of_it_elsewhere_does_no_harm(door: Door) -> None:
    asked = {"Connection": "Upgrade", "Upgrade": "websocket"}
    came = door.ask("GET", SITE, "/api/kernels/0a-1b/channels", **asked, **LOGIN).json()["headers"]
    assert (came["upgrade"], came["connection"]) == ("websocket", "upgrade")
    assert "upgrade" not in door.ask("GET", SITE, **LOGIN).json()["headers"]


def test_acting_through_the_api_is_judged_by_the_api(door: Door) -> None:
    name, bearer = f"api.{SITE}", {"Authorization": "Bearer x.y.z"}
    for method in ("POST", "PUT", "DELETE"):
        came = door.ask(method, name, "/api/watchlist/1", **bearer).json()
        assert (came["server"], came["method"], came["headers"]["authorization"]) == (
            "api",
            method,
            "Bearer x.y.z",
        )
    for method in ("GET", "HEAD", "PATCH"):
        assert door.ask(method, name, "/api/traders", **bearer).status_code == 401, (
            "any word would open the reads"
        )
    assert (
        door.ask("GET", name, "/health").status_code == 200
        and door.ask("POST", name, "/health").status_code == 403
    )
    assert door.ask("GET", name, "/metrics", **LOGIN).status_code == 404


def test_prefects_pages_get_a_policy(door: Door) -> None:
    headers = door.ask("GET", f"prefect.{SITE}", **LOGIN).headers
    assert headers.get_list("content-security-policy")[0].startswith(
        "default-src 'self'; script-src 'self' 'unsafe-eval'; style-src"
    )
    assert (
        len(headers.get_list("content-security-policy")) == 1
        and "frame-ancestors 'none'" in headers["content-security-policy"]
    )
    assert (
        door.ask("POST", f"prefect.{SITE}", "/api/admin/database/clear", **LOGIN).status_code == 403
    )
    assert door.ask("POST", f"prefect.{SITE}", "/api/flow_runs/filter", **LOGIN).status_code == 200


def test_large_bodies_stop_at_the_door(door: Door) -> None:
    request = door.client.build_request(
        "POST",
        f"https://127.0.0.1:{door.port}/api/watchlist",
        content=b"x" * 70_000,
        headers={"Host": f"api.{SITE}"},
        extensions={"sni_hostname": f"api.{SITE}"},
    )
    assert door.client.send(request).status_code == 413
