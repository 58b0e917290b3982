"""From a trade to its row and its alert: how long each stage took, as a distribution."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

KEPT = 10_000
SHARES = (0.5, 0.9, 0.99)
STAGES = ("heard", "stored", "told")


@dataclass
class Latency:
    """Seconds from a trade until it was heard on the feed, stored, and told as an alert; the newest of each stage."""

    seconds: dict[str, deque[float]] = field(
        default_factory=lambda: {stage: deque(maxlen=KEPT) for stage in STAGES}
    )

    def note(self, stage: str, seconds: Iterable[float]) -> None:
        """Add what was measured. A trade stamped after our own clock counts as 0."""
        self.seconds[stage].extend(max(0.0, value) for value in seconds)

    def rows(self) -> list[dict[str, float | int | str]]:
        """A row per stage that was measured: stage, n, half, nine_of_ten, ninety_nine_of_100, slowest (seconds)."""
        return [
            {"stage": stage, "n": len(values), **spread(values)}
            for stage, values in self.seconds.items()
            if values
        ]


def spread(values: Sequence[float]) -> dict[str, float]:
    """Within how many seconds half, 90 % and 99 % of these were, and the slowest; at least one value."""
    half, nine, most = np.quantile(np.asarray(values), SHARES)
    return {
        "half": round(float(half), 1),
        "nine_of_ten": round(float(nine), 1),
        "ninety_nine_of_100": round(float(most), 1),
        "slowest": round(max(values), 1),
    }
