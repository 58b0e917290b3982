"""Identifiers that verify: condition ids and token ids are derived as on chain."""

from __future__ import annotations

import hashlib

from Crypto.Hash import keccak as _keccak

FIELD_PRIME = 21888242871839275222246405745257275088696311157297823662689037894645226208583
USDC = bytes.fromhex("2791Bca1f2de4661ED88A30C99A7a9449Aa84174")
WRAPPED_USDC = bytes.fromhex("3A3BD7bb9528E159577F7C2e685CC81A765002E2")
ORACLE = bytes.fromhex("65070BE91477460D8A7AeEb94ef92fe056C2f2A7")


def keccak(data: bytes) -> bytes:
    """Keccak-256 as Ethereum uses it (32 bytes)."""
    return _keccak.new(digest_bits=256, data=data).digest()


def token_ids(condition_id: str, neg_risk: bool) -> tuple[str, str]:
    """The two ERC-1155 ids (decimal text) of a condition, outcome 0 first."""
    condition, collateral = bytes.fromhex(condition_id[2:]), WRAPPED_USDC if neg_risk else USDC
    first, second = (keccak(collateral + _collection(condition, index_set)) for index_set in (1, 2))
    return str(int.from_bytes(first)), str(int.from_bytes(second))


def _collection(condition: bytes, index_set: int) -> bytes:
    """Point of alt_bn128 that names one outcome; Gnosis Conditional Tokens, CTHelpers.getCollectionId."""
    x = int.from_bytes(keccak(condition + index_set.to_bytes(32)))
    odd = bool(x >> 255)
    while True:
        x = (x + 1) % FIELD_PRIME
        square = (x * x * x + 3) % FIELD_PRIME
        y = pow(square, (FIELD_PRIME + 1) // 4, FIELD_PRIME)
        if y * y % FIELD_PRIME == square:
            break
    y_is_odd = odd if y else False
    return (x ^ (1 << 254) if y_is_odd else x).to_bytes(32)


def condition_id(question_id: str) -> str:
    """Condition of a two-outcome question: keccak(oracle, question id, 2)."""
    return "0x" + keccak(ORACLE + bytes.fromhex(question_id[2:]) + (2).to_bytes(32)).hex()


def digest_condition(question_id: str) -> str:
    """Condition of a Protocol V2 market: 31 bytes, of which the first, 01, says that it is binary."""
    return "0x01" + digest("condition", question_id, size=16)[2:] + "0" * 28


def position_ids(condition: str) -> tuple[str, str]:
    """The two ids of a Protocol V2 market: its condition and one byte for the outcome."""
    first = int(condition[2:], 16) << 8
    return str(first), str(first | 1)


def digest(*parts: object, size: int = 32) -> str:
    """0x + hex of `size` bytes that depend only on the parts."""
    return "0x" + hashlib.blake2b(repr(parts).encode(), digest_size=size).hexdigest()


def address(*parts: object) -> str:
    """A made-up lower-case wallet address that depends only on the parts."""
    return digest("wallet", *parts, size=20)


def checksum_address(plain: str) -> str:
    """EIP-55 mixed-case form of a lower-case address."""
    text = plain[2:].lower()
    marks = keccak(text.encode()).hex()
    return "0x" + "".join(
        c.upper() if int(mark, 16) >= 8 else c for c, mark in zip(text, marks, strict=False)
    )
