"""The circuit of one host: opened by a block page, closed again by one good answer after the cool-down."""

from __future__ import annotations

import threading

FIRST_COOL_DOWN_S = 300.0
LONGEST_COOL_DOWN_S = 3_600.0


class Circuit:
    """Counts block pages in a row, and lets a single probe through once the cool-down is over.

    Requests that were under way when the circuit opened or closed tell nothing new: what they bring is ignored.

    Attributes:
        blocks: block pages since the last good answer; 0 while the circuit is closed.
    """

    def __init__(self) -> None:
        self.blocks = 0
        self._probing = False
        self._until = 0.0
        self._lock = threading.Lock()

    def enter(self, now: float) -> int | None:
        """Ask to send at `now`, in seconds of a steady clock.

        Returns:
            The blocks so far, to be handed back with the answer; None during the cool-down and while another probes.
        """
        with self._lock:
            if self.blocks and (self._probing or now < self._until):
                return None
            self._probing = bool(self.blocks)
            return self.blocks

    def blocked(self, entered: int, now: float) -> float:
        """A block page came: the cool-down in seconds, longer each time; 0 when the circuit had opened meanwhile."""
        with self._lock:
            if entered != self.blocks:
                return 0.0
            self.blocks += 1
            self._probing = False
            seconds = min(FIRST_COOL_DOWN_S * 2.0 ** (self.blocks - 1), LONGEST_COOL_DOWN_S)
            self._until = now + seconds
            return seconds

    def answered(self, entered: int) -> None:
        """A good answer came."""
        with self._lock:
            if entered == self.blocks:
                self.blocks, self._probing = 0, False

    def failed(self, entered: int) -> None:
        """The request ended without telling anything about the block; the next one may probe."""
        with self._lock:
            if entered == self.blocks:
                self._probing = False
