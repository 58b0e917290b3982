"""One request between the client and the routes, as a fault gets hold of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass
class Answer:
    """A complete response: status, headers (lower-case names) and body."""

    status: int
    headers: dict[str, str]
    body: bytes

    def response(self) -> Response:
        """The same as a starlette response."""
        kept = {name: value for name, value in self.headers.items() if name != "content-length"}
        return Response(self.body, self.status, kept)


@dataclass
class Exchange:
    """One request being misbehaved to."""

    scope: Scope
    receive: Receive
    send: Send
    app: ASGIApp
    memory: dict[str, Any]
    tick: Callable[[int], None]

    @property
    def key(self) -> str:
        """The path and the parameters that are not about paging."""
        query = [
            part
            for part in self.query().split("&")
            if not part.startswith(("cursor=", "offset=", "limit=", "after_cursor="))
        ]
        return f"{self.scope['path']}?{'&'.join(sorted(query))}"

    def query(self) -> str:
        """The raw query string."""
        return str(self.scope["query_string"].decode("latin-1"))

    async def proper(self) -> Answer:
        """What the server would have answered."""
        headers: dict[str, str] = {}
        status, body = 200, b""

        async def keep(message: Message) -> None:
            nonlocal status, body
            if message["type"] == "http.response.start":
                status = message["status"]
                headers.update((k.decode().lower(), v.decode()) for k, v in message["headers"])
            else:
                body += message.get("body", b"")

        await self.app(self.scope, self.receive, keep)
        return Answer(status, headers, body)

    def ask_again(self, query: str) -> None:
        """Go on as if the client had sent this query string."""
        self.mark("query_string", query.encode("latin-1"))

    def mark(self, name: str, value: Any) -> None:
        """Change one entry of the request's scope."""
        self.scope = {**self.scope, name: value}

    async def answer(self, answer: Answer) -> None:
        """Send a complete response."""
        await answer.response()(self.scope, self.receive, self.send)


Fault = Callable[[Exchange, Mapping[str, Any]], Awaitable[None]]
