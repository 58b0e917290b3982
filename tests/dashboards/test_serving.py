"""What Voilà answers and refuses, by plain HTTP and its websocket: no source, no files, no foreign host, no endless sessions."""

from __future__ import annotations

import gzip
import json
import socket
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from smartmoney.store.server.embedded import EmbeddedPostgres
from tests.kit.dashboards import Served, dashboards, serve
from tests.kit.page_sockets import SPOKEN, message
from tests.kit.seed import Seed

__all__ = ["dashboards"]

pytestmark = pytest.mark.timeout(240)
CANARY = "c4nary-word"


def kernel_of(text: str) -> str:
    return str(
        json.loads(
            text.split('id="jupyter-config-data" type="application/json">')[1].split("</script>")[0]
        )["kernelId"]
    )


def test_the_root_leads_to_the_overview(dashboards: Served) -> None:
    status, text = dashboards.get("/")
    assert status == 200 and 'url=/voila/render/overview.ipynb"' in text


def test_a_page_is_ours_and_holds_neither_source_nor_secret(dashboards: Served) -> None:
    status, text = dashboards.get("/voila/render/traders.ipynb")
    assert status == 200 and "sm-bar" in text and "TradersPage" not in text
    assert "sm_read" not in text and "postgresql" not in text and str(dashboards.home) not in text


@pytest.mark.parametrize(
    "query", ["template=lab", "template=reveal", "theme=light", "voila-template=classic"]
)
def test_theme_and_template_cannot_be_overridden(dashboards: Served, query: str) -> None:
    status, text = dashboards.get(f"/voila/render/health.ipynb?{query}")
    assert status == 200 and "sm-bar" in text and 'data-theme="dark"' in text


@pytest.mark.parametrize(
    "path",
    [
        "/voila/files/traders.ipynb",
        "/voila/files/config/voila.py",
        "/voila/files/.env",
        "/voila/files/..%2f..%2fpyproject.toml",
        "/voila/files/%2e%2e/pyproject.toml",
        "/voila/files/share/voila/templates/smartmoney/index.html.j2",
        "/voila/static//etc/passwd",
        "/voila/static/..%2f..%2f..%2f..%2fetc/passwd",
        "/voila/templates/smartmoney/static/../index.html.j2",
        "/voila/templates/smartmoney/static/..%2findex.html.j2",
        "/voila/render/nothing.ipynb",
        "/voila/render/config/voila.py",
        "/voila/render/../pyproject.toml",
        "/api/contents",
        "/api/contents/traders.ipynb",
        "/api/terminals",
        "/api/kernels",
        "/api/sessions",
        "/files/traders.ipynb",
        "/notebooks/traders.ipynb",
    ],
)
def test_no_file_is_served(dashboards: Served, path: str) -> None:
    status, text = dashboards.get(path)
    assert status in (301, 302, 400, 401, 403, 404, 500), (path, status)
    assert not any(
        word in text
        for word in ("environ", "root:", "setuptools", "CappedKernels", "Traceback", "{% ")
    )


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "169.254.169.254"])
def test_a_foreign_host_name_is_refused(dashboards: Served, host: str) -> None:
    assert dashboards.get("/voila/render/overview.ipynb", Host=host)[0] == 403


def test_answers_carry_a_policy(dashboards: Served) -> None:
    with urllib.request.urlopen(dashboards.page("health")) as answer:
        policy = answer.headers["Content-Security-Policy"]
        assert (
            "default-src 'self'" in policy
            and "object-src 'none'" in policy
            and "http:" not in policy
        )
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def channel(served: Served, kernel: str, **named: Any) -> Any:
    named = {"subprotocols": [SPOKEN], **named}
    return connect(f"{served.url.replace('http', 'ws')}/api/kernels/{kernel}/channels", **named)


def test_a_foreign_origin_reaches_no_session(dashboards: Served) -> None:
    kernel = kernel_of(dashboards.get("/voila/render/settings.ipynb")[1])
    with pytest.raises(InvalidStatus), channel(dashboards, kernel, origin="http://evil.example"):
        pass


def test_an_unknown_session_is_refused(dashboards: Served) -> None:
    with pytest.raises(InvalidStatus), channel(dashboards, str(uuid.uuid4())):
        pass


def test_a_socket_in_another_protocol_is_closed_and_stops_nobody(dashboards: Served) -> None:
    kernel = kernel_of(dashboards.get("/voila/render/settings.ipynb")[1])
    with (
        channel(dashboards, kernel, subprotocols=None) as socket,
        pytest.raises(ConnectionClosed, match="1002"),
    ):
        for _ in range(20):
            socket.send(json.dumps({"channel": "shell", "header": {"msg_type": "comm_msg"}}))
            socket.recv(timeout=5)
    assert dashboards.get("/voila/render/settings.ipynb")[0] == 200


def test_a_flood_of_messages_ends_its_socket_alone(dashboards: Served) -> None:
    kernel = kernel_of(dashboards.get("/voila/render/settings.ipynb")[1])
    with channel(dashboards, kernel) as quiet:
        with channel(dashboards, kernel) as loud, pytest.raises(ConnectionClosed, match="1008"):
            for _ in range(5_000):
                loud.send(message("comm_info_request", {}))
            while True:
                loud.recv(timeout=20)
        quiet.send(message("comm_info_request", {}))
        assert quiet.recv(timeout=10)
    with channel(dashboards, kernel) as large, pytest.raises(ConnectionClosed, match="1009"):
        large.send(message("comm_msg", {"data": "x" * 2**21}))
        while True:
            large.recv(timeout=20)


def test_a_browser_cannot_run_code(dashboards: Served) -> None:
    kernel = kernel_of(dashboards.get("/voila/render/settings.ipynb")[1])
    made = dashboards.home / "made-by-a-browser"
    with channel(dashboards, kernel) as socket:
        socket.send(
            message("execute_request", {"code": f"open({str(made)!r}, 'w')", "silent": False})
        )
        time.sleep(2)
    assert not made.exists()


@pytest.fixture(scope="module")
def small(postgres: EmbeddedPostgres, seeded: tuple[str, Seed]) -> Iterator[Served]:
    """Dashboards with room for three sessions that end two seconds after nobody looks."""
    with serve(
        postgres.url("sm_read", seeded[0]),
        SMARTMONEY_TEST_PAGE_SESSIONS="3",
        SMARTMONEY_TEST_PAGE_IDLE_S="2",
        SPARE_SESSIONS="0",
    ) as served:
        yield served


def test_sessions_are_capped_and_everybody_gets_the_page(small: Served) -> None:
    with ThreadPoolExecutor(12) as pool:
        waiting = [pool.submit(small.get, "/voila/render/health.ipynb") for _ in range(12)]
        most = 0
        while not all(answer.done() for answer in waiting):
            most = max(most, len(small.sessions))
            time.sleep(0.05)
    answers = [answer.result() for answer in waiting]
    assert 1 <= most <= 3 and {status for status, _ in answers} == {200}
    documents = [text for _, text in answers if "All sessions are taken" in text]
    assert len(documents) >= 6
    for text in documents:
        assert "<title>Health · smartmoney</title>" in text and "kernelId" not in text
        assert 'aria-current="page">Health' in text and "calculate_rarity_scores" in text
    for _ in range(60):
        if not small.sessions:
            break
        time.sleep(0.5)
    assert small.sessions == []
    assert small.get("/voila/render/health.ipynb")[0] == 200


def test_a_document_holds_what_its_address_asks_for(small: Served) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(small.get, ["/voila/render/traders.ipynb?tiers=S"] * 4))
    text = next(text for _, text in answers if "All sessions are taken" in text)
    assert 'href="?tiers=S%2CA"' in text and "sm-tier-S" in text


def test_a_session_waits_for_the_next_page_and_learns_what_it_asks(
    postgres: EmbeddedPostgres, seeded: tuple[str, Seed]
) -> None:
    with serve(postgres.url("sm_read", seeded[0])) as served:
        for _ in range(30):
            time.sleep(2)
            before = served.sessions
            if (
                before
                and "traders" in served.get("/voila/render/traders.ipynb?tiers=S")[1]
                and served.sessions == before
            ):
                break
        assert served.sessions == before, "no request was answered by the session that waited"
        assert not list(Path(before[0].cmdline()[-1]).parent.glob("*.request.json"))


def test_a_session_stays_small(dashboards: Served) -> None:
    for name in ("traders", "settings", "overview", "alerts", "trader"):
        dashboards.get(f"/voila/render/{name}.ipynb")
    used = [kernel.memory_info().rss / 2**20 for kernel in dashboards.sessions]
    assert used and max(used) < 200


def test_without_a_store_pages_still_come_and_say_so() -> None:
    address = f"postgresql://sm_read:{CANARY}@127.0.0.1:9/smartmoney"
    with serve(address) as served:
        status, text = served.get("/voila/render/overview.ipynb")
        assert status == 200 and "sm-bar" in text and CANARY not in text
        assert (
            CANARY not in served.log
            and CANARY not in (served.home / "logs" / "pages.log").read_text()
        )


def test_a_broken_setting_ends_the_server_instead_of_serving_with_open_defaults() -> None:
    with (
        pytest.raises(RuntimeError, match="cannot be configured"),
        serve("mysql://x", SMARTMONEY_SOURCE="moon"),
    ):
        pass


def cookie_and_kernel(served: Served, name: str = "settings") -> tuple[str, str]:
    """What a page gives its reader: the cookie for its beacon, and the session it holds."""
    with urllib.request.urlopen(served.page(name)) as answer:
        given = [each.split(";")[0] for each in answer.headers.get_all("Set-Cookie")]
        cookie = next(each for each in given if each.startswith("_xsrf="))
        return cookie, kernel_of(answer.read().decode())


def beacon(served: Served, kernel: str, cookie: str) -> int:
    """Status of the message that a page sends when it is left."""
    token = cookie.partition("=")[2]
    request = urllib.request.Request(
        f"{served.url}/voila/api/shutdown/{kernel}",
        urlencode({"_xsrf": token}).encode(),
        {"Cookie": cookie} if cookie else {},
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def gone(served: Served, seconds: float = 15.0) -> bool:
    """Do all sessions end soon, long before they are idle?"""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not served.sessions:
            return True
        time.sleep(0.2)
    return False


@pytest.fixture(scope="module")
def patient(postgres: EmbeddedPostgres, seeded: tuple[str, Seed]) -> Iterator[Served]:
    """Dashboards whose sessions do not end by themselves while these tests run."""
    with serve(
        postgres.url("sm_read", seeded[0]),
        SMARTMONEY_TEST_PAGE_IDLE_S="600",
        SPARE_SESSIONS="0",
    ) as served:
        yield served


def test_a_session_ends_when_its_page_is_left(patient: Served) -> None:
    cookie, kernel = cookie_and_kernel(patient)
    assert len(patient.sessions) == 1
    assert beacon(patient, kernel, "") == 403, "only the page's own reader ends it"
    assert len(patient.sessions) == 1
    assert beacon(patient, kernel, cookie) == 204 and gone(patient)
    assert beacon(patient, kernel, cookie) == 204, "the widgets and the page both say it"


def test_a_session_ends_when_its_page_is_left_before_it_is_written(patient: Served) -> None:
    assert gone(patient)
    for wait in (0.0, 0.2, 0.6, 1.2):
        with socket.create_connection(("127.0.0.1", urlsplit(patient.url).port or 0)) as reader:
            reader.sendall(b"GET /voila/render/overview.ipynb HTTP/1.1\r\nHost: localhost\r\n\r\n")
            time.sleep(wait)
    time.sleep(1)
    assert gone(patient)


def test_answers_are_compressed(patient: Served) -> None:
    request = urllib.request.Request(
        f"{patient.url}/voila/static/voila.js", headers={"Accept-Encoding": "gzip"}
    )
    with urllib.request.urlopen(request) as answer:
        packed = answer.read()
    assert answer.headers["Content-Encoding"] == "gzip"
    whole = len(gzip.decompress(packed))
    assert len(packed) < 0.5 * whole


@pytest.mark.parametrize("path", ["/nope", "/voila/nope", "/voila/render/nope.ipynb", "/a/b.txt"])
def test_an_unknown_address_is_answered_in_our_dress(patient: Served, path: str) -> None:
    status, text = patient.get(path)
    assert status == 404 and "There is no such page." in text and "sm-bar" in text
    assert "To the overview" in text
