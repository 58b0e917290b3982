"""Exact amounts as the columns of type numeric take them; None stays None."""

from __future__ import annotations

from decimal import Decimal

from smartmoney.units import from_micro, from_pico


def usd(micro: int | None) -> Decimal | None:
    """Micro-units as USD or shares."""
    return None if micro is None else from_micro(micro)


def price(pico: int | None) -> Decimal | None:
    """1e-12 units as a price."""
    return None if pico is None else from_pico(pico)
