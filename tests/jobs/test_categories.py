"""The job that finds what wallets are good at, on a real database, and what lists, pages and frames read of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from smartmoney import frames
from smartmoney.errors import ParameterError
from smartmoney.jobs import calculate_category_skill
from smartmoney.settings import Settings
from smartmoney.store import reads
from smartmoney.store.db import Store
from tests.kit.rows import Rows

EXPERT, WALLETS, EVENTS = 7, 60, 30


def enter(
    store: Store, trader: int, first: int, category: str | None, hits: np.ndarray, price: float
) -> None:
    """Results in events `first`, `first` + 1 … bought at one price."""
    with store.raw() as connection, connection.cursor() as cursor:
        cursor.executemany(
            "insert into trader_event (trader_id, event_id, category, decided_at, pnl_micro, invested_micro,"
            " entry_price, surprise, information, payoff_range) values (%s, %s, %s, now(), %s, 50000000, %s, %s, %s, 100)",
            [
                (trader, first + n, category, 50_000_000 if hit else -50_000_000, price)
                + (hit - price, price * (1 - price))
                for n, hit in enumerate(hits.tolist())
            ],
        )


@pytest.fixture
def settled(store: Store) -> Store:
    """Sixty wallets at 50 cents in politics, sports and events without a category; one knows politics."""
    rows, rng = Rows(store), np.random.default_rng(3)
    for number in range(1, WALLETS + 1):
        trader = rows.trader(f"w{number}")
        for first, category in ((0, "politics"), (100, "sports"), (200, None)):
            knows = number == EXPERT and category == "politics"
            enter(
                store, trader, first, category, rng.random(EVENTS) < (0.95 if knows else 0.5), 0.5
            )
    enter(store, 1, 300, "crypto-short", np.ones(40, bool), 0.5)
    enter(store, 2, 300, "weather", np.ones(9, bool), 0.5)
    return store


@pytest.fixture
def compute(settled: Store, settings: Settings) -> Any:
    return lambda **given: calculate_category_skill(store=settled, settings=settings, **given)


def kept(store: Store) -> list[tuple[Any, ...]]:
    with store.raw() as connection:
        return connection.execute("select * from trader_category order by 1, 2").fetchall()


def address(number: int) -> str:
    return f"0x{number:040x}"


def test_who_knows_politics_is_good_at_it_and_found_by_it(settled: Store, compute: Any) -> None:
    report = compute()
    assert "1 of them are good at something" in report.sentences[0]
    assert report.read == {"events": WALLETS * 3 * EVENTS + 9, "wallets": WALLETS}
    page = reads.traders(settled, reads.TraderFilter(good_at="politics"))
    assert [(row["id"], row["good_at"]) for row in page.rows] == [(EXPERT, ["politics"])]
    assert reads.traders(settled, reads.TraderFilter(good_at="sports")).rows == []
    by_category = {row["category"]: row for row in reads.trader_categories(settled, EXPERT)}
    best, other = by_category["politics"], by_category["sports"]
    assert best["good"] and not other["good"]
    assert 0 < best["skill_lo"] < best["skill_edge"] < best["skill_hi"]
    assert best["skill_edge"] > other["skill_edge"]
    assert (best["skill_events"], best["events"]) == (EVENTS, EVENTS)
    assert set(by_category) == {"politics", "sports", "uncategorised"}
    detail = reads.trader(settled, address(EXPERT))
    assert detail is not None and detail["good_at"] == ["politics"]


def test_frames_find_by_it(settled: Store, compute: Any) -> None:
    compute()
    with frames.reading_from(settled):
        found = frames.traders(good_at="Politics")
    assert found["address"].tolist() == [address(EXPERT)]
    assert found["good_at"].tolist() == ["politics"]


def test_below_ten_events_there_is_no_edge_and_short_crypto_counts_for_none(
    settled: Store, compute: Any
) -> None:
    compute()
    weather = next(r for r in reads.trader_categories(settled, 2) if r["category"] == "weather")
    assert (weather["skill_events"], weather["skill_edge"], weather["q_value"]) == (9, None, None)
    short = next(r for r in reads.trader_categories(settled, 1) if r["category"] == "crypto-short")
    assert (short["skill_events"], short["good"], short["events"]) == (None, False, 40)


def test_it_is_the_same_however_many_wallets_are_read_together(
    settled: Store, compute: Any
) -> None:
    compute()
    whole = kept(settled)
    compute(wallets_at_once=7)
    assert [row[:3] for row in kept(settled)] == [row[:3] for row in whole]
    for now, before in zip(kept(settled), whole, strict=True):
        assert now[3:] == pytest.approx(before[3:])
    with pytest.raises(ParameterError, match="wallets_at_once takes a number from 1 on, not 0"):
        compute(wallets_at_once=0)


def test_a_category_that_was_renamed_leaves_nothing_behind(settled: Store, compute: Any) -> None:
    compute()
    Rows(settled).run("update trader_event set category = 'elections' where category = 'politics'")
    compute()
    assert reads.traders(settled, reads.TraderFilter(good_at="politics")).rows == []
    assert len(reads.traders(settled, reads.TraderFilter(good_at="elections")).rows) == 1


def test_without_events_it_says_so(store: Store, settings: Settings) -> None:
    report = calculate_category_skill(store=store, settings=settings)
    assert report.sentences == ["No wallet has 10 events that count in one category yet."]
    assert kept(store) == []
