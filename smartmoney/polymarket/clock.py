"""Time as the client sees it, so that tests can hold it still."""

from __future__ import annotations

import time


class Clock:
    """The real clock; a test passes one of its own."""

    def time(self) -> float:
        """Unix seconds."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds that never jump."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)
