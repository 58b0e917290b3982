"""Processes that must not outlive the one that started them."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def with_parent(with_signal: int = signal.SIGTERM, parent: int | None = None) -> None:
    """Ask the kernel to send this process `with_signal` when its parent ends; only Linux can.

    Args:
        with_signal: what is sent.
        parent: id of the process that must still be our parent; when it has gone already, we end at once.
    """
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, with_signal, 0, 0, 0)
    if parent is not None and os.getppid() != parent:
        os.kill(os.getpid(), with_signal)
