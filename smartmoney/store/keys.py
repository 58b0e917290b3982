"""The identity of rows the API gives no identity: a digest of every field, and a number among equals.

A fill is named by (transaction, wallet, token, side, size, price, second) and its occurrence, because one transaction can
hold two fills that are equal in every field. The occurrence counts equals inside one walk, so a second walk over the
same rows gives the same numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from smartmoney.polymarket.types import ActivityRecord, FillRecord

EMPTY_HASH = bytes(32)


def digest(parts: Iterable[object]) -> int:
    """Signed 64-bit digest of the parts' texts. With the row's second in the key, collisions do not happen in practice."""
    text = "\x1f".join(map(str, parts))
    return int.from_bytes(
        hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big", signed=True
    )


def fill_identity(fill: FillRecord) -> tuple[object, ...]:
    """Every field that tells two fills apart. Cash is left out: some routes do not report it."""
    return (
        fill.tx_hash,
        fill.address,
        fill.market.token_id,
        fill.side,
        fill.size_micro,
        fill.price_pico,
        fill.ts,
    )


def activity_identity(row: ActivityRecord) -> tuple[object, ...]:
    """Every field that tells two activities apart."""
    market = row.market
    place = (market.condition_id, market.token_id) if market else ("", "")
    return (row.tx_hash, row.address, row.raw_kind, *place, row.size_micro, row.cash_micro, row.ts)


@dataclass
class Occurrences:
    """Numbers equal rows of one walk 1, 2, 3 …

    Equal rows share a second, and a walk is ordered by time, so only the seconds near the walk's place are kept.

    Attributes:
        counts: per second, how often each identity was seen.
    """

    counts: dict[int, dict[tuple[object, ...], int]] = field(default_factory=dict)

    def number(self, identity: tuple[object, ...], ts: int) -> int:
        """The row's number among its equals so far, from 1."""
        seen = self.counts.setdefault(ts, {})
        seen[identity] = seen.get(identity, 0) + 1
        if len(self.counts) > 5_000:
            for second in sorted(self.counts, key=lambda second: abs(second - ts))[2_500:]:
                del self.counts[second]
        return seen[identity]
