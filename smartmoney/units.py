"""The units of the house, once: millionths of a dollar or a share, 1e-12 dollars a share, seconds."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal

MICRO_DIGITS = 6
PICO_DIGITS = 12
MICRO = 10**MICRO_DIGITS
"""Millionths in a dollar, or in a share."""
PICO = 10**PICO_DIGITS
"""Units of a price in a dollar a share."""
PICO_PER_MICRO = PICO // MICRO
MICROSECONDS = 1_000_000
"""In a second."""
HOUR_SECONDS = 3_600
DAY_SECONDS = 86_400
WEEK_SECONDS = 7 * DAY_SECONDS

_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)
_LARGEST_POWER = 20


def scaled(value: int | Decimal, digits: int) -> int:
    """The value times 10**digits, exact; rounded half even past the last digit.

    Raises:
        OverflowError: it is not finite, or has more than 21 digits before the point.
    """
    if isinstance(value, int):
        return int(value * 10**digits)
    if not value.is_finite() or value.adjusted() > _LARGEST_POWER:
        raise OverflowError(f"{value:.3e}, out of range")
    return int(_EXACT.to_integral_value(_EXACT.scaleb(value, digits)))


def to_micro(value: int | Decimal) -> int:
    """Dollars or shares as integer millionths; see `scaled`."""
    return scaled(value, MICRO_DIGITS)


def to_pico(value: int | Decimal) -> int:
    """A price as integer 1e-12 dollars a share; see `scaled`."""
    return scaled(value, PICO_DIGITS)


def from_micro(micro: int) -> Decimal:
    """Millionths as dollars or shares, exact."""
    return _EXACT.scaleb(Decimal(micro), -MICRO_DIGITS)


def from_pico(pico: int) -> Decimal:
    """1e-12 dollars a share as a price, exact."""
    return _EXACT.scaleb(Decimal(pico), -PICO_DIGITS)
