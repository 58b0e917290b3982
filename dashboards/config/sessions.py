"""Sessions of the pages: how many there may be, when they end, and one kept warm for whoever comes next.

A session ends when its page is left: the page says so with a beacon, and a page that is left while it is being written
by the end of its connection. Whatever neither tells ends when it is idle.
"""

from __future__ import annotations

import json
import os
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from documents import DRAWING, document_of, warm
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.ioloop import IOLoop
from tornado.web import Finish, GZipContentEncoding, HTTPError, RequestHandler

from smartmoney.settings import get_settings
from smartmoney.widgets.session import ADOPT, REQUEST, WARM

MOST_SESSIONS = int(os.environ.get("SMARTMONEY_TEST_PAGE_SESSIONS", "24"))
IDLE_S = int(os.environ.get("SMARTMONEY_TEST_PAGE_IDLE_S", "120"))
CONNECTED_S = 4 * 3_600
PAUSE_S = 4.0  # after a request, before the next session is warmed: the page comes first
SOON_S = 30.0
DOCUMENTS_AFTER_S = 20.0  # what documents need is imported when the first pages have come

REQUEST_OF: ContextVar[RequestHandler | None] = ContextVar("REQUEST_OF", default=None)
"""The request that this task answers."""


def greet(handler: RequestHandler, **_: Any) -> None:
    """Voilà's hook before a page: give the reader the cookie that the page's beacon must show, and note the request.

    The cookie is set by asking for its value; without it the server answers the beacon with 403.
    """
    assert handler.xsrf_token
    REQUEST_OF.set(handler)


class Sessions(AsyncMappingKernelManager):
    """At most 24 sessions; those that no page ended do so after two idle minutes without a tab, or four hours with one.

    A few (SPARE_SESSIONS) are started ahead, imports done. A request takes one over, hands it its environment in a file
    beside the session's connection file, and finds its page drawn a second or two sooner.
    """

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        self.cull_idle_timeout = IDLE_S
        self.cull_interval = max(min(IDLE_S // 4, 30), 1)
        self.cull_connected = True
        self.cull_busy = False
        self._starting = 0
        self._spares: list[str] = []
        self._warming = False
        self._requested_at = 0.0
        self._spares_kept = get_settings().spare_sessions
        # Voilà applies tornado's settings after the application is made, when `compress_response` has no effect any more.
        IOLoop.current().add_callback(lambda: self.parent.app.add_transform(GZipContentEncoding))
        if self._spares_kept:
            IOLoop.current().call_later(1.0, self._warm)
        IOLoop.current().call_later(DOCUMENTS_AFTER_S, DRAWING.submit, warm)

    async def start_kernel(self, **named: Any) -> str:
        """A session for a request: a warm one, or a new one; when all are taken, the page as a document instead.

        Raises:
            Finish: the document is the answer.
            HTTPError: 503, where there is no document of the page.
        """
        if self._taken() >= MOST_SESSIONS:
            handler = REQUEST_OF.get()
            page = handler and await document_of(handler)
            if page:
                raise Finish(page)
            raise HTTPError(503, "All sessions are taken.")
        self._requested_at = IOLoop.current().time()
        self._starting += 1
        try:
            kernel_id = await self._adopted(named.get("env") or {})
            kernel_id = kernel_id or await super().start_kernel(**named)
        finally:
            self._starting -= 1
            if self._spares_kept:
                IOLoop.current().call_later(PAUSE_S, self._warm)
        self._end_with_request(kernel_id)
        return kernel_id

    def _end_with_request(self, kernel_id: str) -> None:
        """End the session if its reader goes before the page is written."""
        handler = REQUEST_OF.get()
        stream = getattr(handler and handler.request.connection, "stream", None)
        if handler is None or stream is None:
            return

        def left() -> None:
            self.log.info("ending session %s: its page was left", kernel_id)
            IOLoop.current().spawn_callback(self.shutdown_kernel, kernel_id)

        if stream.closed():
            left()
        else:
            handler.request.connection.set_close_callback(left)  # type: ignore[union-attr]

    async def shutdown_kernel(self, kernel_id: str, now: bool = False, **named: Any) -> None:
        """End a session; one that has ended already is left alone, for a page may say twice that it is left."""
        if kernel_id in self._kernels:
            await super().shutdown_kernel(kernel_id, now=now, **named)

    def _taken(self) -> int:
        return len(self.list_kernel_ids()) - len(self._spares) + self._starting

    async def _adopted(self, environment: dict[str, str]) -> str | None:
        """A warm session with the request's environment; None when there is none, or it does not answer."""
        while self._spares:
            kernel_id = self._spares.pop()
            if kernel_id not in self._kernels:
                continue
            own = {
                name: value for name, value in environment.items() if os.environ.get(name) != value
            }
            request = Path(self._kernels[kernel_id].connection_file).with_suffix(REQUEST)
            request.touch(mode=0o600)
            request.write_text(json.dumps(own))
            if await self._ran(kernel_id, ADOPT):
                self._kernels[kernel_id].last_activity = datetime.now(UTC)
                return kernel_id
            await self.shutdown_kernel(kernel_id, now=True)
        return None

    async def _warm(self) -> None:
        """Start one session ahead, unless a request has just come; then try again later."""
        full = len(self._spares) >= self._spares_kept or self._taken() >= MOST_SESSIONS
        if self._warming or full or IOLoop.current().time() - self._requested_at < PAUSE_S:
            return
        self._warming = True
        try:
            environment = {**os.environ}
            kernel_id = await super().start_kernel(kernel_name="python3", path="", env=environment)
            if await self._ran(kernel_id, WARM):
                self._spares.append(kernel_id)
            else:
                await self.shutdown_kernel(kernel_id, now=True)
        finally:
            self._warming = False
        IOLoop.current().call_later(PAUSE_S, self._warm)

    async def _ran(self, kernel_id: str, code: str) -> bool:
        """Run a line of ours in a session; whether it succeeded."""
        client = self._kernels[kernel_id].client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=SOON_S)
            reply = await client.execute(
                code, silent=True, store_history=False, reply=True, timeout=SOON_S
            )
        except (TimeoutError, RuntimeError):
            return False
        finally:
            client.stop_channels()
        return bool(reply["content"]["status"] == "ok")

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End an idle session: soon when no tab shows it, after hours when one does; a warm one never."""
        kernel = self._kernels.get(kernel_id)
        if kernel is None or kernel_id in self._spares or not hasattr(kernel, "last_activity"):
            return
        connected = self._kernel_connections.get(kernel_id, 0) > 0
        limit = CONNECTED_S if connected else IDLE_S
        if datetime.now(UTC) - kernel.last_activity > timedelta(seconds=limit):
            self.log.info("ending idle session %s", kernel_id)
            await self.shutdown_kernel(kernel_id)
