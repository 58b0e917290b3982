"""Numbers keep their digits, times are UTC, names are camelCase."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartmoney.api.models.traders import TraderRow
from smartmoney.api.wire import camel, encoded, exact, shaped, utc


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=12, min_value=-(10**17), max_value=10**17
    )
)
def test_a_decimal_comes_back_equal(value: Decimal) -> None:
    assert json.loads(encoded({"x": value}), parse_float=Decimal, parse_int=Decimal)["x"] == value
    assert "E" not in exact(value)


@pytest.mark.parametrize(
    "value, text",
    [
        ("0.410000000000", "0.41"),
        ("5000", "5000"),
        ("0.000000", "0"),
        ("-3.10", "-3.1"),
        ("1E+3", "1000"),
        ("123456789012345678.123456", "123456789012345678.123456"),
    ],
)
def test_digits_are_kept_without_an_exponent(value: str, text: str) -> None:
    assert exact(Decimal(value)) == text


def test_what_is_no_number_is_null() -> None:
    assert (
        encoded([Decimal("NaN"), Decimal("Infinity"), float("nan"), None])
        == b"[null,null,null,null]"
    )


FIRST = datetime(2018, 1, 1)  # noqa: DTZ001 (Hypothesis draws naive times between naive bounds)
LAST = datetime(2100, 1, 1)  # noqa: DTZ001


@given(
    st.datetimes(min_value=FIRST, max_value=LAST),
    st.integers(-840, 840),
)
def test_times_are_utc(naive: datetime, minutes: int) -> None:
    moment = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    text = utc(moment)
    assert text.endswith("Z") and datetime.fromisoformat(text) == moment


def test_days_stay_days() -> None:
    assert (
        encoded([date(2026, 11, 22), datetime(2026, 11, 22, 14, tzinfo=UTC)])
        == b'["2026-11-22","2026-11-22T14:00:00Z"]'
    )


@pytest.mark.parametrize(
    "name, wanted",
    [
        ("rarity_score", "rarityScore"),
        ("price_change_24h", "priceChange24h"),
        ("price_1h", "price1h"),
        ("as_of", "asOf"),
        ("id", "id"),
    ],
)
def test_names_are_in_camel_case(name: str, wanted: str) -> None:
    assert camel(name) == wanted


def test_what_has_no_form_in_json_is_an_error() -> None:
    with pytest.raises(TypeError, match="object"):
        encoded({"x": object()})


def test_a_row_that_lacks_a_field_is_noticed() -> None:
    with pytest.raises(KeyError):
        shaped(TraderRow, {"address": "0x"})
