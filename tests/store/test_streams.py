"""Streams: cursor and watermark apart, one worker each, the urgent first."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from smartmoney.errors import AlreadyRunning
from smartmoney.polymarket.types import BadRow
from smartmoney.store import streams
from smartmoney.store.db import Store
from smartmoney.store.streams import quarantine, runs
from smartmoney.store.streams.locks import single_flight

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_the_cursor_moves_with_its_page_and_the_watermark_only_at_the_end(store: Store) -> None:
    with store.raw() as connection:
        streams.advance(
            connection,
            "trades",
            "a",
            cursor="page-2",
            cursor_params={"user": "a"},
            last_timestamp=NOON,
            note={"start": 1},
        )
    with store.raw() as connection:
        state = streams.get(connection, "trades", "a")
        assert (state.cursor, state.cursor_params, state.watermark, state.note) == (
            "page-2",
            {"user": "a"},
            None,
            {"start": 1},
        )
        streams.complete(connection, "trades", "a", watermark=NOON, due_in_s=60)
        state = streams.get(connection, "trades", "a")
        assert (state.cursor, state.watermark, state.note) == (None, NOON, {"start": 1})


def test_two_workers_never_get_the_same_stream_and_the_urgent_come_first(store: Store) -> None:
    with store.raw() as connection:
        assert streams.enroll(connection, "trades", ["a", "b", "c"]) == 3
        connection.execute("select request_sync(%s, array['trades'])", ["0x" + "9" * 40])
    with store.raw() as one, store.raw() as two:
        first = streams.claim(one, "trades", 2, 60, "one")
        second = streams.claim(two, "trades", 9, 60, "two")
    assert first[0] == "0x" + "9" * 40
    assert sorted(first + second) == ["0x" + "9" * 40, "a", "b", "c"]
    with store.raw() as connection:
        assert streams.claim(connection, "trades", 9, 60, "three") == []
        streams.fail(connection, "trades", "a", "no route", due_in_s=0)
        assert streams.claim(connection, "trades", 9, 60, "three") == ["a"]


def test_a_lease_that_ran_out_is_taken_over(store: Store) -> None:
    with store.raw() as connection:
        streams.enroll(connection, "trades", ["a"])
        assert streams.claim(connection, "trades", 1, -1, "dead") == ["a"]
    with store.raw() as connection:
        assert streams.claim(connection, "trades", 1, 60, "next") == ["a"]


def test_quarantine_counts_the_same_row_once(store: Store) -> None:
    with store.raw() as connection:
        assert (
            quarantine.keep(connection, "trades", "a", [BadRow("price 1.7", b'{"price": 1.7}')] * 3)
            == 1
        )
        assert connection.execute("select times, raw from quarantine").fetchall() == [
            (3, b'{"price": 1.7}')
        ]


def test_drift_is_told_once(store: Store) -> None:
    with store.raw() as connection:
        assert quarantine.seen(
            connection, "/v2/trades", {("size", "number"), ("odd", "string")}, {("size", "number")}
        ) == [("odd", "string")]
        assert (
            quarantine.seen(connection, "/v2/trades", {("odd", "string")}, {("size", "number")})
            == []
        )


def test_one_holder_and_orphans_are_told(store: Store) -> None:
    with (
        single_flight(store, "sync_markets"),
        pytest.raises(AlreadyRunning, match="sync_markets is already running"),
        single_flight(store, "sync_markets"),
    ):
        pass
    runs.begin(store, "sync_markets", {"depth": 3})
    with single_flight(store, "sync_markets"):
        assert runs.close_orphans(store, "sync_markets") == 1
