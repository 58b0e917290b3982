"""Kept books come back as they were, also when the catalog has grown meanwhile, and not at all in another layout."""

from __future__ import annotations

from dataclasses import fields, make_dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from smartmoney.books import kept
from smartmoney.books.catalog import Catalog, load_catalog
from smartmoney.ledger import Accounts, Activity, Days, Kind, LedgerState, Positions, replay
from smartmoney.ledger.columns import Columns
from smartmoney.metrics import Measures, nothing_measured
from smartmoney.polymarket.types import EventRecord, MarketRecord, OutcomeRecord
from smartmoney.store.bulk import writing
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


def keep(store: Store, known: Catalog) -> LedgerState:
    """A book of two wallets over the first two markets, stored."""
    row = {"kind": Kind.BUY, "size_micro": 10**7, "cash_micro": 4 * 10**6, "ts": [10, 90_000, 20]}
    state = replay(
        Activity.of(trader=[1, 1, 2], market=[0, 1, 1], outcome=[1, 2, 3], **row), known.markets
    )
    with store.raw() as connection:
        connection.execute(
            "insert into trader (address) select '0x' || lpad(n::text, 40, '0') from generate_series(1, 2) n"
        )
    with writing(store) as bulk:
        who = np.array([1, 2], np.int32)
        kept.save(bulk, nothing_measured(who), state, who, version="v", catalog=known, as_of=NOW)
    return state


def test_a_book_comes_back_in_the_numbering_of_a_larger_catalog(store: Store) -> None:
    first = listed(store, market(1, 0, 1), market(2, 0, 1))
    state = keep(store, first)
    grown = listed(store, market(1, 0, 1, 2), market(3, 0, 1))
    back = kept.load_books(store, grown, np.array([1, 2, 3], np.int32), "v")
    assert back.positions.outcome.tolist() == [1, 3, 4]
    for name in ("positions", "accounts", "days"):
        assert np.array_equal(getattr(back, name).values, getattr(state, name).values), name
        assert np.array_equal(getattr(back, name).trader, getattr(state, name).trader), name
    with store.raw() as connection:
        known = kept.load_known(connection, "v")
        assert not len(kept.load_known(connection, "another version").trader)
    assert known.book_to.tolist() == [90_000, 20]


def test_what_another_version_kept_is_not_read_back(store: Store) -> None:
    known = listed(store, market(1, 0, 1), market(2, 0, 1))
    keep(store, known)
    assert not len(kept.load_books(store, known, np.array([1, 2], np.int32), "w").accounts)
    with store.raw() as connection:
        assert not len(kept.load_measures(connection, "w"))
        assert len(kept.load_measures(connection, "v")) == 2


def test_measures_come_back_as_they_were() -> None:
    measures = replace(
        nothing_measured(np.array([3, 4], np.int32)),
        win_rate=np.array([0.25, np.nan]),
        realized_micro=np.array([-(2**60), 7]),
        best_category=np.array([2, -1], np.int16),
    )
    back = kept.unpacked(kept.packed(measures))
    for name, values in measures.arrays().items():
        again = getattr(back, name)
        assert again.dtype == values.dtype and np.array_equal(again, values, equal_nan=True), name


def fields_of(table: type) -> list[tuple[str, Any]]:
    return [(field.name, field.type) for field in fields(table)]


@pytest.mark.parametrize("changed", ["added", "dropped", "renamed", "of another type", "moved"])
def test_another_layout_of_the_measures_is_another_version(changed: str) -> None:
    """What is stored is numbers without names: a book of other fields must never be read as one of these."""
    known = fields_of(Measures)
    others = {
        "added": [*known, ("new", "IntArray")],
        "dropped": known[:-1],
        "renamed": [*known[:-1], ("other", known[-1][1])],
        "of another type": [*known[:-1], (known[-1][0], "IntArray")],
        "moved": [*known[:-2], known[-1], known[-2]],
    }
    other = make_dataclass("Other", others[changed], bases=(Columns,), frozen=True)
    assert kept.version_of("1", ["x"], other) != kept.version_of("1", ["x"], Measures)


def test_another_layout_of_the_book_is_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = kept.version_of("1", ["x"], Measures)
    for table in (Positions, Accounts, Days):
        with monkeypatch.context() as patch:
            patch.setattr(table, "RECORD", np.dtype([*table.RECORD.descr, ("new", "<i8")]))
            assert kept.version_of("1", ["x"], Measures) != before
    assert kept.version_of("2", ["x"], Measures) != before
    assert kept.version_of("1", ["x", "y"], Measures) != before


def test_a_market_in_the_same_event_changes_the_structure_and_a_payout_only_the_facts(
    store: Store,
) -> None:
    before = listed(store, market(1, 0, 1), market(2, 0, 1, event="f"))
    with store.raw() as connection:
        connection.execute("update outcome set payout_micro = 0 where token_id = '20'")
    after = listed(store, market(3, 0, 1))
    assert (before.structure == after.structure[:2]).tolist() == [False, True]
    assert (before.facts == after.facts[:2]).tolist() == [False, False]
