"""The cache in front of the data API: how long each route may be kept, and how old an answer is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_AGE = {
    "/v2/trades": 300,
    "/v2/oi": 300,
    "/v2/holders": 120,
    "/v2/activity": 15,
    "/v2/positions": 5,
}
"""Seconds; the other routes send no such header."""
MOST_KEPT = 1_000


@dataclass
class Kept:
    """An answer and when, by the world's clock, it was made."""

    at: int
    messages: list[Message]


class EdgeCache:
    """Adds what the cache says of an answer; `keeps` answers the same address again from memory.

    It looks at the whole address and at nothing else: a request that asks for a fresh answer in its headers
    gets the kept one. Every cursor is an address of its own.
    """

    def __init__(self, app: ASGIApp, now: Callable[[], int], keeps: bool) -> None:
        self.app, self.now, self.keeps = app, now, keeps
        self._kept: dict[str, Kept] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or ask the application and say that it was a miss."""
        path = str(scope["path"]).removeprefix(str(scope.get("root_path", "")))
        age = MAX_AGE.get(path)
        if age is None:
            await self.app(scope, receive, send)
            return
        address = f"{path}?{scope['query_string'].decode('latin-1')}"
        kept = self._kept.get(address) if self.keeps else None
        if kept is not None and self.now() - kept.at < age:
            await self._again(kept, send)
            return
        await self.app(scope, receive, self._noting(address, age, send))

    async def _again(self, kept: Kept, send: Send) -> None:
        for message in kept.messages:
            again = dict(message)
            if "headers" in again:
                again["headers"] = list(again["headers"])
                headers = MutableHeaders(raw=again["headers"])
                headers["age"] = str(self.now() - kept.at)
                headers["x-cache"] = "Hit from cloudfront"
            await send(again)

    def _noting(self, address: str, age: int, send: Send) -> Send:
        made = Kept(self.now(), [])

        async def note(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                headers = MutableHeaders(scope=message)
                headers["cache-control"] = f"public, max-age={age}"
                headers["x-cache"] = "Miss from cloudfront"
                if self.keeps and len(self._kept) < MOST_KEPT:
                    self._kept[address] = made
            made.messages.append(message)
            await send(message)

        return note
