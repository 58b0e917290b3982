"""What an installation listens on, and the door before the listeners that have none of their own.

A web page open in a browser of this machine can send requests to 127.0.0.1. It cannot choose their `Host` (unless a name of its own is
made to point here) nor their `Origin`, so both are checked before anything is read.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
MOST_BODY = 16 * 2**20
MOST_MESSAGE = 2**20
MESSAGES_A_SECOND = 500
POLICY_VIOLATION = 1008


@dataclass(frozen=True)
class OpenPort:
    """Something that answers on a port.

    Attributes:
        name: of its program, as `smartmoney status` lists it.
        what: it is.
        secret: without which nothing acts there.
        door: who checks `Host` and `Origin`.
        limits: of what it takes from outside.
    """

    name: str
    what: str
    secret: str
    door: str
    limits: str


LISTENERS = (
    OpenPort(
        "prefect",
        "Prefect's API, its websockets and pages",
        "the login in `prefect/login` (or PREFECT_LOGIN)",
        "`listeners.Door`",
        "16 MiB a request, 1 MiB and 500 a second a message",
    ),
    OpenPort(
        "voila",
        "the pages and their websockets",
        "the XSRF cookie; kernels run the pages' own code only",
        "Jupyter server, `pages_server.py`",
        "1 MiB a message, 24 sessions",
    ),
    OpenPort(
        "api",
        "the REST API",
        "a token signed with API_JWT_SECRET, to change anything",
        "`api/gate.py`",
        "64 KiB a request, API_RATE_LIMIT a second",
    ),
    OpenPort(
        "lab",
        "JupyterLab, while `smartmoney lab` runs",
        "the token in the address it prints",
        "Jupyter server",
        "Jupyter's own",
    ),
    OpenPort(
        "simulator",
        "the simulated venue of a demo",
        "none: it holds invented data and acts on nothing else",
        "`listeners.Door`",
        "16 MiB a request, 1 MiB and 500 a second a message",
    ),
)


class Door:
    """Lets in what was sent to this server by its own pages or by programs, and no more than it can take.

    A foreign Host is answered 421, a foreign Origin 403, a body that is too large 413; a websocket is closed.
    """

    def __init__(
        self, app: ASGIApp, hosts: Collection[str] | None, origins: Collection[str] = ()
    ) -> None:
        """Stand before an application.

        Args:
            app: what answers those let in.
            hosts: names it answers to, in lower case; None: any.
            origins: of pages that may ask besides its own.
        """
        self.app = app
        self.hosts = None if hosts is None else frozenset(hosts)
        self.origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or refuse."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        refused = self._refusal(scope)
        if scope["type"] == "websocket":
            if refused:
                await send({"type": "websocket.close", "code": POLICY_VIOLATION})
                return
            await self.app(scope, Counted(receive, MOST_MESSAGE, MESSAGES_A_SECOND), send)
            return
        length = header(scope, b"content-length") or b"0"
        if not refused and length.isdigit() and int(length) > MOST_BODY:
            refused = (413, f"The body is larger than {MOST_BODY // 2**20} MiB.")
        if refused:
            await answer(send, *refused)
            return
        await self.app(scope, Counted(receive, MOST_BODY), send)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        if self.hosts is not None and host_name(header(scope, b"host")) not in self.hosts:
            return 421, "This server does not answer to that host name."
        if is_foreign(scope, self.origins):
            return 403, "Pages of other origins may not ask this server."
        return None


def is_foreign(scope: Scope, origins: Collection[str]) -> bool:
    """Was it sent by a page of another origin than the address asked, and than these?"""
    origin = header(scope, b"origin")
    if origin is None:
        return False
    given = origin.decode("latin-1").strip().lower()
    host = (header(scope, b"host") or b"").decode("latin-1").strip().lower()
    parts = urlsplit(given)
    own = parts.scheme in ("http", "https") and parts.netloc == host
    return not own and given not in origins


class Counted:
    """What comes in, as long as it is not too much: a body is counted as a whole, messages each and by the second."""

    def __init__(self, receive: Receive, most: int, a_second: int | None = None) -> None:
        self._receive, self._most, self._a_second = receive, most, a_second
        self._size = 0
        self._began, self._messages = time.monotonic(), 0

    async def __call__(self) -> Message:
        """The next message; a sender of too much has left, as far as the application can see."""
        message = await self._receive()
        if message["type"] == "http.request":
            self._size += len(message.get("body") or b"")
            if self._size > self._most:
                return {"type": "http.disconnect"}
        if message["type"] == "websocket.receive" and self._too_much(message):
            return {"type": "websocket.disconnect", "code": POLICY_VIOLATION}
        return message

    def _too_much(self, message: Message) -> bool:
        now = time.monotonic()
        if now - self._began >= 1:
            self._began, self._messages = now, 0
        self._messages += 1
        size = len(message.get("text") or "") + len(message.get("bytes") or b"")
        return size > self._most or self._messages > (self._a_second or self._messages)


async def answer(send: Send, status: int, sentence: str) -> None:
    """Send a short answer in plain text."""
    body = sentence.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def header(scope: Scope, name: bytes) -> bytes | None:
    """A header's first value; None where it was not sent."""
    found: Iterable[tuple[bytes, bytes]] = scope["headers"]
    return next((value for key, value in found if key == name), None)


def host_name(value: bytes | None) -> str:
    """The name in a Host header, without its port and brackets, in lower case."""
    text = (value or b"").decode("latin-1").strip().lower()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0]
