"""Memory of a process that works on large arrays, one after the other."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8
"""Options of glibc's mallopt(3)."""
KEPT_BYTES = 256 * 2**20
LARGEST_KEPT_BYTES = 32 * 2**20
"""The most that glibc takes."""
GROWN_BYTES = 2 * LARGEST_KEPT_BYTES
"""What glibc itself comes to keep, once an array of that size was freed."""


def keep_freed_memory() -> None:
    """From now on, freed arrays of this process are used again.

    glibc gives every large array back to the system when it is freed, and the next one begins with pages that the system
    must clear first: a tenth of the time of scoring, and half of it on a Dask worker, which is told to give back even small
    ones. Elsewhere than on glibc nothing changes.
    """
    libc = _glibc()
    if libc is not None:
        libc.mallopt(ARENA_MAX, 1)
        libc.mallopt(TRIM_THRESHOLD, KEPT_BYTES)
        libc.mallopt(MMAP_THRESHOLD, LARGEST_KEPT_BYTES)


@contextmanager
def freed_memory_kept() -> Iterator[None]:
    """`keep_freed_memory` inside the block; at its end the system gets back what is free."""
    keep_freed_memory()
    try:
        yield
    finally:
        libc = _glibc()
        if libc is not None:
            libc.mallopt(TRIM_THRESHOLD, GROWN_BYTES)
            libc.malloc_trim(0)


def _glibc() -> Any:
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    return libc if hasattr(libc, "mallopt") and hasattr(libc, "malloc_trim") else None
