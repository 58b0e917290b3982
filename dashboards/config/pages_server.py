"""What Voilà does for our pages beyond serving them: the shell's facts, and a cap on sessions."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.web import HTTPError

from smartmoney.errors import SmartmoneyError
from smartmoney.settings import get_settings
from smartmoney.store.db import read_store
from smartmoney.store.reads import stamp

MOST_KERNELS = int(os.environ.get("SMARTMONEY_TEST_PAGE_SESSIONS", "24"))
IDLE_S = int(os.environ.get("SMARTMONEY_TEST_PAGE_IDLE_S", "120"))
CONNECTED_S = 4 * 3_600
STAMP_S = 10.0

_stamp: tuple[float, dict[str, Any]] = (0.0, {})


def facts() -> dict[str, Any]:
    """What the shell shows before a page's kernel is up: source, as-of, theme; read at most every ten seconds."""
    global _stamp
    at, known = _stamp
    if time.monotonic() - at > STAMP_S or not known:
        try:
            row = stamp(read_store())
        except SmartmoneyError:
            row = {}
        as_of = row.get("scores_as_of")
        known = {"source": get_settings().smartmoney_source, "theme": row.get("theme") or "dark",
                 "as_of": as_of.strftime("%Y-%m-%d %H:%M UTC") if as_of else ""}
        _stamp = (time.monotonic(), known)
    return known


def shell_of(page_config: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Voilà's hook: put the shell's facts where the template finds them."""
    return {**page_config, "smartmoney": facts()}


class CappedKernels(AsyncMappingKernelManager):
    """At most MOST_KERNELS sessions; idle ones end two minutes after their tab closed, open ones after four hours."""

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        self.cull_idle_timeout = IDLE_S
        self.cull_interval = max(min(IDLE_S // 4, 30), 1)
        self.cull_connected = True
        self.cull_busy = False

    async def start_kernel(self, **named: Any) -> str:
        """Start a session, or answer 503 when all are taken."""
        if len(self.list_kernel_ids()) >= MOST_KERNELS:
            raise HTTPError(503, "All sessions are taken.")
        return await super().start_kernel(**named)

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End an idle session: at once when no tab shows it, after hours when one does."""
        kernel = self._kernels.get(kernel_id)
        if kernel is None or not hasattr(kernel, "last_activity"):
            return
        connected = self._kernel_connections.get(kernel_id, 0) > 0
        limit = CONNECTED_S if connected else IDLE_S
        if datetime.now(UTC) - kernel.last_activity > timedelta(seconds=limit):
            self.log.info("ending idle session %s", kernel_id)
            await self.shutdown_kernel(kernel_id)
