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
USUAL_BYTES = 128 * 2**10


@contextmanager
def freed_memory_kept() -> Iterator[None]:
    """Inside the block, freed arrays are used again; at its end the system gets them back.

    glibc gives every large array back to the system when it is freed, and the next one begins with pages that the system
    must clear first: a tenth of the time of scoring, and half of it on a Dask worker, which is told to give back even small
    ones. Elsewhere than on glibc nothing changes.
    """
    libc: Any = ctypes.CDLL(None) if sys.platform == "linux" else None
    if not (hasattr(libc, "mallopt") and hasattr(libc, "malloc_trim")):
        yield
        return
    libc.mallopt(ARENA_MAX, 1)
    libc.mallopt(TRIM_THRESHOLD, KEPT_BYTES)
    libc.mallopt(MMAP_THRESHOLD, LARGEST_KEPT_BYTES)
    try:
        yield
    finally:
        libc.mallopt(TRIM_THRESHOLD, USUAL_BYTES)
        libc.mallopt(MMAP_THRESHOLD, USUAL_BYTES)
        libc.malloc_trim(0)
