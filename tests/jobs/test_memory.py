"""Freed arrays are used again inside the block: their pages are not asked for anew."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

COUNTED = """
import resource, sys
import numpy as np
from contextlib import nullcontext
from smartmoney.jobs.memory import freed_memory_kept

def work():
    for _ in range(50):
        np.ones(2_000_000, np.int8)

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

with freed_memory_kept() if sys.argv[1] == "kept" else nullcontext():
    work()
    before = faults()
    work()
    print(faults() - before)
"""


def page_faults(how: str) -> int:
    told = {"MALLOC_MMAP_THRESHOLD_": "131072", "PATH": "/usr/bin:/bin"}  # as Dask sets its workers up: never raised
    done = subprocess.run([sys.executable, "-c", COUNTED, how], env=told, capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told what to do with freed memory")
def test_freed_arrays_are_used_again() -> None:
    assert page_faults("kept") < page_faults("usual") / 10
