"""The columns scoring reads are the rows that were stored, in the ledger's numbering."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from smartmoney.books.catalog import load_catalog
from smartmoney.books.history import load_activity
from smartmoney.ledger import Kind
from smartmoney.polymarket.types import (
    ActivityRecord,
    EventRecord,
    FillRecord,
    MarketRecord,
    MarketStub,
    OutcomeRecord,
)
from smartmoney.store.db import Store
from smartmoney.store.markets import catalog
from smartmoney.store.wallets import activity, fills
from smartmoney.store.wallets.identity import Occurrences

NOW = datetime(2026, 11, 1, tzinfo=UTC)
WALLET = "0x" + "1" * 40
FIRST, SECOND = "0x" + "a" * 64, "0x" + "b" * 64


def seed(store: Store) -> None:
    outcomes = (
        OutcomeRecord("11", 0, "Yes", payout_micro=1_000_000),
        OutcomeRecord("12", 1, "No", payout_micro=0),
    )
    resolved = MarketRecord(
        FIRST,
        "m1",
        "a",
        "A?",
        outcomes,
        EventRecord("e1", "it", "It", "politics", ("x",)),
        status="RESOLVED",
        resolved_ts=1_790_000_500,
    )
    fill = FillRecord(
        WALLET,
        1_790_000_000,
        "0x" + "f" * 64,
        "BUY",
        5_000_000,
        4 * 10**11,
        2_000_000,
        MarketStub(FIRST, "11", 0),
    )
    unlisted = replace(fill, side="SELL", market=MarketStub(SECOND, "22", 1), size_micro=7)
    merge = ActivityRecord(
        WALLET,
        1_790_000_001,
        "0x" + "0" * 48 + "00000000000000ff",
        "MERGE",
        "MERGE",
        3,
        3,
        MarketStub(FIRST, None, None),
    )
    deposit = replace(merge, kind="OTHER", raw_kind="DEPOSIT")
    with store.raw() as connection:
        catalog.save_markets(connection, [resolved], NOW)
        fills.save_fills(connection, [fill, unlisted], Occurrences())
        activity.save_activity(connection, [merge, deposit], Occurrences())


def test_markets_keep_their_outcomes_in_place(store: Store) -> None:
    seed(store)
    book = load_catalog(store)
    assert len(book.markets) == 2
    assert book.markets.payout_micro.tolist() == [1_000_000, 0, -1, -1]
    assert book.markets.resolved.tolist() == [True, False]
    assert book.outcome_ids[2] == -1
    assert book.markets.outcome_position.tolist() == [0, 1, 0, 1]
    assert len(set(book.markets.event.tolist())) == 2


def test_rows_come_out_as_they_went_in(store: Store) -> None:
    seed(store)
    book = load_catalog(store)
    activity = load_activity(store, book)
    rows = sorted(
        zip(
            activity.kind.tolist(),
            activity.market.tolist(),
            activity.outcome.tolist(),
            activity.size_micro.tolist(),
            activity.cash_micro.tolist(),
            activity.ts.tolist(),
            strict=True,
        )
    )
    assert rows == [
        (int(Kind.BUY), 0, 0, 5_000_000, 2_000_000, 1_790_000_000),
        (int(Kind.SELL), 1, 3, 7, 2_000_000, 1_790_000_000),
        (int(Kind.MERGE), 0, -1, 3, 3, 1_790_000_001),
    ]
    assert activity.tx[np.argmax(activity.kind)] == 255
    assert len(load_activity(store, book, [])) == 0
    assert len(load_activity(store, book, [int(activity.trader[0])])) == 3


def test_an_empty_database_gives_empty_tables(store: Store) -> None:
    book = load_catalog(store)
    assert (len(book.markets), len(load_activity(store, book))) == (0, 0)
