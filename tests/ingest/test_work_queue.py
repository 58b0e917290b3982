"""Whose turn it is: priority first, then who waited longest; leases; pace by tier and rest."""

from __future__ import annotations

from typing import Any

import pytest

from smartmoney.errors import ApiUnavailable, ShapeChanged, WalkStuck
from smartmoney.ingest.capacity import (
    DUE_BY_TIER_S,
    DUE_UNSCORED_S,
    DUE_WATCHED_S,
    IDLE_FACTOR,
)
from smartmoney.ingest.outcome import SyncOutcome, silent
from smartmoney.ingest.work_queue import (
    Lease,
    WorkQueue,
    due_in,
)
from smartmoney.settings import Settings
from smartmoney.store import streams
from smartmoney.store.db import Store

WALLETS = [f"0x{number:040x}" for number in range(1, 9)]


@pytest.fixture
def enrolled(store: Store) -> Store:
    with store.raw() as connection:
        streams.enroll(connection, "trades", WALLETS)
    return store


def rota(
    store: Store,
    settings: Settings,
    outcome: SyncOutcome | None = None,
    at_once: int = 1,
    **options: Any,
) -> WorkQueue:
    slower = settings.model_copy(update={"worker_concurrency": at_once})
    return WorkQueue(
        store, slower, "trades", outcome or SyncOutcome(), options.get("progress", silent)
    )


def test_priority_goes_first_then_who_waited_longest(enrolled: Store, settings: Settings) -> None:
    with enrolled.raw() as connection:
        connection.execute(
            "update ingestion_state set due_at = now() - make_interval(mins => 9 - right(key, 1)::int)"
        )
        connection.execute("update ingestion_state set priority = 100 where key = %s", [WALLETS[5]])
        connection.execute(
            "update ingestion_state set due_at = now() + interval '1 hour' where key = %s",
            [WALLETS[0]],
        )
    order: list[str] = []
    taken = rota(enrolled, settings).run(lambda lease: order.append(lease.address), None, 4, 60)
    assert (taken, order) == (4, [WALLETS[5], WALLETS[1], WALLETS[2], WALLETS[3]])


def test_progress_counts_to_what_was_due(enrolled: Store, settings: Settings) -> None:
    told: list[tuple[int, int]] = []
    rota(enrolled, settings, progress=lambda done, total, words: told.append((done, total))).run(
        lambda lease: None, None, 100, 60
    )
    assert told == [(number, len(WALLETS)) for number in range(1, len(WALLETS) + 1)]


def test_leased_streams_are_left_alone_and_explicit_ones_are_not(
    enrolled: Store, settings: Settings
) -> None:
    with enrolled.raw() as connection:
        streams.claim(connection, "trades", 6, 600, "somebody else")
    seen: list[str] = []
    rota(enrolled, settings).run(lambda lease: seen.append(lease.address), None, 100, 60)
    assert seen == WALLETS[6:]
    rota(enrolled, settings).run(lambda lease: seen.append(lease.address), WALLETS[:2], 100, 60)
    assert seen[2:] == WALLETS[:2]


def test_a_stuck_wallet_is_tried_later_and_the_others_go_on(
    enrolled: Store, settings: Settings
) -> None:
    def work(lease: Lease) -> None:
        if lease.address == WALLETS[2]:
            raise WalkStuck("in circles")

    outcome = SyncOutcome()
    assert rota(enrolled, settings, outcome).run(work, None, 100, 60) == len(WALLETS)
    assert outcome.failed == {WALLETS[2]: "in circles"}
    with enrolled.raw() as connection:
        row = connection.execute(
            "select last_error, due_at > now() + interval '5 min', leased_until from "
            "ingestion_state where key = %s",
            [WALLETS[2]],
        ).fetchone()
    assert row == ("in circles", True, None)


@pytest.mark.parametrize(
    ("error", "tried"), [(ApiUnavailable("away"), 3), (ShapeChanged("other"), 1)]
)
def test_what_concerns_all_stops_all(
    enrolled: Store, settings: Settings, error: Exception, tried: int
) -> None:
    seen: list[str] = []

    def work(lease: Lease) -> None:
        seen.append(lease.address)
        raise error

    with pytest.raises(type(error)):
        rota(enrolled, settings).run(work, None, 100, 60)
    assert len(seen) == tried


def test_one_failed_answer_among_good_ones_stops_nobody(
    enrolled: Store, settings: Settings
) -> None:
    def work(lease: Lease) -> None:
        if lease.address in WALLETS[::3]:
            raise ApiUnavailable("500 for this one")

    outcome = SyncOutcome()
    assert rota(enrolled, settings, outcome).run(work, None, 100, 60) == len(WALLETS)
    assert sorted(outcome.failed) == WALLETS[::3]


def test_an_error_of_ours_is_raised_and_leaves_no_lock(enrolled: Store, settings: Settings) -> None:
    with pytest.raises(ZeroDivisionError):
        rota(enrolled, settings, at_once=2).run(lambda lease: 1 // 0, None, 100, 60)
    seen: list[str] = []
    rota(enrolled, settings).run(lambda lease: seen.append(lease.address), WALLETS, 100, 60)
    assert seen == WALLETS


@pytest.mark.parametrize(
    ("tier", "days", "seconds"),
    [
        ("S", 1, DUE_BY_TIER_S["S"]),
        ("E", 1, DUE_BY_TIER_S["E"]),
        (None, None, DUE_UNSCORED_S),
        ("B", 30, DUE_BY_TIER_S["B"] * IDLE_FACTOR),
    ],
)
def test_pace(store: Store, tier: str | None, days: int | None, seconds: float) -> None:
    with store.raw() as connection:
        connection.execute(
            "insert into trader (address, tier, last_active_at) values (%s, %s, now() - "
            "make_interval(days => %s::int))",
            [WALLETS[0], tier, days],
        )
        assert due_in(connection, WALLETS[0]) == seconds
    with store.raw() as connection:
        assert due_in(connection, WALLETS[1]) == DUE_UNSCORED_S


def test_a_watched_wallet_is_read_at_once_then_ahead_of_others(
    enrolled: Store, settings: Settings
) -> None:
    last = WALLETS[-1]
    with enrolled.raw() as connection:
        connection.execute(
            "insert into trader (address, tier, last_active_at) values (%s, 'E', now() - interval '1 year')",
            [last],
        )
        connection.execute(
            "update ingestion_state set due_at = now() + interval '1 hour' where key = %s", [last]
        )
        connection.execute("insert into watchlist (trader_id) select id from trader")
    order: list[str] = []

    def work(lease: Lease) -> None:
        order.append(lease.address)
        streams.complete(lease.connection, "trades", lease.address, watermark=None, due_in_s=0)

    for _ in range(2):
        assert rota(enrolled, settings).run(work, None, 1, 60) == 1
    assert order == [last, last], (
        "at once when added, and when due again before those who wait longer"
    )
    with enrolled.raw() as connection:
        assert due_in(connection, last) == DUE_WATCHED_S < DUE_BY_TIER_S["E"]
        connection.execute("delete from watchlist")
        streams.complete(connection, "trades", last, watermark=None, due_in_s=0)
        assert connection.execute(
            "select max(priority) from ingestion_state where source = 'trades'"
        ).fetchone() == (0,)
