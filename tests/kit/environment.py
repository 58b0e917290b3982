"""What tests know of the machine: where the real data lies, a thread without a running loop."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

Result = TypeVar("Result")


SHARED = Path(os.environ.get("SMARTMONEY_TEST_SHARED", Path(__file__).parents[3] / "shared"))


def alone(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine in a thread of its own: a browser test of the same process may have left its loop running."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
