"""Configuration of Voilà for our pages. Voilà reads it by `--Voila.config_file_paths=dashboards/config`."""

import importlib.util
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from pages_server import CappedKernels, shell_of  # noqa: E402
from smartmoney.settings import get_settings  # noqa: E402

c = get_config()  # noqa: F821
settings = get_settings()

# our template, and Plotly's own script from the installed package beside its static files
made = settings.smartmoney_home / "share"
script = made / "voila/templates/smartmoney/static/plotly.min.js"
script.parent.mkdir(parents=True, exist_ok=True)
script.unlink(missing_ok=True)
script.symlink_to(Path(importlib.util.find_spec("plotly").origin).parent / "package_data/plotly.min.js")
os.environ["JUPYTER_PATH"] = os.pathsep.join(
    [str(HERE.parent / "share"), str(made), *filter(None, [os.environ.get("JUPYTER_PATH")])])

c.Voila.ip = settings.bind_host
c.Voila.open_browser = False
c.Voila.port_retries = 0
c.Voila.tornado_settings = {
    "allow_remote_access": settings.bind_host not in ("127.0.0.1", "::1", "localhost"),
    "local_hostnames": ["localhost", "127.0.0.1"],
    "headers": {
        "Content-Security-Policy": (
            "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
            "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: wss:; object-src 'none'; "
            "base-uri 'self'; form-action 'self'; frame-ancestors 'self'"),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
    },
}
c.VoilaConfiguration.template = "smartmoney"
c.VoilaConfiguration.theme = "dark"
c.VoilaConfiguration.allow_template_override = "NO"
c.VoilaConfiguration.allow_theme_override = "NO"
c.VoilaConfiguration.strip_sources = True
c.VoilaConfiguration.show_tracebacks = False
c.VoilaConfiguration.file_allowlist = [r"$^"]
c.VoilaConfiguration.extension_allowlist = [
    "@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8", "anywidget"]
c.VoilaConfiguration.page_config_hook = shell_of
c.VoilaConfiguration.multi_kernel_manager_class = CappedKernels
c.VoilaExecutor.startup_timeout = 60
c.VoilaExecutor.timeout = 60
