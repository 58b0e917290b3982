"""Scores: the current one is replaced, the history only grows, news that came meanwhile stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from smartmoney.polymarket.types import TraderRecord
from smartmoney.store import catalog, scores
from smartmoney.store.db import Store
from tests.store.test_load import FILL, save

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
RUN = scores.ScoreRun(NOON, "1", 2, 2, 0.0, 0.1, {"prior": "fixed"})


def frame(store: Store, **values: object) -> pd.DataFrame:
    with store.raw() as connection:
        catalog.save_traders(connection, [TraderRecord(f"0x{n:040x}") for n in (1, 2)], "test")
    ids = scores.all_traders(store)
    row: dict[str, object] = {name: None for name in scores.CURRENT}
    row |= {
        "tier": "C",
        "rarity_score": 500,
        "realized_pnl": 12.345678,
        "flags": ["MM"],
        "reasons": ["a", 'b "c"'],
        **values,
    }
    return pd.DataFrame([{"trader_id": trader, **row} for trader in ids])


def put(store: Store, rows: pd.DataFrame, run: scores.ScoreRun = RUN, **options: bool) -> dict[str, int]:
    with store.raw() as connection:
        return scores.save_scores(connection, rows, run, **options)


def test_the_history_grows_only_by_what_changed(store: Store) -> None:
    rows = frame(store)
    assert put(store, rows) == {"scores": 2, "tiers": 2}
    later = replace(RUN, as_of=NOON + timedelta(hours=1))
    assert put(store, rows, later) == {"scores": 0, "tiers": 0}
    rows.loc[0, "tier"] = "B"
    assert put(store, rows, replace(RUN, as_of=NOON + timedelta(hours=2))) == {"scores": 1, "tiers": 1}
    with store.raw() as connection:
        assert connection.execute(
            "select tier, realized_pnl::text, reasons from trader order by id"
        ).fetchall() == [("B", "12.345678", ["a", 'b "c"']), ("C", "12.345678", ["a", 'b "c"'])]
        assert connection.execute("select count(*), count(distinct as_of) from trader").fetchone() == (2, 1)


def test_a_past_date_is_filled_in_without_touching_the_present(store: Store) -> None:
    put(store, frame(store))
    past = replace(RUN, as_of=NOON - timedelta(days=30))
    assert put(store, frame(store, tier="E"), past, current=False) == {"scores": 2, "tiers": 0}
    with store.raw() as connection:
        assert connection.execute("select distinct tier from trader").fetchall() == [("C",)]


def test_nan_never_reaches_a_table(store: Store) -> None:
    put(store, frame(store, win_rate=float("nan"), skill_prob=float("nan")))
    with store.raw() as connection:
        assert connection.execute("select count(win_rate), count(skill_prob) from trader").fetchone() == (
            0,
            0,
        )


def test_news_that_came_while_a_run_read_is_kept(store: Store) -> None:
    save(store, [FILL])
    with store.raw() as connection:
        read = scores.news(connection)
        assert scores.touched_traders(connection, None) == list(read)
    save(store, [replace(FILL, ts=FILL.ts + 60)])
    with store.raw() as connection:
        scores.clear_news(connection, read)
        assert len(scores.news(connection)) == 1
        scores.clear_news(connection, scores.news(connection))
        assert scores.news(connection) == {}


@pytest.mark.parametrize("table", scores.BOOKS)
def test_a_wallets_book_is_replaced_as_a_whole(store: Store, table: str) -> None:
    with store.raw() as connection:
        assert (
            scores.save_book(connection, table, pd.DataFrame(columns=list(scores.BOOKS[table])), [1, 2]) == 0
        )
