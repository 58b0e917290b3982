"""The kernel of a job: it dies with its run, logs as the run does, and takes only so much memory."""

from __future__ import annotations

import logging
import os
import resource
import signal
import sys

from smartmoney.supervise import process_lifetime

MEMORY = "KERNEL_MEMORY_MB"
MEGABYTES = 6_144  # of private data; a job that needs more has lost its way


class ToStdout(logging.Handler):
    """Writes to whatever `sys.stdout` is at the moment, so that records become outputs of the running cell."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print one record."""
        print(self.format(record), flush=True)


def main() -> None:
    """Start the kernel named by the connection file on the command line."""
    process_lifetime.with_parent(
        signal.SIGKILL, parent=int(os.environ.get("JPY_PARENT_PID", os.getppid()))
    )
    limit = int(os.environ.get(MEMORY, MEGABYTES)) * 2**20
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    handler = ToStdout()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%H:%M:%S"))
    logging.getLogger("smartmoney").addHandler(handler)
    logging.getLogger("smartmoney").setLevel(os.environ.get("KERNEL_LOG_LEVEL", "INFO"))

    from ipykernel.kernelapp import IPKernelApp

    IPKernelApp.launch_instance(
        [*sys.argv[1:], "--HistoryManager.enabled=False", "--IPKernelApp.log_level=ERROR"]
    )


if __name__ == "__main__":
    main()
