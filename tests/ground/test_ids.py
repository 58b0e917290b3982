"""Identifiers have one form each, and a condition of 31 bytes has two spellings."""

from __future__ import annotations

import pytest

from smartmoney import ids
from smartmoney.errors import ParameterError


def test_an_address_is_taken_in_any_case_and_kept_in_lower_case() -> None:
    assert ids.wallet_address(f"  0x{'aB' * 20} ") == f"0x{'ab' * 20}"


@pytest.mark.parametrize("text", ["", "0x", "0x" + "a" * 39, "0x" + "g" * 40, "ab" * 20, "vitalik"])
def test_anything_else_is_no_address(text: str) -> None:
    with pytest.raises(ParameterError, match="no wallet address"):
        ids.wallet_address(text)


@pytest.mark.parametrize(("digits", "good"), [(61, False), (62, True), (63, False), (64, True)])
def test_a_condition_has_62_or_64_digits(digits: int, good: bool) -> None:
    assert ids.is_condition("0x" + "a" * digits) is good


def test_a_condition_of_31_bytes_is_found_under_either_spelling() -> None:
    short = "0x01" + "3c" * 30
    assert ids.spellings(short) == (short, short + "00")
    assert ids.spellings(short + "00") == (short + "00", short)
    assert ids.spellings("0x" + "ab" * 32) == ("0x" + "ab" * 32,)


def test_a_combo_is_told_by_its_first_byte_and_its_length() -> None:
    assert ids.is_combo("0x03" + "a" * 60)
    assert not ids.is_combo("0x01" + "a" * 60)
    assert not ids.is_combo("0x03" + "a" * 62)
