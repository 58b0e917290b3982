"""A server whose every byte the test decides, and a clock that moves only when told."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from smartmoney.polymarket.clock import Clock
from smartmoney.settings import Settings, load

Write = Callable[[socket.socket], None]


@dataclass
class Asked:
    """One request as the server saw it."""

    path: str
    query: list[tuple[str, str]]

    def __getitem__(self, name: str) -> str:
        return dict(self.query)[name]

    def get(self, name: str) -> str | None:
        return dict(self.query).get(name)


def answer(
    value: Any = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
    kind: str = "application/json",
) -> bytes:
    """A whole HTTP answer."""
    payload = json.dumps(value).encode() if body is None else body
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase if status in set(HTTPStatus) else 'Odd'}",
        f"content-type: {kind}",
        f"content-length: {len(payload)}",
        *(f"{name}: {text}" for name, text in (headers or {}).items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + payload


@dataclass
class FakeApi:
    """Answers each request with the next of `script`, or by calling it; the last answer repeats."""

    port: int
    script: list[bytes | Write] | Callable[[Asked], bytes | Write] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def reply(self, request: Asked) -> bytes | Write:
        with self.lock:
            self.asked.append(request)
            if callable(self.script):
                return self.script(request)
            return self.script[min(len(self.asked), len(self.script)) - 1]


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


class FrozenClock(Clock):
    """Stands still; sleeping moves it at once and is written down."""

    def __init__(self, start: float = 1_790_000_000.0) -> None:
        self.start, self.elapsed = start, 0.0
        self.sleeps: list[float] = []

    def time(self) -> float:
        return self.start + self.elapsed

    def monotonic(self) -> float:
        return self.elapsed

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.elapsed += seconds


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
