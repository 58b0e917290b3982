"""Processes that end with the test process that started them."""

from __future__ import annotations

import os
import signal
import subprocess
from functools import partial
from typing import Any

from smartmoney.supervise import process_lifetime


def child(command: list[str], **named: Any) -> subprocess.Popen[Any]:
    """`subprocess.Popen`; the process gets SIGTERM when this one ends. Call it in the main thread: Linux asks which
    thread ended, not which process."""
    bound = partial(process_lifetime.with_parent, signal.SIGTERM, os.getpid())
    return subprocess.Popen(command, preexec_fn=bound, **named)
