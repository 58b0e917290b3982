"""Exact integer arithmetic for the compiled kernels: products of two 64-bit numbers need 128 bits."""

from __future__ import annotations

import numpy as np

from smartmoney.ledger.columns import IntArray
from smartmoney.ledger.compiling import compiled
from smartmoney.units import MICRO

_HALF = np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
_BASE = np.uint64(1 << 32)
_ONE = np.uint64(1)
_ZERO = np.uint64(0)
_TOP = np.uint64(1 << 63)
_SAFE = 4.0e18


@compiled
def _digit(high: np.uint64, next_digit: np.uint64, top: np.uint64, low: np.uint64) -> np.uint64:
    digit = high // top
    rest = high - digit * top
    while digit >= _BASE or digit * low > ((rest << _HALF) | next_digit):
        digit -= _ONE
        rest += top
        if rest >= _BASE:
            break
    return digit


@compiled
def _divide_wide(high: np.uint64, low: np.uint64, divisor: np.uint64) -> np.uint64:
    """(high * 2**64 + low) // divisor for high < divisor: schoolbook division in base 2**32."""
    shift = _ZERO
    while (divisor << shift) & _TOP == _ZERO:
        shift += _ONE
    divisor <<= shift
    if shift > _ZERO:
        high = (high << shift) | (low >> (np.uint64(64) - shift))
        low <<= shift
    top, bottom = divisor >> _HALF, divisor & _LOW
    first = _digit(high, low >> _HALF, top, bottom)
    rest = ((high << _HALF) | (low >> _HALF)) - first * divisor
    second = _digit(rest, low & _LOW, top, bottom)
    return (first << _HALF) | second


@compiled
def _multiply_divide(a: np.uint64, b: np.uint64, divisor: np.uint64, add: np.uint64) -> np.uint64:
    a1, a0, b1, b0 = a >> _HALF, a & _LOW, b >> _HALF, b & _LOW
    middle = a1 * b0 + ((a0 * b0) >> _HALF)
    other = a0 * b1 + (middle & _LOW)
    high = a1 * b1 + (middle >> _HALF) + (other >> _HALF)
    low = (other << _HALF) | ((a0 * b0) & _LOW)
    total = low + add
    if total < low:
        high += _ONE
    return _divide_wide(high, total, divisor)


@compiled
def muldiv(a: int, b: int, divisor: int, add: int) -> int:
    """floor((a * b + add) / divisor) as if integers had no size.

    For b >= 0, divisor > 0, 0 <= add <= divisor, and a quotient that fits 64 bits (b <= divisor suffices).
    """
    if abs(float(a)) * float(b) + float(add) < _SAFE:
        return (a * b + add) // divisor
    whole = a // divisor
    rest = a - whole * divisor
    part = _multiply_divide(np.uint64(rest), np.uint64(b), np.uint64(divisor), np.uint64(add))
    return int(whole * b + np.int64(part))


def settle(shares_micro: IntArray, payout_micro: IntArray) -> IntArray:
    """shares * payout // 1_000_000 per row, exact, without a product that could overflow."""
    whole, rest = np.divmod(shares_micro.astype(np.int64), MICRO)
    paid: IntArray = whole * payout_micro + rest * payout_micro // MICRO
    return paid
