"""Every listener of an installation, attacked with the same set: foreign host, foreign page, no secret, too much."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket as sockets
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from polymarket_sim.generate import generate
from polymarket_sim.server import running
from smartmoney import listeners
from smartmoney.api import create_app
from smartmoney.listeners import LISTENERS, MOST_BODY, MOST_MESSAGE
from smartmoney.settings import Settings, load
from smartmoney.store.server.embedded import EmbeddedPostgres
from smartmoney.supervise import joining
from smartmoney.supervise.paths import ROOT
from tests.kit.api_server import serving
from tests.kit.dashboards import free_port, serve
from tests.kit.databases import fresh_database
from tests.kit.prefects import prefect_at
from tests.kit.processes import child

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400), pytest.mark.xdist_group("listeners")]
EVIL = "http://rebound.example"
NAMES = [each.name for each in LISTENERS]


@dataclass(frozen=True)
class Target:
    """A listener that runs: its address, what reads, what acts, its websockets and the subprotocol they want."""

    url: str
    reads: str
    acts: tuple[str, str]
    sockets: tuple[str, ...] = ()
    subprotocol: str | None = None
    secretless: bool = False
    loads: dict[str, object] = field(default_factory=dict)

    def ask(self, method: str, path: str, **headers: str) -> httpx.Response:
        body = {} if method == "GET" else {"json": self.loads}
        return httpx.request(
            method, self.url + path, headers=headers, timeout=30, trust_env=False, **body
        )

    def open(self, path: str, host: str = "", origin: str | None = None) -> ClientConnection:
        """A websocket; with a host of that name, which was made to point here."""
        spoken = [self.subprotocol] if self.subprotocol else None
        there = urlsplit(self.url)
        return connect(
            f"ws://{host or there.hostname}:{there.port}{path}",
            sock=sockets.create_connection((str(there.hostname), there.port or 0)),
            origin=origin,  # type: ignore[arg-type]
            subprotocols=spoken,  # type: ignore[arg-type]
            max_size=None,
        )


@contextmanager
def lab(home: Path) -> Iterator[str]:
    settings, port = load(smartmoney_home=home), free_port()
    told = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "JUPYTER_TOKEN": secrets.token_urlsafe(24),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
    }
    process = child(joining.lab_command(settings, port, "/lab"), env=told, cwd=ROOT)
    try:
        for _ in range(300):
            with suppress(OSError), sockets.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def targets(
    postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Target]]:
    with ExitStack() as stack:
        base = stack.enter_context(fresh_database(postgres))
        read = postgres.url("sm_read", base)
        settings = Settings(
            smartmoney_home=tmp_path_factory.mktemp("home"),
            database_url=postgres.url("sm_owner", base),
            database_read_url=read,
            api_jwt_secret="a secret of more than thirty-two characters",
        )
        prefect = stack.enter_context(prefect_at("127.0.0.1"))
        pages = stack.enter_context(serve(read))
        api = stack.enter_context(serving(create_app(settings)))
        jupyter = stack.enter_context(lab(tmp_path_factory.mktemp("lab")))
        world = generate(3, traders=4, markets=4, trades=40, days=9)
        venue = stack.enter_context(running(world))
        events = ("/api/events/in", "/api/events/out", "/api/logs/out")
        kernel = "/api/kernels/00000000-0000-0000-0000-000000000000/channels"
        yield {
            "prefect": Target(
                prefect.url,
                "/api/admin/settings",
                ("POST", "/api/deployments/"),
                events,
                "prefect",
                loads={"name": "evil", "flow_id": "00000000-0000-0000-0000-000000000000"},
            ),
            "voila": Target(
                pages.url,
                "/voila/render/settings.ipynb",
                ("DELETE", kernel.removesuffix("/channels")),
                (kernel,),
                "v1.kernel.websocket.jupyter.org",
            ),
            "api": Target(api, "/api/traders", ("POST", f"/api/traders/0x{'a' * 40}/sync")),
            "lab": Target(jupyter, "/api/contents", ("POST", "/api/kernels"), (kernel,)),
            "simulator": Target(
                venue.url,
                "/gamma/markets/keyset",
                ("POST", "/_sim/tick?n=1"),
                ("/rtds", "/ws/market"),
                secretless=True,
            ),
        }


def test_the_list_is_whole(targets: dict[str, Target]) -> None:
    assert list(targets) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_was_made_to_point_here_gets_nothing(
    targets: dict[str, Target], name: str
) -> None:
    target = targets[name]
    port = urlsplit(target.url).port
    for host in (f"rebound.example:{port}", "rebound.example", f"127.0.0.1.rebound.example:{port}"):
        read = target.ask("GET", target.reads, host=host)
        assert read.status_code in (403, 421), (host, read.status_code, read.text[:200])
        method, path = target.acts
        assert target.ask(method, path, host=host, origin=f"http://{host}").status_code in (
            403,
            421,
        )
        token = target.ask("GET", "/api/csrf-token?client=x", host=host)
        assert token.status_code in (403, 404, 421) and '"token"' not in token.text


@pytest.mark.parametrize("name", NAMES)
def test_a_page_of_another_origin_changes_nothing(targets: dict[str, Target], name: str) -> None:
    target = targets[name]
    method, path = target.acts
    for origin in (EVIL, "null", target.url.replace("127.0.0.1", "localhost") + "1"):
        answer = target.ask(method, path, origin=origin)
        assert answer.status_code in (401, 403, 404, 405), (origin, answer.status_code, answer.text)
        assert answer.headers.get("access-control-allow-origin") not in ("*", origin)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_acts_without_its_secret(targets: dict[str, Target], name: str) -> None:
    target = targets[name]
    method, path = target.acts
    answer = target.ask(method, path)
    if target.secretless:
        assert answer.status_code == 200, "invented data, and it is said so"
        assert "none" in next(each.secret for each in LISTENERS if each.name == name)
    else:
        assert answer.status_code in (401, 403, 404), (answer.status_code, answer.text)


@pytest.mark.parametrize("name", [each for each in NAMES if each != "api"])
def test_no_websocket_for_foreign_pages_and_names(targets: dict[str, Target], name: str) -> None:
    target = targets[name]
    for path in target.sockets:
        for foreign in ({"origin": EVIL}, {"host": "rebound.example"}):
            with (
                pytest.raises((InvalidStatus, ConnectionClosed)),
                target.open(path, **foreign) as opened,
            ):
                opened.send('{"type": "auth", "token": "x"}')
                opened.recv(5)


@pytest.mark.parametrize("name", NAMES)
def test_too_much_is_refused_and_the_next_is_answered(
    targets: dict[str, Target], name: str
) -> None:
    target = targets[name]
    with suppress(httpx.TransportError):  # cut off while sending is an answer, too
        answer = httpx.post(
            target.url + target.acts[1],
            content=b"x" * (MOST_BODY + 2**20),
            timeout=60,
            trust_env=False,
        )
        assert answer.status_code >= 400
    for path in target.sockets:
        with suppress(InvalidStatus, ConnectionClosed, OSError), target.open(path) as opened:
            opened.send("x" * (MOST_MESSAGE + 1))
            while True:
                opened.recv(5)
        with suppress(InvalidStatus, ConnectionClosed, OSError), target.open(path) as opened:
            for _ in range(20_000):
                opened.send("{}")
            pytest.fail(f"{name} takes 20,000 messages at once")
    assert target.ask("GET", target.reads).status_code in (200, 401, 403)


def test_the_door_counts_what_comes_in_pieces() -> None:
    taken: list[dict[str, object]] = []

    async def application(scope: object, receive: object, send: object) -> None:
        while (message := await receive())["type"] == "http.request":  # type: ignore[operator]
            taken.append(message)

    async def pieces() -> dict[str, object]:
        return {"type": "http.request", "body": b"x" * 2**20, "more_body": True}

    async def nowhere(_: object) -> None: ...

    scope = {"type": "http", "headers": [(b"host", b"localhost:1")], "path": "/"}
    asyncio.run(listeners.Door(application, listeners.LOOPBACK)(scope, pieces, nowhere))  # type: ignore[arg-type]
    assert len(taken) == MOST_BODY // 2**20


def test_the_page_on_security_tells_of_each(targets: dict[str, Target]) -> None:
    told = (ROOT / "SECURITY.md").read_text()
    for each in LISTENERS:
        row = f"| `{each.name}` | {each.what} | {each.secret} | {each.door} | {each.limits} |"
        assert row in told, f"write into SECURITY.md: {row}"
