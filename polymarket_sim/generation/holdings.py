"""Where each wallet's shares of each question are kept: one flat array, found by (wallet, question)."""

from __future__ import annotations

import numpy as np

from polymarket_sim.generation.resolution import ResolutionProcess


class Holdings:
    """`shares` holds micro-shares; a (wallet, question) pair owns two places per market of the question."""

    def __init__(self) -> None:
        self.shares = np.zeros(0, np.int64)
        self._used = 0
        self._keys = np.zeros(0, np.int64)
        self._base = np.zeros(0, np.int64)
        self._late: dict[int, int] = {}
        self._late_of: dict[int, list[int]] = {}

    def prepare(self, trader: np.ndarray, question: np.ndarray, process: ResolutionProcess) -> None:
        """Make places for all pairs at once (before history is matched)."""
        self._keys = np.unique(_key(trader, question))
        width = 2 * _sizes(process)[self._keys & 0xFFFFFFFF]
        self._base = np.cumsum(width) - width
        self._used = int(width.sum())
        self.shares = np.zeros(self._used, np.int64)

    def slots(
        self, trader: np.ndarray, question: np.ndarray, process: ResolutionProcess
    ) -> np.ndarray:
        """Where the places of each pair begin in `shares`; unknown pairs get new places."""
        keys = _key(trader, question)
        if not len(self._keys):
            return self._slots_late(keys, range(len(keys)), np.zeros(len(keys), np.int64), process)
        at = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        found, unknown = self._base[at], np.flatnonzero(self._keys[at] != keys)
        return self._slots_late(keys, unknown.tolist(), found, process)

    def _slots_late(
        self,
        keys: np.ndarray,
        unknown: list[int] | range,
        found: np.ndarray,
        process: ResolutionProcess,
    ) -> np.ndarray:
        for i in unknown:
            key = int(keys[i])
            if key not in self._late:
                self._late[key] = self._used
                self._late_of.setdefault(key & 0xFFFFFFFF, []).append(key)
                self._used += 2 * int(_size(process, key & 0xFFFFFFFF))
            found[i] = self._late[key]
        if self._used > len(self.shares):
            self.shares = np.concatenate(
                [self.shares, np.zeros(self._used + 4_096 - len(self.shares), np.int64)]
            )
        return found

    def held(self, process: ResolutionProcess, questions: np.ndarray) -> tuple[np.ndarray, ...]:
        """(trader, market, outcome, place) of all that is held of some questions, by pair and place."""
        mine = np.isin(self._keys & 0xFFFFFFFF, questions)
        late = [key for question in questions.tolist() for key in self._late_of.get(question, ())]
        keys = np.concatenate([self._keys[mine], np.array(late, np.int64)])
        base = np.concatenate(
            [self._base[mine], np.array([self._late[key] for key in late], np.int64)]
        )
        width = 2 * _sizes(process)[keys & 0xFFFFFFFF]
        pair = np.repeat(np.arange(len(keys)), width)
        step = np.arange(len(pair)) - np.repeat(np.cumsum(width) - width, width)
        place = base[pair] + step
        full = self.shares[place] > 0
        pair, step, place = pair[full], step[full], place[full]
        return (
            keys[pair] >> 32,
            process.first_market[keys[pair] & 0xFFFFFFFF] + step // 2,
            step % 2,
            place,
        )


def _key(trader: np.ndarray, question: np.ndarray) -> np.ndarray:
    return (trader.astype(np.int64) << 32) | question.astype(np.int64)


def _sizes(process: ResolutionProcess) -> np.ndarray:
    return np.diff(np.concatenate([process.first_market, [len(process.question_of)]]))


def _size(process: ResolutionProcess, question: int) -> int:
    after = (
        process.first_market[question + 1]
        if question + 1 < len(process.end)
        else len(process.question_of)
    )
    return int(after - process.first_market[question])
