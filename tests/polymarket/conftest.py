"""A server whose every byte the test decides, and a clock that moves only when told."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest

from smartmoney.settings import Settings, load
from tests.kit.clock import FrozenClock
from tests.kit.fake_api import Asked, FakeApi


def _serve(connection: socket.socket, api: FakeApi) -> None:
    with connection:
        buffer = b""
        while True:
            while b"\r\n\r\n" not in buffer:
                data = connection.recv(65_536)
                if not data:
                    return
                buffer += data
            head, buffer = buffer.split(b"\r\n\r\n", 1)
            target = urlsplit(head.split(b" ")[1].decode())
            reply = api.reply(Asked(target.path, parse_qsl(target.query, keep_blank_values=True)))
            if callable(reply):
                reply(connection)
                return
            connection.sendall(reply)


@pytest.fixture
def api() -> Iterator[FakeApi]:
    """A scripted server on a free port of this machine."""
    listener = socket.create_server(("127.0.0.1", 0))
    fake = FakeApi(listener.getsockname()[1])

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=_quietly, args=(connection, fake), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield fake
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def _quietly(connection: socket.socket, fake: FakeApi) -> None:
    try:
        _serve(connection, fake)
    except OSError:
        pass


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def here(api: FakeApi) -> Settings:
    """Settings that point at the scripted server."""
    return load(
        smartmoney_source="simulator",
        polymarket_api_base_url=f"http://127.0.0.1:{api.port}",
        rate_limit_requests=15_000,
        rate_limit_interval_ms=100,
        request_deadline_s=1.0,
    )
