"""Numbers and times as people read them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartmoney import formats
from smartmoney.widgets import cells, links
from tests.kit.loading import utc
from tests.kit.seed import HOSTILE

NOW = utc(2026, 11, 22, 12)


@pytest.mark.parametrize(
    "value, text",
    [
        (0, "0"),
        (0.5, "0.50"),
        (12.345, "12.35"),
        (789, "789"),
        (999.6, "1.00k"),
        (1_234, "1.23k"),
        (45_600, "45.6k"),
        (999_400, "999k"),
        (999_600, "1.00M"),
        (1_234_567, "1.23M"),
        (-2_500_000_000, "−2.50B"),
        (Decimal("1e12"), "1.00T"),
    ],
)
def test_compact(value: float, text: str) -> None:
    assert formats.compact(value) == text


@given(st.floats(1, 1e14))
def test_compact_is_within_half_a_percent(value: float) -> None:
    text = formats.compact(value)
    factor = {"k": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}.get(text[-1], 1)
    assert abs(float(text.rstrip("kMBT")) * factor - value) <= max(value * 0.006, 0.5)


@pytest.mark.parametrize(
    "value, text",
    [
        (1_234_567, "+$1.23M"),
        (-45_600, "−$45.6k"),
        (0, "$0"),
        (Decimal("0.001"), "$0.00"),
        (Decimal("-0.5"), "−$0.50"),
    ],
)
def test_a_gain_carries_its_sign(value: float, text: str) -> None:
    assert formats.signed_usd(value) == text


def test_the_full_value_is_exact_to_the_cent() -> None:
    assert formats.full_usd(Decimal("-12345678901234.567")) == "−$12,345,678,901,234.57"


@pytest.mark.parametrize(
    "price, text",
    [(Decimal("0.412"), "41.2¢"), (0, "0.0¢"), (1, "100.0¢"), (Decimal("0.9995"), "100.0¢")],
)
def test_prices_are_cents(price: float, text: str) -> None:
    assert formats.cents(price) == text


@pytest.mark.parametrize(
    "seconds, text",
    [
        (0.4, "now"),
        (45, "45 s ago"),
        (90, "2 min ago"),
        (3 * 3_600, "3 h ago"),
        (50 * 3_600, "2 d ago"),
        (-7_200, "in 2 h"),
    ],
)
def test_relative_time(seconds: float, text: str) -> None:
    assert formats.ago(NOW - timedelta(seconds=seconds), NOW) == text


def test_times_on_hover_are_utc() -> None:
    assert formats.utc(NOW) == "2026-11-22 12:00:00 UTC"


def test_addresses_are_short() -> None:
    assert formats.short_address("0x" + "12" * 20) == "0x1212…1212"
    assert formats.short_address("") == ""


@pytest.mark.parametrize("text", HOSTILE)
def test_words_stay_on_one_line_and_cannot_reorder_it(text: str) -> None:
    words = cells.line(f"{text}\n{text}", 40)
    assert len(words) <= 40 and "\n" not in words
    assert not set(words) & set(
        "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"
    )


def test_missing_is_a_dash_with_its_reason() -> None:
    for cell in (
        cells.gain(None),
        cells.usd(None),
        cells.cents(None),
        cells.rate(None, 0),
        cells.when(None, NOW),
        cells.tier(None),
        cells.interval(None, None, None),
        cells.factor(None, 0),
        cells.score(None),
        cells.spark([], "x"),
    ):
        assert cell["t"] == "–" and cell["h"] and cell["c"] == "dim"


def test_a_rate_never_stands_without_its_n() -> None:
    assert cells.rate(0.531, 41) == {"t": "53.1 %", "n": "n=41"}
    assert cells.rate(0.5, None)["n"] == "n=?"


def test_no_losses_are_said_in_words() -> None:
    assert cells.factor(None, 12) == {"t": "no losses", "n": "n=12"}
    assert cells.factor(2.3125, 8) == {"t": "2.31"}


def test_sign_and_colour_come_together() -> None:
    assert cells.gain(5)["c"] == "gain" and cells.gain(5)["t"].startswith("+")
    assert cells.gain(-5)["c"] == "loss" and cells.gain(-5)["t"].startswith("−")
    assert cells.cents_change(Decimal("-0.02")) == {"t": "−2.0¢", "c": "loss"}


@pytest.mark.parametrize(
    "value, text",
    [(1.0, "> 0.999"), (0.9996, "> 0.999"), (0.0, "< 0.001"), (0.5, "0.500"), (0.999, "0.999")],
)
def test_a_probability_never_claims_certainty(value: float, text: str) -> None:
    assert cells.probability(value)["t"] == text


def test_an_interval_is_coloured_only_when_it_leaves_zero() -> None:
    assert cells.interval(2.0, 0.5, 3.5)["c"] == "gain"
    assert cells.interval(2.0, -0.5, 4.5)["c"] == ""
    assert cells.interval(-2.0, -9.0, -0.1)["v"] == [-1.0, -0.25, -0.0125]


def test_a_lean_under_three_wallets_is_withheld() -> None:
    cell = cells.lean("INSUFFICIENT", None)
    assert "withheld" in cell["h"] and "n" not in cell


@pytest.mark.parametrize("text", [*HOSTILE, "0x12", "0x" + "AB" * 20, "0x" + "ab" * 20 + "/.."])
def test_links_are_made_of_checked_parts_only(text: str) -> None:
    assert (
        links.trader(text)
        == ""
        == links.wallet_in_explorer(text)
        == links.profile_on_polymarket(text)
    )
    assert (
        links.transaction_in_explorer(text) == "" == links.event_on_polymarket(text.upper() + "?")
    )
    assert links.prefect_run("http://127.0.0.1:4200", text) == ""


def test_pages_are_linked_relatively() -> None:
    wallet = "0x" + "ab" * 20
    assert links.trader(wallet) == f"trader.ipynb?address={wallet}"
    assert links.page("traders", text="a&b", tiers=None) == "traders.ipynb?text=a%26b"
