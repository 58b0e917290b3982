"""How an answer comes about: read in a few threads, kept for seconds, sent with an ETag, or as 304."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import Request
from starlette.responses import Response

from smartmoney.api.wire import encoded
from smartmoney.errors import StoreUnavailable
from smartmoney.store.db import Store

THREADS = 6
KEEP_SECONDS = 5.0
AWAY_SECONDS = 1.0
MOST_BYTES = 32 * 2**20
JSON = b"application/json"
Result = TypeVar("Result")


@dataclass(frozen=True)
class Body:
    """An encoded answer.

    Attributes:
        content: UTF-8 JSON.
        etag: a digest of it.
        made: when, on the monotonic clock.
    """

    content: bytes
    etag: str
    made: float


class Answers:
    """Reads for the routes of one app.

    Attributes:
        store: the database as `sm_read`.
        keep_seconds: how long a list is answered from memory.
    """

    def __init__(self, store: Store, keep_seconds: float = KEEP_SECONDS) -> None:
        self.store = store
        self.keep_seconds = keep_seconds
        self._threads = CapacityLimiter(THREADS)
        self._away: tuple[float, str] = (0.0, "")
        self._kept: OrderedDict[Hashable, Body] = OrderedDict()
        self._bytes = 0
        self._under_way: dict[Hashable, asyncio.Future[Body]] = {}

    async def run(self, work: Callable[[Store], Result]) -> Result:
        """Run `work` with the store in a thread. For a second after it was found away, fail at once.

        Raises:
            StoreUnavailable: the database does not answer.
        """
        until, sentence = self._away
        if time.monotonic() < until:
            raise StoreUnavailable(sentence)
        try:
            return await to_thread.run_sync(partial(work, self.store), limiter=self._threads)
        except StoreUnavailable as error:
            self._away = (time.monotonic() + AWAY_SECONDS, str(error))
            raise

    async def listed(
        self, request: Request, key: Hashable, work: Callable[[Store], Any]
    ) -> Response:
        """The answer to a GET: what `work` returns, encoded, kept for a few seconds under `key`.

        Equal requests that come while it is made wait for it.
        """
        body = self._fresh(key)
        while body is None:
            waiting = self._under_way.get(key)
            body = await asyncio.shield(waiting) if waiting else await self._made(key, work)
        return conditional(request, body, int(self.keep_seconds))

    async def current(self, request: Request, work: Callable[[Store], Any]) -> Response:
        """The answer to a GET of what people edit: never kept, but with an ETag."""
        return conditional(request, _body(await self.run(lambda store: encoded(work(store)))), 0)

    def _fresh(self, key: Hashable) -> Body | None:
        body = self._kept.get(key)
        return (
            body if body is not None and time.monotonic() - body.made < self.keep_seconds else None
        )

    async def _made(self, key: Hashable, work: Callable[[Store], Any]) -> Body:
        future = self._under_way[key] = asyncio.get_running_loop().create_future()
        try:
            body = _body(await self.run(lambda store: encoded(work(store))))
        except BaseException as error:
            future.set_exception(
                error
                if isinstance(error, Exception)
                else StoreUnavailable("The server is stopping.")
            )
            future.exception()
            raise
        else:
            future.set_result(body)
            self._keep(key, body)
            return body
        finally:
            del self._under_way[key]

    def _keep(self, key: Hashable, body: Body) -> None:
        old = self._kept.pop(key, None)
        self._bytes += len(body.content) - (len(old.content) if old else 0)
        self._kept[key] = body
        while self._bytes > MOST_BYTES:
            self._bytes -= len(self._kept.popitem(last=False)[1].content)


def _body(content: bytes) -> Body:
    return Body(
        content, f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"', time.monotonic()
    )


def conditional(request: Request, body: Body, seconds: int) -> Response:
    """200 with the body, or 304 when If-None-Match names it."""
    age = f"public, max-age={seconds}" if seconds else "no-cache"
    headers = {"ETag": body.etag, "Cache-Control": age}
    if _known(request.headers.get("if-none-match", ""), body.etag):
        return Response(status_code=304, headers=headers)
    return Response(body.content, headers=headers, media_type="application/json")


def _known(given: str, etag: str) -> bool:
    tags = {tag.strip().removeprefix("W/") for tag in given[:2_000].split(",")}
    return etag in tags or "*" in tags


def answers(request: Request) -> Answers:
    """The app's answers."""
    found: Answers = request.app.state.answers
    return found
