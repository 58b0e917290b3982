"""What every request passes: id, host, size and rate; and on the way out headers, a log line, counts."""

from __future__ import annotations

import logging
import math
import re
import secrets
import time
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from smartmoney.api.bucket import Buckets
from smartmoney.api.errors import ApiError, sorted_out
from smartmoney.api.metrics import Metrics
from smartmoney.listeners import LOOPBACK, header, host_name, is_foreign
from smartmoney.settings import Settings

log = logging.getLogger("smartmoney.api.request")
MOST_BODY = 64 * 1024
MOST_QUERY = 4_096
GIVEN_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
CLOSED_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")


def served_hosts(settings: Settings) -> frozenset[str] | None:
    """Names this server answers to, or None for any.

    Listening on loopback, only its own names and those of CORS_ORIGIN: a page that points its own name at
    127.0.0.1 gets nothing.
    """
    if settings.bind_host not in LOOPBACK:
        return None
    return LOOPBACK | {urlsplit(origin).hostname or "" for origin in settings.cors_origin}


class RequestMiddleware:
    """ASGI middleware around the whole app. Sets `scope["request_id"]`."""

    def __init__(
        self,
        app: ASGIApp,
        metrics: Metrics,
        buckets: Buckets,
        hosts: frozenset[str] | None,
        origins: frozenset[str] = frozenset(),
    ) -> None:
        self.app, self.origins = app, origins
        self.metrics = metrics
        self.buckets = buckets
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request through, or refuse it; a HEAD is answered as a GET without its body."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        passage = Passage(scope, receive, send)
        asked = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        try:
            self._check(scope)
            await self.app(asked, passage.receive, passage.send)
        except Exception as error:
            if passage.status:
                raise
            problem = sorted_out(error, passage.request_id).response(passage.request_id)
            await problem(scope, receive, passage.send)
        finally:
            self._note({**asked, "method": scope["method"]}, passage)

    def _check(self, scope: Scope) -> None:
        wait = self.buckets.wait((scope.get("client") or ("unknown",))[0])
        if wait:
            raise ApiError(
                429,
                "too_many_requests",
                f"More than {self.buckets.rate} requests a second came from this "
                "address; wait as long as Retry-After says.",
                headers={"Retry-After": str(math.ceil(wait))},
            )
        if self.hosts is not None and host_name(header(scope, b"host")) not in self.hosts:
            raise ApiError(
                421,
                "host_refused",
                "This server does not answer to that host name; add its origin to CORS_ORIGIN if it should.",
            )
        if is_foreign(scope, self.origins):
            raise ApiError(
                403,
                "origin_refused",
                "Pages of this origin may not ask this server; add it to CORS_ORIGIN if they should.",
            )
        if len(scope["query_string"]) > MOST_QUERY:
            raise ApiError(414, "query_too_long", f"The query is longer than {MOST_QUERY} bytes.")

    def _note(self, scope: Scope, passage: Passage) -> None:
        seconds = time.perf_counter() - passage.started
        route = getattr(scope.get("route"), "path", "unmatched")
        self.metrics.count(scope["method"], route, passage.status or 499, seconds)
        log.info(
            "%s %s %s",
            scope["method"],
            route,
            passage.status or 499,
            extra={
                "fields": {
                    "requestId": passage.request_id,
                    "method": scope["method"],
                    "route": route,
                    "path": scope["path"][:200],
                    "query": scope["query_string"][:200].decode("latin-1"),
                    "status": passage.status or 499,
                    "ms": round(seconds * 1000, 1),
                    "bytes": passage.sent,
                    "client": (scope.get("client") or ("",))[0],
                }
            },
        )


class Passage:
    """One request on its way: counts what comes in, adds to what goes out.

    Attributes:
        request_id: the caller's X-Request-ID where it is a plain word, else a new one.
        status: status sent, 0 before.
        sent: bytes of the body sent.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.started = time.perf_counter()
        self.status = self.sent = self._came = 0
        given = header(scope, b"x-request-id")
        plain = given is not None and GIVEN_ID.fullmatch(given) is not None
        self.request_id = given.decode() if given and plain else secrets.token_hex(8)
        scope["request_id"] = self.request_id
        self._receive, self._send, self._head = receive, send, scope["method"] == "HEAD"

    async def receive(self) -> Message:
        """The next message in.

        Raises:
            ApiError: the body is larger than 64 KiB.
        """
        message = await self._receive()
        self._came += len(message.get("body", b""))
        if self._came > MOST_BODY:
            raise ApiError(
                413, "body_too_large", f"The body is larger than {MOST_BODY // 1024} KiB."
            )
        return message

    async def send(self, message: Message) -> None:
        """The next message out."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [
                *message["headers"],
                *HEADERS,
                (b"x-request-id", self.request_id.encode()),
            ]
            if not any(name == CLOSED_POLICY[0] for name, _ in message["headers"]):
                message["headers"].append(CLOSED_POLICY)
        elif self._head:
            message = {**message, "body": b""}
        self.sent += len(message.get("body", b""))
        await self._send(message)
