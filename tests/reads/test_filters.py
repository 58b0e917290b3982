"""Filters clamp numbers, refuse words, and survive a round trip through a query string."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartmoney.errors import ParameterError
from smartmoney.store.reads import (
    MarketFilter,
    TraderFilter,
    TraderSort,
    market_key,
    wallet_address,
)


def test_numbers_are_pulled_into_their_range() -> None:
    wanted = TraderFilter(limit=10**9, min_events=-4, min_confidence=7.0, text="x" * 500)
    assert (wanted.limit, wanted.min_events, wanted.min_confidence, len(wanted.text)) == (
        500,
        1,
        1.0,
        80,
    )


@pytest.mark.parametrize(
    "query, said",
    [
        ("sort=rarity_score;drop table trader", "There is no choice"),
        ("tiers=S,Z", "tiers has no choice 'Z'"),
        ("min_events=many", "min_events takes a number"),
        ("min_pnl=nan", "min_pnl is not a number"),
    ],
)
def test_what_cannot_be_asked_is_said_and_ignored(query: str, said: str) -> None:
    wanted, problems = TraderFilter.from_query(query)
    assert wanted == TraderFilter()
    assert len(problems) == 1 and said in problems[0]


def test_unknown_names_are_none_of_our_business() -> None:
    assert TraderFilter.from_query("?utm=1&address=0x1&VIEW=x&__class__=y") == (TraderFilter(), [])


def test_a_wrong_choice_in_code_raises() -> None:
    with pytest.raises(ParameterError, match="there are S, A"):
        TraderFilter(tiers=("X",))


@given(
    st.builds(
        TraderFilter,
        text=st.text(max_size=90),
        descending=st.booleans(),
        sort=st.sampled_from(TraderSort),
        tiers=st.lists(st.sampled_from("SABCDE")).map(tuple),
        category=st.sampled_from(["", "politics", "a&b=c"]),
        min_events=st.none() | st.integers(-5, 10**9),
        min_confidence=st.none() | st.floats(0, 1),
        hide_flagged=st.booleans(),
    )
)
def test_a_filter_survives_its_own_query_string(wanted: TraderFilter) -> None:
    assert TraderFilter.from_query(wanted.to_query()) == (wanted, [])


def test_the_default_filter_has_an_empty_query_string() -> None:
    assert MarketFilter().to_query() == ""
    assert (
        MarketFilter(statuses=("OPEN",), descending=False).to_query()
        == "descending=0&statuses=OPEN"
    )


def test_changing_a_filter_goes_back_to_the_first_page() -> None:
    assert TraderFilter(cursor="abc").but(hide_flagged=True).cursor is None
    assert TraderFilter().but(cursor="abc").cursor == "abc"


def test_narrowed_names_the_conditions_that_are_set() -> None:
    assert TraderFilter(hide_flagged=True, sort=TraderSort.win_rate, limit=9).narrowed == [
        "hide_flagged"
    ]


def test_search_text_cannot_be_a_pattern() -> None:
    assert TraderFilter(text="50%_\\").parameters()["like"] == "%50\\%\\_\\\\%"


@pytest.mark.parametrize(
    "text", ["", "0x12", "0x" + "g" * 40, "0x" + "0" * 41, "../etc/passwd", "0x" + "0" * 40 + "'--"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ParameterError, match="no wallet address"):
        wallet_address(text)


def test_addresses_come_in_any_case() -> None:
    assert wallet_address(" 0X" + "AB" * 20 + " ") == "0x" + "ab" * 20


@pytest.mark.parametrize("text", ["", "-1", "1.5", "99999999999", "0x12", "1 or 1=1", "٣"])
def test_what_is_no_market_is_refused(text: str) -> None:
    with pytest.raises(ParameterError, match="no market"):
        market_key(text)


def test_an_address_of_too_many_parameters_is_answered_in_a_sentence() -> None:
    query = "&".join(f"p{number}=1" for number in range(51))
    wanted, problems = TraderFilter.from_query(query)
    assert wanted == TraderFilter()
    assert problems == ["The address has more than 50 parameters; none was read."]
