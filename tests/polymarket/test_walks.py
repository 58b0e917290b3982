"""Fault A9 and the walks themselves: where they are, when they end, and that they never go in circles."""

from __future__ import annotations

from typing import Any

import pytest

from smartmoney.errors import ShapeChanged, WalkStuck
from smartmoney.polymarket.walks import (
    MOST_EMPTY_PAGES,
    MOST_SAME_PAGES,
    RawPage,
    Walk,
    keyset_page,
    single_page,
    v2_page,
)


def rows(*numbers: int) -> list[dict[str, int]]:
    return [{"n": number, "timestamp": number} for number in numbers]


def test_a_cursor_walk_sends_every_parameter_again_and_ends_with_null() -> None:
    walk = Walk({"user": "0xa", "start": 1, "limit": 5})
    assert walk.params() == {"user": "0xa", "start": 1, "limit": 5}
    walk.advance(RawPage(rows(1, 2), "c1"))
    assert walk.params() == {"user": "0xa", "start": 1, "limit": 5, "cursor": "c1"}
    walk.advance(RawPage([], "c2"))
    assert not walk.finished, "an empty page with a cursor is not the end"
    walk.advance(RawPage(rows(3), None))
    assert walk.finished and walk.pages == 3


def test_a_repeated_cursor_is_a_loop() -> None:
    walk = Walk({})
    walk.advance(RawPage(rows(1, 2), "c1"))
    walk.advance(RawPage(rows(3, 4), "c2"))
    with pytest.raises(WalkStuck, match="circles"):
        walk.advance(RawPage(rows(5, 6), "c1"))


def test_a_repeated_page_is_a_loop_within_one_repeat() -> None:
    walk = Walk({})
    walk.advance(RawPage(rows(1, 2), "c1"))
    with pytest.raises(WalkStuck, match="second time"):
        walk.advance(RawPage(rows(1, 2), "c2"))


def test_equal_fills_on_two_pages_are_no_loop() -> None:
    walk = Walk({})
    for cursor in ("c1", "c2", None):
        walk.advance(RawPage(rows(1), cursor))
    assert walk.finished
    walk = Walk({})
    walk.advance(RawPage(rows(1, 1), "c1"))
    walk.advance(RawPage(rows(1, 1), None))
    assert walk.finished


def test_one_row_again_and_again_is_a_loop_with_empty_pages_between_too() -> None:
    walk = Walk({"limit": 500})
    with pytest.raises(WalkStuck, match="same page"):
        for number in range(2 * MOST_SAME_PAGES + 2):
            walk.advance(RawPage(rows(1) if number % 2 == 0 else [], f"c{number}"))
    assert walk.pages == 2 * MOST_SAME_PAGES


def test_full_pages_of_equal_rows_go_on_far_longer_than_short_ones() -> None:
    walk = Walk({"limit": 2})
    for number in range(MOST_EMPTY_PAGES):
        walk.advance(RawPage(rows(1, 1), f"c{number}"))
    with pytest.raises(WalkStuck, match="same page"):
        walk.advance(RawPage(rows(1, 1), "more"))


def test_empty_pages_without_end_are_a_loop() -> None:
    walk = Walk({})
    with pytest.raises(WalkStuck, match="empty pages"):
        for number in range(MOST_EMPTY_PAGES + 1):
            walk.advance(RawPage([], f"c{number}"))


@pytest.mark.parametrize(
    "value",
    [
        {"data": []},
        {"data": [], "pagination": {}},
        {"data": {}, "pagination": {"next_cursor": None}},
        [],
        {"data": [], "pagination": {"next_cursor": 5}},
        {"data": [], "pagination": {"next_cursor": ""}},
        {"data": [], "pagination": {"next_cursor": None, "has_more": True}},
        {"result": [], "pagination": {"next_cursor": None}},
        {"data": [], "pagination": {"next_cursor": "c", "has_more": False}},
        None,
        {"pagination": {"next_cursor": None}},
    ],
)
def test_a_missing_or_odd_pagination_is_an_error_not_an_end(value: Any) -> None:
    with pytest.raises(ShapeChanged):
        v2_page(value)


def test_envelopes() -> None:
    assert v2_page({"data": [1], "pagination": {"next_cursor": "c", "has_more": True}}) == RawPage(
        [1], "c"
    )
    assert v2_page({"data": [], "pagination": {"next_cursor": None}}) == RawPage([], None)
    assert keyset_page({"markets": [1], "next_cursor": "c"}, "markets") == RawPage([1], "c")
    assert keyset_page({"markets": []}, "markets") == RawPage([], None)
    assert single_page({"data": [1]}) == RawPage([1])


@pytest.mark.parametrize(
    "value", [[], {"events": []}, {"markets": None}, {"markets": [], "next_cursor": 7}]
)
def test_odd_keyset_answers(value: Any) -> None:
    with pytest.raises(ShapeChanged):
        keyset_page(value, "markets")


def test_answers_that_are_no_lists() -> None:
    with pytest.raises(ShapeChanged):
        single_page({"data": None})
