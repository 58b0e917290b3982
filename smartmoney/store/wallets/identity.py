"""The identity of rows the API gives no identity: a digest of every field, and a number among equals.

A fill is named by (transaction, wallet, token, side, size, price, second) and its occurrence, because one transaction can
hold two fills that are equal in every field. The occurrence counts equals inside one walk, so a second walk over the
same rows gives the same numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b

from smartmoney.polymarket.types import ActivityRecord, FillRecord

EMPTY_HASH = bytes(32)


def digest(identity: str, number: int) -> int:
    """Signed 64-bit digest of a row's identity and its number among equals. With the row's second in the key, collisions
    do not happen in practice."""
    text = f"{identity}\x1f{number}".encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big", signed=True)


def hash_bytes(text: str) -> bytes:
    """A transaction hash as 32 bytes; zeros where there is none."""
    return bytes.fromhex(text.removeprefix("0x")).rjust(32, b"\0")[:32] if text else EMPTY_HASH


def fill_identity(fill: FillRecord) -> str:
    """Every field that tells two fills apart. Cash is left out: some routes do not report it."""
    return (
        f"{fill.tx_hash}\x1f{fill.address}\x1f{fill.market.token_id}\x1f{fill.side}"
        f"\x1f{fill.size_micro}\x1f{fill.price_pico}\x1f{fill.ts}"
    )


def activity_identity(row: ActivityRecord) -> str:
    """Every field that tells two activities apart."""
    market = row.market
    # a group stands where a market stood when conversions were stored with one of their own
    place = (
        (market.condition_id, market.token_id)
        if market
        else (row.group or "", None if row.group else "")
    )
    # two routes give a redemption of a combo, and only one of them the shares; a whole one paid as many dollars
    combo_redeemed = market is not None and market.is_combo and row.kind == "REDEEM"
    size = row.cash_micro if combo_redeemed else row.size_micro
    parts = (row.tx_hash, row.address, row.raw_kind, *place, size, row.cash_micro, row.ts)
    return "\x1f".join(map(str, parts))


@dataclass
class Occurrences:
    """Numbers equal rows of one walk: 1, 2, 3, and so on.

    Equal rows share a second, and a walk is ordered by time, so only the seconds near the walk's place are kept.

    Attributes:
        counts: per second, how often each identity was seen.
    """

    counts: dict[int, dict[str, int]] = field(default_factory=dict)

    def number(self, identity: str, ts: int) -> int:
        """The row's number among its equals so far, from 1."""
        seen = self.counts.setdefault(ts, {})
        seen[identity] = seen.get(identity, 0) + 1
        if len(self.counts) > 5_000:
            for second in sorted(self.counts, key=lambda second: abs(second - ts))[2_500:]:
                del self.counts[second]
        return seen[identity]

    def copied(self) -> Occurrences:
        """Counts that go on from here by themselves: what a transaction numbers holds only once it is committed."""
        return Occurrences({second: dict(seen) for second, seen in self.counts.items()})
