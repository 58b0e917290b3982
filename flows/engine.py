"""papermill's engine for jobs: a kernel with a clean environment that is killed when its time is up."""

from __future__ import annotations

import contextlib
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
from smartmoney.supervise.paths import ROOT, Paths

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
    runtime = Paths(settings.smartmoney_home).run / "jupyter"
    (runtime / "ipython").mkdir(parents=True, exist_ok=True)
    return kept | {
        "KERNEL_MEMORY_MB": str(settings.job_memory_mb),
        "KERNEL_LOG_LEVEL": settings.log_level,
        "IPYTHONDIR": str(runtime / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }


class JobKernelManager(AsyncKernelManager):
    """Starts `flows.kernel` with this interpreter, whatever kernels the machine has.

    Attributes:
        group: process group of the kernel and everything it started, once it runs.
    """

    group: int | None = None

    @property
    def kernel_spec(self) -> KernelSpec:
        """How the kernel is started."""
        return KernelSpec(
            argv=[sys.executable, "-m", "flows.kernel", "-f", "{connection_file}"],
            display_name="Python 3",
            language="python",
            interrupt_mode="signal",
        )

    async def _async_post_start_kernel(self, **named: Any) -> None:
        self.group = self.provisioner.pid if self.provisioner else None
        await super()._async_post_start_kernel(**named)

    post_start_kernel = _async_post_start_kernel

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the whole group, if any of it is left."""
        if self.group is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.group, number)

    def part(self) -> None:
        """First an interrupt, so that the job can let go of what it holds; then the end."""
        self.send(signal.SIGINT)
        time.sleep(PARTING_SECONDS)
        self.send(signal.SIGKILL)


class JobEngine(NBClientEngine):
    """Runs a notebook in one kernel, for at most `seconds`."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **options: Any) -> Any:
        """Execute; raises TimedOut, after the kernel was killed, when `options['seconds']` have passed."""
        seconds: float = options["seconds"]
        with tempfile.TemporaryDirectory(
            prefix="kernel-", dir="/tmp", ignore_cleanup_errors=True
        ) as sockets:
            manager = _manager(sockets)
            client = PapermillNotebookClient(
                nb_man,
                km=manager,
                kernel_name=kernel_name,
                log=log,
                log_output=True,
                timeout=int(seconds) + 1,
                startup_timeout=START_SECONDS,
                shutdown_kernel="immediate",
            )
            watch = Watch(manager, seconds)
            try:
                client.execute(cleanup_kc=True, env=options["env"], cwd=str(ROOT))
            except (DeadKernelError, TimeoutError, RuntimeError):
                if not watch.fired:
                    raise
            except BaseException:
                manager.part()
                raise
            finally:
                watch.cancel()
                manager.send(signal.SIGKILL)
            if watch.fired:
                raise TimedOut


class Watch(threading.Timer):
    """Ends a manager's kernel, with everything it started, when the time is up.

    Attributes:
        fired: the time was up.
    """

    def __init__(self, manager: JobKernelManager, seconds: float) -> None:
        super().__init__(seconds, self._fire)
        self.fired, self.daemon, self._manager = False, True, manager
        self.start()

    def _fire(self) -> None:
        self.fired = True
        self._manager.part()


def _manager(sockets: str) -> JobKernelManager:
    """Kernel channels are Unix sockets in a folder of their own: no open port on the machine."""
    return JobKernelManager(
        kernel_name="python3",
        transport="ipc",
        ip=str(Path(sockets) / "kernel"),
        connection_file=str(Path(sockets) / "kernel.json"),
    )


papermill_engines.register(NAME, JobEngine)
