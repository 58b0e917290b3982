"""How Voilà serves our pages: our template, nothing from elsewhere, a cap on sessions, the shell's facts."""

from __future__ import annotations

import importlib.util
import os
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.web import HTTPError

from smartmoney.errors import SmartmoneyError
from smartmoney.settings import Settings, get_settings
from smartmoney.store.db import read_store
from smartmoney.store.reads import stamp

SHARE = Path(__file__).resolve().parents[1] / "share"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
MOST_SESSIONS = int(os.environ.get("SMARTMONEY_TEST_PAGE_SESSIONS", "24"))
IDLE_S = int(os.environ.get("SMARTMONEY_TEST_PAGE_IDLE_S", "120"))
CONNECTED_S = 4 * 3_600
STAMP_S = 10.0
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' ws: wss:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
WIDGETS = ["@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8", "anywidget"]


def configure(config: Any) -> None:
    """Set every option of Voilà that matters to us on its configuration object."""
    settings = get_settings()
    os.environ["JUPYTER_PATH"] = os.pathsep.join(
        [str(SHARE), str(with_plotly(settings)), *filter(None, [os.environ.get("JUPYTER_PATH")])]
    )
    config.Voila.ip = settings.bind_host
    config.Voila.open_browser = False
    config.Voila.port_retries = 0
    config.Voila.tornado_settings = {
        "allow_remote_access": settings.bind_host not in LOOPBACK,
        "local_hostnames": ["localhost", "127.0.0.1"],
        "headers": {
            "Content-Security-Policy": POLICY,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
        },
    }
    pages = config.VoilaConfiguration
    pages.template, pages.theme = "smartmoney", "dark"
    pages.allow_template_override = pages.allow_theme_override = "NO"
    pages.strip_sources, pages.show_tracebacks = True, False
    pages.file_allowlist = [r"$^"]
    pages.extension_allowlist = WIDGETS
    pages.page_config_hook = shell_of
    pages.multi_kernel_manager_class = CappedKernels
    config.VoilaExecutor.timeout = config.VoilaExecutor.startup_timeout = 60


def with_plotly(settings: Settings) -> Path:
    """A folder of static files that holds Plotly's script, copied from the installed package."""
    found = importlib.util.find_spec("plotly")
    if found is None or found.origin is None:
        raise RuntimeError("the package plotly is missing")
    made = settings.smartmoney_home / "share"
    script = made / "voila/templates/smartmoney/static/plotly.min.js"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.unlink(missing_ok=True)
    shutil.copyfile(Path(found.origin).parent / "package_data" / script.name, script)
    return made


_known: tuple[float, dict[str, Any]] = (0.0, {})


def facts() -> dict[str, Any]:
    """What the shell shows before the kernel is up: source, as-of, theme; read at most every ten seconds."""
    global _known
    at, known = _known
    if time.monotonic() - at > STAMP_S or not known:
        try:
            row = stamp(read_store())
        except SmartmoneyError:
            row = {}
        as_of = row.get("scores_as_of")
        known = {
            "source": get_settings().smartmoney_source,
            "theme": "light" if row.get("theme") == "light" else "dark",
            "as_of": as_of.strftime("%Y-%m-%d %H:%M UTC") if as_of else "",
        }
        _known = (time.monotonic(), known)
    return known


def shell_of(page_config: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Voilà's hook: put the shell's facts where the template finds them."""
    return {**page_config, "smartmoney": facts()}


class CappedKernels(AsyncMappingKernelManager):
    """At most 24 sessions; idle ones end two minutes after their tab closed, open ones after four hours."""

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        self.cull_idle_timeout = IDLE_S
        self.cull_interval = max(min(IDLE_S // 4, 30), 1)
        self.cull_connected = True
        self.cull_busy = False
        self._starting = 0

    async def start_kernel(self, **named: Any) -> str:
        """Start a session, or answer 503 when all are taken."""
        if len(self.list_kernel_ids()) + self._starting >= MOST_SESSIONS:
            raise HTTPError(503, "All sessions are taken.")
        self._starting += 1
        try:
            return await super().start_kernel(**named)
        finally:
            self._starting -= 1

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End an idle session: soon when no tab shows it, after hours when one does."""
        kernel = self._kernels.get(kernel_id)
        if kernel is None or not hasattr(kernel, "last_activity"):
            return
        connected = self._kernel_connections.get(kernel_id, 0) > 0
        limit = CONNECTED_S if connected else IDLE_S
        if datetime.now(UTC) - kernel.last_activity > timedelta(seconds=limit):
            self.log.info("ending idle session %s", kernel_id)
            await self.shutdown_kernel(kernel_id)
