"""Fault A9 and the walks themselves: where they are, when they end, and that they never go in circles."""

from __future__ import annotations

from typing import Any

import pytest

from smartmoney.errors import ShapeChanged, WalkStuck
from smartmoney.polymarket.walks import (
    MOST_EMPTY_PAGES,
    CursorWalk,
    OffsetWalk,
    RawPage,
    WindowWalk,
    array_page,
    keyset_page,
    single_page,
    v2_page,
)


def rows(*numbers: int) -> list[dict[str, int]]:
    return [{"n": number, "timestamp": number} for number in numbers]


def test_a_cursor_walk_sends_every_parameter_again_and_ends_with_null() -> None:
    walk = CursorWalk({"user": "0xa", "start": 1, "limit": 5})
    assert walk.params() == {"user": "0xa", "start": 1, "limit": 5}
    walk.take(RawPage(rows(1, 2), "c1"))
    assert walk.params() == {"user": "0xa", "start": 1, "limit": 5, "cursor": "c1"}
    walk.take(RawPage([], "c2"))
    assert not walk.finished, "an empty page with a cursor is not the end"
    walk.take(RawPage(rows(3), None))
    assert walk.finished and walk.pages == 3


def test_a_sentinel_may_mean_the_end() -> None:
    walk = CursorWalk({}, "next_cursor", end="LTE=")
    walk.take(RawPage(rows(1, 2), "LTE="))
    assert walk.finished


def test_a_repeated_cursor_is_a_loop() -> None:
    walk = CursorWalk({})
    walk.take(RawPage(rows(1, 2), "c1"))
    walk.take(RawPage(rows(3, 4), "c2"))
    with pytest.raises(WalkStuck, match="circles"):
        walk.take(RawPage(rows(5, 6), "c1"))


def test_a_repeated_page_is_a_loop_within_one_repeat() -> None:
    for walk in (CursorWalk({}), OffsetWalk({}, 2, 10_000)):
        walk.take(RawPage(rows(1, 2), "c1"))
        with pytest.raises(WalkStuck, match="second time"):
            walk.take(RawPage(rows(1, 2), "c2"))


def test_equal_fills_on_two_pages_are_no_loop() -> None:
    walk = CursorWalk({})
    for cursor in ("c1", "c2", None):
        walk.take(RawPage(rows(1), cursor))
    assert walk.finished
    walk = CursorWalk({})
    walk.take(RawPage(rows(1, 1), "c1"))
    walk.take(RawPage(rows(1, 1), None))
    assert walk.finished


def test_empty_pages_without_end_are_a_loop() -> None:
    walk = CursorWalk({})
    with pytest.raises(WalkStuck, match="empty pages"):
        for number in range(MOST_EMPTY_PAGES + 1):
            walk.take(RawPage([], f"c{number}"))


def test_an_offset_walk_counts_what_came_and_ends_with_an_empty_page() -> None:
    walk = OffsetWalk({"user": "0xa"}, 100, 3_000)
    walk.take(RawPage(rows(*range(40))))
    assert walk.params() == {"user": "0xa", "limit": 100, "offset": 40}, (
        "a short page is not the end"
    )
    walk.take(RawPage([]))
    assert walk.finished and not walk.capped


class Server:
    """Rows by second behind an offset cap, oldest first, `limit` clamped."""

    def __init__(self, seconds: list[int], cap: int, most: int) -> None:
        self.rows = [{"n": number, "timestamp": second} for number, second in enumerate(seconds)]
        self.cap, self.most = cap, most

    def answer(self, params: dict[str, Any]) -> list[dict[str, int]] | None:
        """A page, or None where the offset is refused."""
        if params["offset"] > self.cap:
            return None
        found = [row for row in self.rows if row["timestamp"] >= params["start"]]
        return found[params["offset"] :][: min(params["limit"], self.most)]


def walked(server: Server, walk: WindowWalk) -> list[int]:
    """Row numbers that came, in order, with repeats."""
    came: list[int] = []
    while not walk.finished:
        page = server.answer(walk.params())
        if page is None:
            walk.refused()
        else:
            came += [row["n"] for row in page]
            walk.take(RawPage(page))
    return came


@pytest.mark.parametrize("believed_cap", [10, 10_000])
@pytest.mark.parametrize("most", [3, 5])
def test_a_cap_is_met_by_windows_and_nothing_is_missing(believed_cap: int, most: int) -> None:
    seconds = sorted([1, 1, 2, 3, 3, 3, 4, 5, 6, 7, 7, 8, 9, 9, 9, 9, 10] * 2)
    server = Server(seconds, cap=10, most=most)
    came = walked(server, WindowWalk({"user": "0xa"}, limit=5, cap=believed_cap, start=1))
    assert set(came) == set(range(len(seconds)))


def test_a_second_that_cannot_be_passed_is_reported() -> None:
    server = Server([1, 2] + [3] * 50 + [4], cap=10, most=5)
    with pytest.raises(WalkStuck, match="Second 3 holds more rows"):
        walked(server, WindowWalk({}, limit=5, cap=10, start=1))


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
    assert array_page([1]) == RawPage([1])


@pytest.mark.parametrize(
    "value", [[], {"events": []}, {"markets": None}, {"markets": [], "next_cursor": 7}]
)
def test_odd_keyset_answers(value: Any) -> None:
    with pytest.raises(ShapeChanged):
        keyset_page(value, "markets")


def test_answers_that_are_no_lists() -> None:
    with pytest.raises(ShapeChanged):
        single_page({"data": None})
    with pytest.raises(ShapeChanged):
        array_page({"error": "x"})
