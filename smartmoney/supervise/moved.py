"""What moved between two versions of the code, wallet by wallet, and by which stage; pure, no IO."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from smartmoney.store.scores.standings import DIGESTED, Standing

PNL = ("realized_pnl", "unrealized_pnl", "total_pnl")
SCORE = {
    "tier",
    "rarity_score",
    "rarity_classic",
    "rank",
    "skill_prob",
    "skill_edge",
    "skill_lo",
    "skill_hi",
    "q_value",
    "needs_events",
}
"""Columns that depend on the population, and not on the wallet's own record alone."""
NO_NUMBERS = {
    "id",
    "address",
    "name",
    "pseudonym",
    "x_username",
    "verified",
    "found_by",
    "first_seen_at",
    "last_active_at",
    "updated_at",
    "as_of",
    "score_version",
    "reasons",
    "coverage_reason",
}
STAGES = {
    "rows": "rows stored",
    "markets": "markets",
    "ledger": "ledger",
    "measures": "measures",
    "score": "score",
}
"""What people call the stages, in the order of the work."""
CLOSE = 1e-9


@dataclass(frozen=True)
class Moved:
    """One wallet of which something differs.

    Attributes:
        address: whose.
        stage: the first that differs, a key of `STAGES`.
        changes: (before, after) by column of `trader`; empty where only a stage before the numbers differs.
    """

    address: str
    stage: str
    changes: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True)
class Comparison:
    """Both versions of everybody.

    Attributes:
        before, after: by address.
        moved: wallets of both that differ, by address.
        lacking: columns that only one version has.
    """

    before: Mapping[str, Standing]
    after: Mapping[str, Standing]
    moved: list[Moved]
    lacking: list[str]

    @property
    def only_before(self) -> list[str]:
        """Wallets the second version does not have."""
        return sorted(self.before.keys() - self.after.keys())

    @property
    def only_after(self) -> list[str]:
        """Wallets the first version does not have."""
        return sorted(self.after.keys() - self.before.keys())

    @property
    def nothing(self) -> bool:
        """Everything is the same, to the row."""
        return not (self.moved or self.only_before or self.only_after)


def compare(before: Mapping[str, Standing], after: Mapping[str, Standing]) -> Comparison:
    """Find what differs."""
    both = sorted(before.keys() & after.keys())
    moved = [each for name in both if (each := _moved(name, before[name], after[name]))]
    columns = [_columns(side.values()) for side in (before, after)]
    lacking = sorted(columns[0] ^ columns[1]) if before and after else []
    return Comparison(before, after, moved, lacking)


def _columns(side: Iterable[Standing]) -> set[str]:
    return set(next(iter(side)).columns) - NO_NUMBERS if side else set()


def _moved(address: str, before: Standing, after: Standing) -> Moved | None:
    changes = {
        name: (before.columns[name], value)
        for name, value in after.columns.items()
        if name not in NO_NUMBERS
        and name in before.columns
        and not _same(before.columns[name], value)
    }
    stage = next((s for s in DIGESTED if before.digests[s] != after.digests[s]), None)
    if stage is None and changes:
        stage = "measures" if changes.keys() - SCORE else "score"
    return Moved(address, stage, changes) if stage else None


def _same(first: Any, second: Any) -> bool:
    if isinstance(first, float) and isinstance(second, int | float):
        return math.isclose(first, second, rel_tol=CLOSE, abs_tol=CLOSE)
    if isinstance(first, list) and isinstance(second, list):
        return sorted(map(str, first)) == sorted(map(str, second))
    return bool(first == second)


def tally(side: Mapping[str, Standing], column: str) -> Counter[str]:
    """How many wallets have each value of a column, each of a list counting by itself and an empty one as `none`."""
    found: Counter[str] = Counter()
    for each in side.values():
        value = each.columns.get(column)
        found.update(value or ["none"] if isinstance(value, list) else [str(value or "none")])
    return found
