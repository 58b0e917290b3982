"""Reading wallets: from stored rows to measures and books, one batch of wallets at a time, on whatever engine.

A batch stands alone: it reads its rows, computes, and stores what it found in a transaction of its own. A wallet whose
book is kept is carried on from there, with the rows after it; the others are read from their first row.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from smartmoney.jobs import books
from smartmoney.ledger import Events, Ledger, LedgerState, run
from smartmoney.ledger.columns import BoolArray, IntArray
from smartmoney.metrics import nothing_measured
from smartmoney.scoring import Partition, compute_partition, split_events
from smartmoney.store import arrow, columns, parts
from smartmoney.store.bulk import writing
from smartmoney.store.db import Store
from smartmoney.store.scores.books import save_books

NEVER = -1
LATE = np.iinfo(np.int64).max
ROWS_AT_ONCE = 4_000_000
"""Rows of one scan, and what bounds the memory of a run."""
ROWS_COMPUTED = 500_000
WALLETS_AT_ONCE = 500
KEEP_ROWS = 64
"""A book is kept, and renewed, every so many rows; shorter histories are read from the first row."""


@dataclass(frozen=True)
class Batch:
    """Wallets read together; arrays are one per wallet.

    Attributes:
        traders: int32 ids, ascending.
        scan: they are all there are between the first and the last, and read in one scan of the table.
        anew: nothing that is kept of the wallet may be used, and its stored rows are all replaced.
        changed: it holds a market that is not what the last run knew.
        first_new: Unix second of the first row that no run has read; LATE when there is none.
        book_to: Unix second of the last row in its kept book, -1 when none is kept.
    """

    traders: IntArray
    scan: bool
    anew: BoolArray
    changed: BoolArray
    first_new: IntArray
    book_to: IntArray


@dataclass(frozen=True)
class Reader:
    """What all batches of a run share.

    Attributes:
        store: the database.
        catalog: markets as the run sees them.
        marks: price of an open share per outcome row, millionths of a dollar; -1 for none.
        changed_events: per event number, one of its markets is not what the last run knew.
        version: of formulas and categories.
        as_of: the run's moment.
    """

    store: Store
    catalog: columns.Catalog
    marks: IntArray
    changed_events: BoolArray
    version: str
    as_of: datetime


@dataclass(frozen=True)
class Read:
    """What a batch gives back: rows read, and per wallet (id, coverage, reason)."""

    rows: int
    coverage: list[tuple[int, str, str]]


def read(batch: Batch, reader: Reader) -> Read:
    """Ledger and metrics of a batch, stored; only totals come back."""
    with arrow.connected(reader.store):
        state, usable = _kept(batch, reader)
        events = _events(batch, reader, usable)
        looks = columns.load_api_positions(
            reader.store, reader.catalog, batch.traders.tolist(), reader.marks
        )
        rows = len(events)
        groups = [events] if len(state.accounts) else in_groups(events)
        del events

        def one(group: Events) -> list[tuple[int, str, str]]:
            part = compute_partition(
                group, reader.catalog.markets, marks_micro=reader.marks, state=state
            )
            _save(batch, reader, part, group, usable)
            assert part.ledger is not None
            return books.coverage(part.ledger, part.measures.trader.tolist(), looks)

        with ThreadPoolExecutor(
            2
        ) as pool:  # the database writes what one found while the other is computed
            judged = [verdict for verdicts in pool.map(one, groups) for verdict in verdicts]
        blank = np.setdiff1d(batch.traders, [trader for trader, *_ in judged]).astype(np.int32)
        if len(blank):
            _save_blank(reader, blank)
            judged += books.coverage(
                run(Events.empty(), reader.catalog.markets), blank.tolist(), looks
            )
        return Read(rows, judged)


def _events(batch: Batch, reader: Reader, usable: BoolArray) -> Events:
    if batch.scan:
        wallets = range(int(batch.traders[0]), int(batch.traders[-1]) + 1)
        return columns.load_events(reader.store, reader.catalog, wallets)
    after = np.where(usable, batch.book_to, NEVER).tolist()
    return columns.load_events(reader.store, reader.catalog, batch.traders.tolist(), after)


def in_groups(events: Events) -> list[Events]:
    """Whole traders, in groups small enough to compute with; none where there are no rows."""
    return split_events(events, -(-len(events) // ROWS_COMPUTED)) if len(events) else []


def _kept(batch: Batch, reader: Reader) -> tuple[LedgerState, BoolArray]:
    """The books to carry on, and per wallet whether there is one: not for late rows, nor for redemptions of the old
    shape in markets that changed, which were read with the payouts of their time."""
    usable = ~batch.anew & (batch.book_to >= 0) & (batch.first_new > batch.book_to)
    traders = batch.traders
    if not usable.any():
        return LedgerState.empty(), usable
    state = parts.load_books(reader.store, reader.catalog, traders[usable])
    old_shape = state.accounts.trader[state.accounts["old_redeems"] > 0]
    usable &= np.isin(traders, state.accounts.trader) & ~(
        batch.changed & np.isin(traders, old_shape)
    )
    return state if len(state.accounts) == usable.sum() else state.of_traders(
        traders[usable]
    ), usable


def _save(batch: Batch, reader: Reader, part: Partition, events: Events, usable: BoolArray) -> None:
    """Store what pages, the global step and the next run need of some wallets, in one transaction."""
    ledger = part.ledger
    assert ledger is not None
    row = np.searchsorted(batch.traders, ledger.traders.trader)
    anew = batch.anew[row]
    pairs = _touched(batch, reader, ledger, events, row)
    wanted = _chosen(ledger.settlement.trader, ledger.settlement.event, pairs) | np.repeat(
        anew, _counts(ledger.state.positions.trader, ledger.traders.trader)
    )
    events_wanted = np.repeat(anew, _counts(ledger.events.trader, ledger.traders.trader)) | _chosen(
        ledger.events.trader, ledger.events.event, pairs
    )
    tables = {
        "ledger_position": books.position_rows(ledger, reader.catalog, wanted),
        "trader_event": books.event_rows(part, reader.catalog, events_wanted),
        "trader_days": books.day_rows(ledger, reader.as_of),
    }
    kept, replaced = _to_keep(ledger, events, usable[row])
    trader = ledger.traders.trader
    with writing(reader.store) as bulk:
        save_books(bulk, tables, trader[anew])
        parts.save_parts(
            bulk, part.measures, kept, replaced, reader.version, reader.catalog, reader.as_of
        )


def _save_blank(reader: Reader, traders: IntArray) -> None:
    """Wallets without a single row."""
    with writing(reader.store) as bulk:
        parts.save_parts(
            bulk,
            nothing_measured(traders),
            LedgerState.empty(),
            traders,
            reader.version,
            reader.catalog,
            reader.as_of,
        )


def _counts(owner: IntArray, traders: IntArray) -> IntArray:
    return np.searchsorted(owner, traders, "right") - np.searchsorted(owner, traders, "left")


def _chosen(trader: IntArray, event: IntArray, pairs: IntArray) -> BoolArray:
    found: BoolArray = np.isin((trader.astype(np.int64) << 32) | event, pairs)
    return found


def _touched(
    batch: Batch, reader: Reader, ledger: Ledger, events: Events, row: IntArray
) -> IntArray:
    """trader << 32 | event whose rows may differ from those stored: a row changes its own event only, and so does a
    market that changed."""
    traders, markets = ledger.traders.trader, reader.catalog.markets
    new = (events.market >= 0) & (
        events.ts >= batch.first_new[row][np.searchsorted(traders, events.trader)]
    )
    by_rows = (events.trader[new].astype(np.int64) << 32) | markets.event[events.market[new]]
    held = ledger.settlement
    other = np.flatnonzero(
        reader.changed_events[held.event]
        & batch.changed[row][np.searchsorted(traders, held.trader)]
    )
    by_markets = (held.trader[other].astype(np.int64) << 32) | held.event[other]
    return np.union1d(by_rows, by_markets)


def _to_keep(ledger: Ledger, events: Events, carried: BoolArray) -> tuple[LedgerState, IntArray]:
    """(books to keep, wallets whose kept book is replaced): long histories, and kept books with many rows since.

    A wallet with rows that could not be read is read again from the first: they may make sense one day.
    """
    accounts, traders = ledger.state.accounts, ledger.traders.trader
    tail = _counts(np.sort(events.trader), traders)
    replaced = ~carried | (tail >= KEEP_ROWS) | (accounts["n_bad_rows"] > 0)
    kept = replaced & (accounts["n_rows"] >= KEEP_ROWS) & (accounts["n_bad_rows"] == 0)
    return ledger.state.of_traders(traders[kept]), traders[replaced]
