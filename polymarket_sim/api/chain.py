"""The chain's blocks, as far as answers name them."""

from __future__ import annotations

BLOCK_ZERO, BLOCK_TIME = 1_590_000_000, 2


def block_of(ts: int) -> int:
    """Number of the chain's block of a second, two seconds a block."""
    return (ts - BLOCK_ZERO) // BLOCK_TIME
