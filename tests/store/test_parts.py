"""Kept books come back as they were, also when the catalog has grown meanwhile, and not at all in another layout."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from smartmoney.ledger import Events, Kind, LedgerState, replay
from smartmoney.metrics import nothing_measured
from smartmoney.polymarket.types import EventRecord, MarketRecord, OutcomeRecord
from smartmoney.store import parts
from smartmoney.store.bulk import writing
from smartmoney.store.columns import Catalog, load_catalog
from smartmoney.store.db import Store
from smartmoney.store.markets import catalog

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def market(number: int, *places: int, event: str = "e") -> MarketRecord:
    outcomes = tuple(OutcomeRecord(f"{number}{place}", place, f"{place}") for place in places)
    return MarketRecord(
        f"0x{number:064x}",
        f"m{number}",
        "a",
        "A?",
        outcomes,
        EventRecord(event, event, event, "x", ()),
    )


def listed(store: Store, *markets: MarketRecord) -> Catalog:
    with store.raw() as connection:
        catalog.save_markets(connection, markets, NOW)
    return load_catalog(store)


def kept(store: Store, known: Catalog) -> LedgerState:
    """A book of two wallets over the first two markets, stored."""
    row = {"kind": Kind.BUY, "size_micro": 10**7, "cash_micro": 4 * 10**6, "ts": [10, 90_000, 20]}
    state = replay(
        Events.of(trader=[1, 1, 2], market=[0, 1, 1], outcome=[1, 2, 3], **row), known.markets
    )
    with store.raw() as connection:
        connection.execute(
            "insert into trader (address) select '0x' || lpad(n::text, 40, '0') from generate_series(1, 2) n"
        )
    with writing(store) as bulk:
        who = np.array([1, 2], np.int32)
        parts.save_parts(bulk, nothing_measured(who), state, who, "v", known, NOW)
    return state


def test_a_book_comes_back_in_the_numbering_of_a_larger_catalog(store: Store) -> None:
    first = listed(store, market(1, 0, 1), market(2, 0, 1))
    state = kept(store, first)
    grown = listed(store, market(1, 0, 1, 2), market(3, 0, 1))
    back = parts.load_books(store, grown, np.array([1, 2, 3], np.int32))
    assert back.positions.outcome.tolist() == [1, 3, 4]
    for name in ("positions", "accounts", "days"):
        assert np.array_equal(getattr(back, name).values, getattr(state, name).values), name
        assert np.array_equal(getattr(back, name).trader, getattr(state, name).trader), name
    with store.raw() as connection:
        known = parts.load_known(connection, "v")
        assert not len(parts.load_known(connection, "another version").trader)
    assert known.book_to.tolist() == [90_000, 20]


def test_a_book_of_another_layout_is_left_alone(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = listed(store, market(1, 0, 1), market(2, 0, 1))
    kept(store, known)
    monkeypatch.setattr(parts, "LAYOUT", 1)
    assert not len(parts.load_books(store, known, np.array([1, 2], np.int32)).accounts)


def test_a_market_in_the_same_event_changes_the_structure_and_a_payout_only_the_facts(
    store: Store,
) -> None:
    before = listed(store, market(1, 0, 1), market(2, 0, 1, event="f"))
    with store.raw() as connection:
        connection.execute("update outcome set payout_micro = 0 where token_id = '20'")
    after = listed(store, market(3, 0, 1))
    assert (before.structure == after.structure[:2]).tolist() == [False, True]
    assert (before.facts == after.facts[:2]).tolist() == [False, False]
