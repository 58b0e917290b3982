"""A server whose every byte the test decides."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

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
