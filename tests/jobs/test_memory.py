"""Freed arrays are used again inside the block: their pages are not asked for anew. At its end the system has them back."""

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
GIVEN_BACK = """
import numpy as np, psutil
from smartmoney.jobs.memory import freed_memory_kept

MB = 2**20
held = psutil.Process().memory_info
with freed_memory_kept():
    arrays = [np.ones(10 * MB, np.int8) for _ in range(20)]
    full = held().rss
    del arrays
    freed = held().rss
print((full - freed) // MB, (full - held().rss) // MB)
"""


pytestmark = pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="only glibc can be told what to do with freed memory"
)


def told_by(program: str, *arguments: str) -> list[int]:
    """The numbers a program prints in a process of its own."""
    env = {
        "MALLOC_MMAP_THRESHOLD_": "131072",
        "PATH": "/usr/bin:/bin",
    }  # never raised, as on a Dask worker
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    return [int(number) for number in done.stdout.split()]


def test_freed_arrays_are_used_again() -> None:
    [kept], [usual] = told_by(COUNTED, "kept"), told_by(COUNTED, "usual")
    assert kept < usual / 10


def test_the_system_has_all_of_it_back_afterwards() -> None:
    inside, after = told_by(GIVEN_BACK)
    assert inside < 20, "200 MB are kept for what comes next"
    assert after > 180
