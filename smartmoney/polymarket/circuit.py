"""The circuit of one host: opened by a block page, closed again by one good answer after the cool-down."""

from __future__ import annotations

import threading

FIRST_COOL_DOWN_S = 300.0
LONGEST_COOL_DOWN_S = 3_600.0


class Circuit:
    """Counts block pages in a row, and lets a single probe through once the cool-down is over.

    Attributes:
        blocks: block pages since the last good answer; 0 while the circuit is closed.
    """

    def __init__(self) -> None:
        self.blocks = 0
        self._probing = False
        self._lock = threading.Lock()

    def enter(self) -> bool:
        """Ask to send; False while another request is the probe of a half-open circuit."""
        with self._lock:
            if not self.blocks:
                return True
            mine, self._probing = not self._probing, True
            return mine

    def blocked(self) -> float:
        """A block page came; returns the cool-down in seconds, longer each time."""
        with self._lock:
            self.blocks += 1
            self._probing = False
            return min(FIRST_COOL_DOWN_S * 2.0 ** (self.blocks - 1), LONGEST_COOL_DOWN_S)

    def answered(self) -> None:
        """A good answer came."""
        with self._lock:
            self.blocks, self._probing = 0, False

    def failed(self) -> None:
        """The request ended without telling anything about the block; the next one may probe."""
        with self._lock:
            self._probing = False
