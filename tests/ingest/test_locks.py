"""Writers side by side: one order of locks, and a transaction that Postgres refused for another's sake is begun anew."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from smartmoney.errors import StoreBusy
from smartmoney.ingest import pages
from smartmoney.ingest.outcome import SyncOutcome
from smartmoney.polymarket.types import (
    BoardRecord,
    EventRecord,
    InterestRecord,
    MarketRecord,
    MarketStub,
    ResolutionRecord,
    TraderRecord,
)
from smartmoney.store import db
from smartmoney.store.db import Store
from smartmoney.store.ids import outcome_ids, trader_ids
from smartmoney.store.markets import catalog
from smartmoney.store.streams import state
from smartmoney.store.wallets import population
from tests.kit.catalog import MARKET, NO, NOW, YES

ROUNDS, WRITERS, MARKETS, WALLETS = 12, 4, 60, 60
ERRORS = (
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
    psycopg.errors.LockNotAvailable,
)


def market(n: int) -> MarketRecord:
    """One of sixty, in one of six events."""
    event = EventRecord(f"event {n % 6}", f"event-{n % 6}", "Event", None)
    return replace(
        MARKET,
        condition_id=f"0x{n:064x}",
        gamma_id=f"market {n}",
        slug=f"market-{n}",
        event=event,
        outcomes=(replace(YES, token_id=str(10_000 - n)), replace(NO, token_id=str(20_000 + n))),
    )


def wallet(n: int) -> TraderRecord:
    return TraderRecord(address=f"0x{n:040x}", name=f"wallet {n}")


def writes(connection: Any, shuffled: random.Random, numbers: list[int]) -> None:
    """What the sync jobs write in a transaction, each about the same rows, in whatever order the API gave them."""
    shuffled.shuffle(numbers)
    listed = [market(n) for n in numbers]
    conditions = [row.condition_id for row in listed]
    kind = shuffled.randrange(6)
    if kind == 0:
        catalog.save_markets(connection, listed, NOW)
    elif kind == 1:
        catalog.save_interest(
            connection, [InterestRecord(condition_id=each, value_micro=5) for each in conditions]
        )
    elif kind == 2:
        catalog.touch_conditions(connection, conditions)
    elif kind == 3:
        catalog.save_resolutions(
            connection,
            [
                ResolutionRecord(
                    condition_id=each,
                    resolved_ts=1_790_000_000,
                    payouts_micro=(1_000_000, 0),
                    source="test",
                )
                for each in conditions
            ],
        )
    elif kind == 4:
        population.save_board(
            connection,
            "OVERALL/DAY/PNL",
            [BoardRecord(wallet(n), n + 1, None, None) for n in numbers],
            NOW,
        )
        state.enroll(connection, "trades", [wallet(n).address for n in numbers])
    else:
        population.save_traders(connection, [wallet(n) for n in numbers], "holders")
        state.enroll(connection, "positions", [wallet(n).address for n in numbers])


def test_writers_of_the_same_rows_never_wait_in_a_circle(store: Store) -> None:
    """Not one transaction is refused: the order of locks alone keeps them apart, nothing is tried again."""
    refused: list[BaseException] = []
    together = threading.Barrier(WRITERS)

    def work(seed: int) -> None:
        shuffled = random.Random(seed)
        with store.session() as connection:
            for _ in range(ROUNDS):
                numbers = shuffled.sample(range(MARKETS), 40)
                together.wait(60)
                try:
                    with connection.transaction():
                        writes(connection, shuffled, numbers)
                except ERRORS as error:
                    refused.append(error)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(work, range(WRITERS)))
    assert refused == []
    with store.raw() as connection:
        found = connection.execute("select count(*) from market").fetchone()
        assert found is not None and 40 <= found[0] <= MARKETS


def test_a_refused_transaction_is_begun_anew_and_counted_once(store: Store) -> None:
    """Two that take two rows in opposite orders: Postgres ends one of them, and both are written."""
    with store.session() as connection:
        trader_ids(connection, [wallet(0).address, wallet(1).address])
    first_lock, calls, outcome = threading.Barrier(2), [0, 0], SyncOutcome()

    def write(connection: Any, counted: SyncOutcome, who: int) -> int:
        calls[who] += 1
        for n in (0, 1) if who == 0 else (1, 0):
            connection.execute(
                "update trader set name = name || %s where address = %s",
                [str(who), wallet(n).address],
            )
            if calls[who] == 1 and n == who:
                first_lock.wait(30)
        counted.add("names", 2)
        return who

    def one(who: int) -> int:
        with store.session() as connection:
            return pages.committed(connection, outcome, write, who)

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(one, range(2))) == [0, 1]
    assert sorted(calls) == [1, 2] and outcome.written["names"] == 4
    with store.raw() as connection:
        names = connection.execute("select name from trader order by address").fetchall()
    assert all(sorted(name) == ["0", "1"] for (name,) in names)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.sqlstate)
def test_what_stays_refused_is_a_temporary_error(
    store: Store, error: type[psycopg.Error], monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(db, "AGAIN", db.AGAIN.copy(sleep=waits.append))
    statement = f"do $$ begin raise sqlstate '{error.sqlstate}'; end $$"
    with store.session() as connection:
        with pytest.raises(StoreBusy, match=f"{error.sqlstate}.*nothing was lost"):
            db.committed(connection, lambda: connection.execute(statement))
        assert connection.execute("select 1").fetchone() == (1,)
    assert len(waits) == 5 and all(0 <= wait <= 2 for wait in waits)
    with pytest.raises(StoreBusy), store.raw() as connection:
        connection.execute(statement)


def test_ids_made_by_two_at_once_are_the_same(store: Store) -> None:
    """Pages that name the same new markets in opposite orders."""
    stubs = [
        MarketStub(f"0x{n:064x}", str(9_000 - n), 0, "Yes", "Will it?", f"market-{n}", "")
        for n in range(40)
    ]

    def make(order: int) -> dict[str, int]:
        with store.session() as connection:
            return outcome_ids(connection, stubs[::order])[0]

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(make, (1, -1))
    assert first == second and len(first) == 40
