"""The parts of one run of a sync, in the order of need, each with a time of its own.

A part ends at its share of the run's time at the latest; what one does not need is there for those after it. A part that was cut says how
much is left, in the run's report and as a failing stream, so that no run is "done" that left resolutions or prices behind in silence.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from smartmoney.ingest.outcome import Progress, SyncOutcome
from smartmoney.store import streams
from smartmoney.store.db import PostgresConnection, Store

Step = Callable[[PostgresConnection[Any], list[str]], int]


@dataclass(frozen=True)
class Done:
    """What became of a list of things to ask for: what the steps counted, and how many were not begun."""

    count: int
    left: int


@dataclass
class Phases:
    """The clock of one run.

    Attributes:
        store: where a part's state is noted.
        source: the streams' source.
        outcome: of the run.
        at_once: how many requests run at once.
        progress: told while it works.
        began: when the run began.
        max_seconds: time of the whole run.
        until: when the part that runs now must end, seconds of the monotonic clock.
    """

    store: Store
    source: str
    outcome: SyncOutcome
    at_once: int
    progress: Progress
    began: datetime
    max_seconds: float
    clock: Callable[[], float] = time.monotonic
    until: float = 0.0
    _start: float = field(init=False)

    def __post_init__(self) -> None:
        self._start = self.clock()
        self.until = self._start + self.max_seconds

    @property
    def over(self) -> bool:
        """Is the time of the part up?"""
        return self.clock() >= self.until

    def run(self, key: str | None, share: float, part: Callable[[], int], words: str) -> None:
        """Run a part until it is through or its time is up.

        Args:
            key: its stream; None for one that keeps a state of its own.
            share: of the run's time by whose end it ends.
            part: does it; returns how many it left undone.
            words: what they are, such as "closed markets to be asked for their payouts".
        """
        self.until = self._start + share * self.max_seconds
        failed = set(self.outcome.failed)
        left = part()
        if key is None:
            return
        with self.store.session() as connection:
            if left:
                sentence = (
                    f"Time was up with {left:,} {words} left; the next run goes on with them."
                )
                self.outcome.note(sentence)
                streams.fail(connection, self.source, key, sentence, 0)
            elif set(self.outcome.failed) == failed:
                streams.complete(connection, self.source, key, watermark=self.began, due_in_s=0)

    def batches(self, items: Sequence[str], size: int, step: Step, words: str) -> Done:
        """Work items off by the batch, several batches at once, until the part's time is up.

        Args:
            items: what is asked for.
            size: of a batch.
            step: asks for a batch; returns what it counts.
            words: what is counted, for the progress.
        """
        parts = iter([list(items[start : start + size]) for start in range(0, len(items), size)])
        lock, total = threading.Lock(), -(-len(items) // size)
        workers = max(1, min(self.at_once, total))
        done = [0, 0]

        def work(_: int) -> None:
            with self.store.session() as connection:
                while (batch := self._next(parts, lock)) is not None:
                    count = step(connection, batch)
                    with lock:
                        done[0], done[1] = done[0] + 1, done[1] + count
                        self.progress(done[0], total, f"{done[1]} {words}")

        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(work, range(workers)))
        return Done(done[1], sum(len(batch) for batch in parts))

    def _next(self, parts: Iterator[list[str]], lock: threading.Lock) -> list[str] | None:
        with lock:
            return None if self.over else next(parts, None)
