"""What a sync run did, counted by several threads at once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from smartmoney.store.wallets.fills import Saved

Progress = Callable[[int, int, str], None]
"""Called with (done, total, words) while a job works."""


@dataclass
class SyncOutcome:
    """Counts and notes of one run.

    Attributes:
        read: rows read, by kind.
        written: rows written, by kind.
        notes: sentences about what is incomplete or suspect.
        failed: streams that failed, with the sentence why.
    """

    read: Counter[str] = field(default_factory=Counter)
    written: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def count(self, kind: str, read: int, saved: Saved | None = None) -> None:
        """Add rows read and rows that were new."""
        with self._lock:
            self.read[kind] += read
            if saved is not None:
                self.written[f"{kind} new"] += saved.new

    def add(self, kind: str, written: int) -> None:
        """Add rows written of a kind."""
        with self._lock:
            self.written[kind] += written

    def note(self, sentence: str) -> None:
        """Add a sentence, once."""
        with self._lock:
            if sentence not in self.notes:
                self.notes.append(sentence)

    def fail(self, key: str, why: str) -> None:
        """Note that one stream failed."""
        with self._lock:
            self.failed[key] = why

    def merge(self, other: SyncOutcome) -> None:
        """Add what another walk of the same run did."""
        with self._lock:
            self.read += other.read
            self.written += other.written
            self.notes += [each for each in other.notes if each not in self.notes]
            self.failed |= other.failed


def silent(done: int, total: int, words: str) -> None:
    """A Progress that says nothing."""
