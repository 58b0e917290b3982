"""Units convert exactly, or say that they cannot."""

from __future__ import annotations

from decimal import Decimal

import pytest

from smartmoney import units


@pytest.mark.parametrize(
    ("value", "micro"),
    [
        (1, 1_000_000),
        (Decimal("0.1"), 100_000),
        (Decimal("0.0000005"), 0),
        (Decimal("0.0000015"), 2),
        (Decimal("-12.34"), -12_340_000),
        (Decimal("123456789012.123456"), 123_456_789_012_123_456),
    ],
)
def test_dollars_become_millionths_rounded_half_even(value: int | Decimal, micro: int) -> None:
    assert units.to_micro(value) == micro


@pytest.mark.parametrize("number", [0, 1, -7, 10**18 + 1, 123_456_789])
def test_there_and_back_changes_nothing(number: int) -> None:
    assert units.to_micro(units.from_micro(number)) == number
    assert units.to_pico(units.from_pico(number)) == number


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), Decimal("1e21")])
def test_what_is_no_amount_is_refused(value: Decimal) -> None:
    with pytest.raises(OverflowError):
        units.to_micro(value)
