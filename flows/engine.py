"""papermill's engine for jobs: a kernel with a clean environment that is killed when its time is up."""

from __future__ import annotations

import logging
import os
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines

from smartmoney.settings import SETTINGS_FILE, Settings, known_names
from smartmoney.supervise.places import ROOT, Places

log = logging.getLogger("smartmoney.notebook")  # outputs of the running cells, as they come
NAME = "smartmoney"
START_SECONDS = 60
PARTING_SECONDS = 0.5
KEPT = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", SETTINGS_FILE, "NUMBA_CACHE_DIR")


class TimedOut(Exception):
    """The notebook took longer than it may."""


def kernel_environment(settings: Settings) -> dict[str, str]:
    """What a kernel sees: where to find its settings, and nothing secret unless that is how you gave it to us."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    if SETTINGS_FILE not in kept:
        kept |= {name: value for name, value in os.environ.items() if name.upper() in known_names()}
    runtime = Places(settings.smartmoney_home).run / "jupyter"
    return kept | {
        "KERNEL_MEMORY_MB": str(settings.job_memory_mb), "KERNEL_LOG_LEVEL": settings.log_level,
        "IPYTHONDIR": str(runtime / "ipython"), "JUPYTER_RUNTIME_DIR": str(runtime), "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }


class JobKernelManager(AsyncKernelManager):
    """Starts `flows.kernel` with this interpreter, whatever kernels the machine has."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """How the kernel is started."""
        return KernelSpec(argv=[sys.executable, "-m", "flows.kernel", "-f", "{connection_file}"],
                          display_name="Python 3", language="python", interrupt_mode="signal")


class JobEngine(NBClientEngine):
    """Runs a notebook in one kernel, for at most `seconds`."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **asked: Any) -> Any:
        """Execute; raises TimedOut, after the kernel was killed, when `asked['seconds']` have passed."""
        seconds: float = asked["seconds"]
        with tempfile.TemporaryDirectory(prefix="kernel-", ignore_cleanup_errors=True) as sockets:
            manager = _manager(sockets)
            client = PapermillNotebookClient(
                nb_man, km=manager, kernel_name=kernel_name, log=log, log_output=True,
                timeout=int(seconds) + 1, startup_timeout=START_SECONDS, shutdown_kernel="immediate")
            watch = Watch(manager, seconds)
            try:
                return client.execute(cleanup_kc=True, env=asked["env"], cwd=str(ROOT))
            except (DeadKernelError, TimeoutError, RuntimeError):
                if watch.fired:
                    raise TimedOut from None
                raise
            finally:
                watch.end()


class Watch:
    """Kills a manager's kernel, with everything it started, when the time is up or the block ends.

    Attributes:
        fired: the time was up.
    """

    def __init__(self, manager: AsyncKernelManager, seconds: float) -> None:
        self.fired = False
        self._manager = manager
        self._timer = threading.Timer(seconds, self._fire)
        self._timer.daemon = True
        self._timer.start()

    def end(self) -> None:
        """The run is over: no kernel may be left."""
        self._timer.cancel()
        self._kill()

    def _fire(self) -> None:
        self.fired = True
        self._kill()

    def _kill(self) -> None:
        """First an interrupt, so that the job can let go of what it holds; then the end."""
        process = getattr(self._manager.provisioner, "process", None)
        for deadly in (signal.SIGINT, signal.SIGKILL):
            if process is None or process.poll() is not None:
                return
            os.killpg(process.pid, deadly)
            time.sleep(PARTING_SECONDS)


def _manager(sockets: str) -> JobKernelManager:
    """Kernel channels are Unix sockets in a folder of their own: no open port on the machine."""
    return JobKernelManager(kernel_name="python3", transport="ipc", ip=str(Path(sockets) / "kernel"),
                            connection_file=str(Path(sockets) / "kernel.json"))


papermill_engines.register(NAME, JobEngine)
