"""Scores: the current one is replaced, the history only grows, news that came meanwhile stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from smartmoney.polymarket.types import TraderRecord
from smartmoney.store.bulk import writing
from smartmoney.store.db import Store
from smartmoney.store.scores import books, dirty, history
from smartmoney.store.wallets import population
from tests.kit.fills import FILL, save

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
RUN = history.ScoreRun(NOON, "1", 2, 2, 0.0, 0.1, {"prior": "fixed"})


def frame(store: Store, **values: object) -> pd.DataFrame:
    with store.raw() as connection:
        population.save_traders(connection, [TraderRecord(f"0x{n:040x}") for n in (1, 2)], "test")
        ids = [row[0] for row in connection.execute("select id from trader order by id")]
    row: dict[str, object] = {name: None for name in history.CURRENT}
    row |= {
        "tier": "C",
        "rarity_score": 500,
        "realized_pnl": 12.345678,
        "flags": ["MM"],
        "reasons": ["a", 'b "c"'],
        **values,
    }
    return pd.DataFrame([{"trader_id": trader, **row} for trader in ids])


def put(
    store: Store, rows: pd.DataFrame, run: history.ScoreRun = RUN, **options: bool
) -> dict[str, int]:
    with store.raw() as connection:
        return history.save_scores(connection, rows, run, **options)


def test_the_history_grows_only_by_what_changed(store: Store) -> None:
    rows = frame(store)
    assert put(store, rows) == {"scores": 2, "tiers": 2}
    later = replace(RUN, as_of=NOON + timedelta(hours=1))
    assert put(store, rows, later) == {"scores": 0, "tiers": 0}
    rows.loc[0, "tier"] = "B"
    assert put(store, rows, replace(RUN, as_of=NOON + timedelta(hours=2))) == {
        "scores": 1,
        "tiers": 1,
    }
    with store.raw() as connection:
        assert connection.execute(
            "select tier, realized_pnl::text, reasons from trader order by id"
        ).fetchall() == [("B", "12.345678", ["a", 'b "c"']), ("C", "12.345678", ["a", 'b "c"'])]
        assert connection.execute(
            "select count(*), count(distinct as_of) from trader"
        ).fetchone() == (2, 1)


def test_numbers_alone_are_a_row_of_history_once_a_day(store: Store) -> None:
    put(store, frame(store))
    written = {
        hours: put(
            store,
            frame(store, realized_pnl=float(hours)),
            replace(RUN, as_of=NOON + timedelta(hours=hours)),
        )["scores"]
        for hours in (1, 23, 24, 25, 47, 48)
    }
    assert written == {1: 0, 23: 0, 24: 2, 25: 0, 47: 0, 48: 2}
    with store.raw() as connection:
        assert connection.execute("select distinct realized_pnl::int from trader").fetchall() == [
            (48,)
        ]


def test_a_past_date_is_filled_in_without_touching_the_present(store: Store) -> None:
    put(store, frame(store))
    past = replace(RUN, as_of=NOON - timedelta(days=30))
    assert put(store, frame(store, tier="E"), past, current=False) == {"scores": 2, "tiers": 0}
    with store.raw() as connection:
        assert connection.execute("select distinct tier from trader").fetchall() == [("C",)]


def test_nan_never_reaches_a_table(store: Store) -> None:
    put(store, frame(store, win_rate=float("nan"), skill_prob=float("nan")))
    with store.raw() as connection:
        assert connection.execute(
            "select count(win_rate), count(skill_prob) from trader"
        ).fetchone() == (
            0,
            0,
        )


def test_news_that_came_while_a_run_read_is_kept(store: Store) -> None:
    save(store, [FILL])
    with store.raw() as connection:
        read = dirty.dirty(connection)
        assert {item.first_new for item in read.values()} == {FILL.ts}
    save(store, [replace(FILL, ts=FILL.ts + 60)])
    with store.raw() as connection:
        dirty.clear_dirty(connection, read)
        assert len(dirty.dirty(connection)) == 1
        dirty.clear_dirty(connection, dirty.dirty(connection))
        assert dirty.dirty(connection) == {}


def days_of(trader: int, *days: int) -> pa.Table:
    def each(value: int, kind: pa.DataType) -> pa.Array:
        return pa.array([[value] * len(days)], pa.list_(kind))

    return pa.table(
        {
            "trader_id": pa.array([trader], pa.int32()),
            "day": pa.array([days], pa.list_(pa.date32())),
            "realized_micro": each(7, pa.int64()),
            "total_micro": each(7, pa.int64()),
            "volume_micro": each(7, pa.int64()),
            "fills": each(1, pa.int32()),
        }
    )


def put_days(store: Store, rows: pa.Table, anew: list[int]) -> list[tuple[int, int]]:
    """Store days only; (wallet, days since 1970) afterwards."""
    nothing = {name: pa.table({"trader_id": pa.array([], pa.int32())}) for name in books.BOOKS}
    with writing(store) as bulk:
        books.save_books(bulk, nothing | {"trader_days": rows}, np.array(anew, np.int32))
    with store.raw() as connection:
        return connection.execute(
            "select trader_id, day - date '1970-01-01' from trader_daily order by 1, 2"
        ).fetchall()


def test_the_days_of_a_wallet_are_replaced_and_others_stay(store: Store) -> None:
    assert put_days(store, days_of(1, 10, 20, 30), [1]) == [(1, 10), (1, 20), (1, 30)]
    assert put_days(store, days_of(2, 10), [2])[3:] == [(2, 10)]
    assert put_days(store, days_of(1, 10, 21), []) == [(1, 10), (1, 21), (2, 10)]
    assert put_days(store, days_of(1, 40), [1]) == [(1, 40), (2, 10)]
    assert put_days(store, days_of(1), []) == [(2, 10)]


def test_a_failed_write_leaves_what_was_there(store: Store) -> None:
    put_days(store, days_of(1, 10), [1])
    with pytest.raises(ZeroDivisionError), writing(store) as bulk:
        bulk.clear("trader_days", [1])
        raise ZeroDivisionError
    with store.raw() as connection:
        assert connection.execute("select count(*) from trader_daily").fetchone() == (1,)
