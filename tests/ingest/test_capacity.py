"""What can be held fresh: due times stretch evenly, some keep theirs, heavy wallets starve nobody, the first fill is told."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from smartmoney.ingest import capacity
from smartmoney.ingest.outcome import SyncOutcome, silent
from smartmoney.ingest.work_queue import PAUSED, Lease, WorkQueue, due_in
from smartmoney.settings import Settings
from smartmoney.store import streams
from smartmoney.store.db import Store
from smartmoney.store.streams import capacity as stored
from smartmoney.store.streams.capacity import Measured, Wallets

WALLETS = [f"0x{number:040x}" for number in range(1, 13)]
CROWD = [
    Wallets("S", False, False, 100),
    Wallets("A", False, False, 200),
    Wallets("B", False, False, 900),
    Wallets("E", False, False, 7_200),
    Wallets(None, True, False, 30),
]


def test_where_all_fits_nothing_is_stretched() -> None:
    plan = capacity.planned(CROWD, 5.0, measured=True)
    assert plan.wanted == pytest.approx(330 / 300 + 900 / 900 + 1)
    assert (plan.stretch, plan.fits, plan.wallets) == (1.0, True, 8_430)
    assert plan.sentence("trades") == (
        "Trades of 8,430 wallets are read in their time; that takes 62 % of what the measured pace allows."
    )


def test_where_the_budget_binds_the_others_are_stretched_evenly_and_fit() -> None:
    plan = capacity.planned(CROWD, 2.0, measured=True)
    assert plan.stretch == pytest.approx(2 / (2.0 * capacity.HEADROOM - 1.1))
    assert plan.kept + (plan.wanted - plan.kept) / plan.stretch == pytest.approx(1.8)
    assert "B every 43 min, C every 1 h" in plan.sentence("trades")


def test_where_not_even_the_first_fit_it_is_said() -> None:
    plan = capacity.planned(CROWD, 0.5, measured=False)
    assert (plan.fits, plan.stretch) == (False, capacity.MOST_STRETCH)
    assert "even tiers S and A" in plan.sentence("trades") and "request budget" in plan.sentence(
        "trades"
    )


def test_pace_is_the_least_of_budget_runs_and_limit(settings: Settings) -> None:
    def pace(known: Measured, limit: int = 10**6, **changed: object) -> float:
        live = settings.model_copy(update={"smartmoney_source": "live", **changed})
        return capacity.looks_a_second("positions", live, known, limit, 240)

    assert pace(Measured()) == pytest.approx(7.5 / 1.5), (
        "half of 150 in 10 s, three requests on two routes"
    )
    assert pace(Measured(100, 10, 800)) == pytest.approx(7.5 / 4)
    assert pace(Measured(100, 100, 200)) == pytest.approx(240 / 600), (
        "a wallet a second, 240 of 600 s"
    )
    assert pace(Measured(), limit=600) == pytest.approx(1)
    assert pace(Measured(), rate_limit_requests=10) == pytest.approx(1 / 1.5)


@pytest.mark.parametrize(
    ("tier", "watched", "seconds"),
    [
        ("S", False, 300),
        ("A", False, 300),
        ("E", True, 300),
        ("B", False, 1_800),
        ("E", False, 14_400),
        (None, False, 1_800),
    ],
)
def test_due_times_stretch_but_of_those_who_keep_theirs(
    store: Store, tier: str | None, watched: bool, seconds: float
) -> None:
    with store.raw() as connection:
        connection.execute("insert into trader (address, tier) values (%s, %s)", [WALLETS[0], tier])
        if watched:
            connection.execute("insert into watchlist (trader_id) select id from trader")
        assert due_in(connection, WALLETS[0], 2.0) == seconds
        assert due_in(connection, WALLETS[0], 1_000.0) in (300, capacity.LONGEST_S)


def queue(
    store: Store, settings: Settings, outcome: SyncOutcome, slice_s: float | None = None
) -> WorkQueue:
    one = settings.model_copy(update={"worker_concurrency": 1})
    return WorkQueue(store, one, "trades", outcome, silent, slice_s)


def test_a_run_plans_and_stretches_and_chosen_wallets_go_by_its_plan(
    store: Store, settings: Settings
) -> None:
    with store.raw() as connection:
        streams.enroll(connection, "trades", WALLETS)
        connection.execute(
            "insert into trader (address, tier) select key, 'B' from ingestion_state"
        )
        connection.execute(
            "insert into ingestion_run (job, status, started_at, ended_at, came) values "
            "('sync_trader_trades', 'done', now() - interval '1000 s', now(), '{\"traders\": 5, \"api requests\": 9}')"
        )
        connection.execute(
            "update ingestion_state set due_at = now() + interval '1 hour' where key <> %s",
            [WALLETS[0]],
        )
    outcome, seen = SyncOutcome(), dict[str, float]()

    def work(lease: Lease) -> None:
        seen[lease.address] = lease.stretch

    queue(store, settings, outcome).run(work, None, 100, 240)
    wanted, possible = len(WALLETS) / 900, 5 / 1_000 * 240 / 300
    expected = wanted / (possible * capacity.HEADROOM)
    assert seen == {WALLETS[0]: pytest.approx(expected)} and expected > 2
    assert "stretched" in outcome.notes[0]
    queue(store, settings, SyncOutcome()).run(work, [WALLETS[1]], 100, 240)
    assert seen[WALLETS[1]] == pytest.approx(expected)
    [plan] = stored.plans(store)
    assert plan["plan"]["wallets"] == len(WALLETS) and plan["plan"]["sentence"] == outcome.notes[0]


def test_tiers_that_keep_their_time_are_claimed_first(store: Store) -> None:
    with store.raw() as connection:
        streams.enroll(connection, "trades", WALLETS)
        connection.execute(
            "insert into trader (address, tier) select key, 'E' from ingestion_state"
        )
        connection.execute("update trader set tier = 'S' where address = %s", [WALLETS[-1]])
        for address in WALLETS:
            streams.complete(connection, "trades", address, watermark=None, due_in_s=0)
        connection.execute(
            "update ingestion_state set due_at = now() - interval '1 day' where key <> %s",
            [WALLETS[-1]],
        )
        assert streams.claim(connection, "trades", 1, 60, "me") == [WALLETS[-1]]


def test_a_heavy_wallet_takes_turns_with_the_others(store: Store, settings: Settings) -> None:
    """One worker, and a wallet whose walk needs three turns: all others are read before its second."""
    with store.raw() as connection:
        streams.enroll(connection, "trades", WALLETS)
        connection.execute(
            "update ingestion_state set due_at = now() - interval '1 day' where key = %s",
            [WALLETS[0]],
        )
    order: list[str] = []

    def work(lease: Lease) -> str | None:
        order.append(lease.address)
        if lease.address != WALLETS[0] or order.count(WALLETS[0]) == 3:
            streams.complete(
                lease.connection, "trades", lease.address, watermark=None, due_in_s=3_600
            )
            return None
        time.sleep(0.06)
        assert not lease.may_go_on() and lease.sliced
        streams.pause(lease.connection, "trades", lease.address)
        return PAUSED

    taken = queue(store, settings, SyncOutcome(), 0.05).run(work, None, 100, 60)
    assert order == [*WALLETS, WALLETS[0], WALLETS[0]] and taken == len(WALLETS)


def test_alone_or_asked_for_a_wallet_is_read_in_one_turn(store: Store, settings: Settings) -> None:
    sliced: list[bool] = []
    with store.raw() as connection:
        streams.enroll(connection, "trades", WALLETS[:1])
    waiting = queue(store, settings, SyncOutcome(), 0.05)
    waiting.run(lambda lease: sliced.append(lease.sliced), None, 1, 60)
    queue(store, settings, SyncOutcome(), 0.05).run(
        lambda lease: sliced.append(lease.sliced), WALLETS, 100, 60
    )
    assert sliced and not any(sliced)


def test_the_first_fill_says_how_far_it_is_how_long_and_how_large(
    store: Store, reader: Store
) -> None:
    assert stored.first_fill(reader)["sentence"] == ""
    with store.raw() as connection:
        streams.enroll(connection, "trades", WALLETS)
    young = stored.first_fill(reader)
    assert (
        young["sentence"] == "First fill: 0 of 12 wallets are read. It may be stopped and goes on."
    )
    assert young["seconds_left"] is None and young["bytes_then"] is None
    with store.raw() as connection:
        for address in WALLETS[:3]:
            streams.complete(connection, "trades", address, watermark=datetime.now(UTC), due_in_s=0)
        connection.execute(
            "update ingestion_state set first_success_at = now() - interval '30 min' where first_success_at is not null"
        )
    some = stored.first_fill(reader)
    assert some["read"] == 3 and some["seconds_left"] == pytest.approx(1_800 / 3 * 9, rel=0.05)
    assert some["bytes_then"] == some["bytes_now"] + round(some["bytes_filled"] / 3 * 9)
    assert "the others take 2 h; the tables will take about" in some["sentence"]
    with store.raw() as connection:
        for address in WALLETS:
            streams.complete(connection, "trades", address, watermark=datetime.now(UTC), due_in_s=0)
    assert (
        stored.first_fill(reader)["sentence"] == ""
        and stored.first_fill(reader)["seconds_left"] == 0
    )
