"""Processes that must not outlive the one that started them."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

import psutil

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


PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """Let processes whose parent ends become children of this one, so that none gets away; only Linux can."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_orphans(keep: set[int], seconds: float = 5.0) -> int:
    """End the children of this process that are not in `keep`, with all they started; returns how many there were."""
    orphans = [process for process in psutil.Process().children() if process.pid not in keep]
    family = [member for orphan in orphans for member in (*orphan.children(recursive=True), orphan)]
    for ask in (psutil.Process.terminate, psutil.Process.kill):
        for member in family:
            try:
                ask(member)
            except psutil.NoSuchProcess:
                continue
        _, family = psutil.wait_procs(family, timeout=seconds)
    return len(orphans)
