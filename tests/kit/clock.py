"""A clock that stands still: sleeping moves it at once and is written down."""

from __future__ import annotations

import threading

from smartmoney.polymarket.clock import Clock


class FrozenClock(Clock):
    """Time as the client sees it, moved only by its own waits and by the test.

    Attributes:
        elapsed: seconds passed so far.
        sleeps: every wait, in order.
    """

    def __init__(self, start: float = 1_790_000_000.0) -> None:
        self.start, self.elapsed = start, 0.0
        self.sleeps: list[float] = []
        self._lock = threading.Lock()

    def time(self) -> float:
        """Unix seconds."""
        return self.start + self.elapsed

    def monotonic(self) -> float:
        """Seconds that never jump."""
        return self.elapsed

    def sleep(self, seconds: float) -> None:
        """Be there at once."""
        with self._lock:
            self.sleeps.append(seconds)
            self.elapsed += seconds

    @property
    def waits(self) -> list[float]:
        """The waits that are more than spacing."""
        return [seconds for seconds in self.sleeps if seconds > 0.1]
