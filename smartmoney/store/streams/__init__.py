"""Streams: what each has read and when it is due, who works on it.

Beside them runs of jobs, rows that could not be read, the request budget, and what people ask for.
"""

from __future__ import annotations

from smartmoney.store.streams.leases import Pace, claim, due_count, pace, pause, release, renew
from smartmoney.store.streams.locks import try_lock, unlock
from smartmoney.store.streams.state import StreamState, advance, complete, enroll, fail, get

__all__ = [
    "Pace",
    "StreamState",
    "advance",
    "claim",
    "complete",
    "due_count",
    "enroll",
    "fail",
    "get",
    "pace",
    "pause",
    "release",
    "renew",
    "try_lock",
    "unlock",
]
