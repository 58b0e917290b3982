"""How Voilà serves our pages: our template, nothing from elsewhere, our sessions, what the frame shows."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path
from typing import Any

from frame import frame_of
from sessions import Sessions, greet
from sockets import PageSocket
from tornado.web import HTTPError
from voila.handler import BaseVoilaHandler

from smartmoney.listeners import LOOPBACK, MOST_MESSAGE
from smartmoney.settings import Settings, get_settings

SHARE = Path(__file__).resolve().parents[1] / "share"
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


class NoSuchPage(BaseVoilaHandler):
    """The answer to an address that nothing serves, in the dress of the pages."""

    async def prepare(self) -> None:
        """Refuse before the method matters."""
        await super().prepare()
        raise HTTPError(404)


def configure(config: Any) -> None:
    """Set every option of Voilà that matters to us on its configuration object."""
    settings = get_settings()
    os.environ["JUPYTER_PATH"] = os.pathsep.join(
        [str(SHARE), str(with_plotly(settings)), *filter(None, [os.environ.get("JUPYTER_PATH")])]
    )
    config.Voila.ip = settings.bind_host
    config.Voila.open_browser = False
    config.Voila.port_retries = 0
    config.Voila.kernel_websocket_connection_class = PageSocket
    config.Voila.tornado_settings = {
        "allow_remote_access": settings.bind_host not in LOOPBACK,
        "local_hostnames": ["localhost", "127.0.0.1"],
        "websocket_max_message_size": MOST_MESSAGE,
        "default_handler_class": NoSuchPage,
        "default_handler_args": {"voila_configuration": config.VoilaConfiguration},
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
    pages.page_config_hook, pages.prelaunch_hook = frame_of, greet
    pages.multi_kernel_manager_class = Sessions
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
