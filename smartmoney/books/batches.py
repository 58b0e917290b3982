"""Who is read in a run of the scores, in which batches, and what reading a batch does.

A batch stands alone: it reads its rows, computes, and stores what it found in a transaction of its own. A wallet whose
book is kept is carried on from there, with the rows after it; the others are read from their first row.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smartmoney.books import kept, tables
from smartmoney.books.catalog import Catalog, Differing, differing
from smartmoney.books.history import load_activity
from smartmoney.books.platform import Snapshot, load_api_positions
from smartmoney.ledger import Activity, Ledger, LedgerState, Reconciliation, run
from smartmoney.ledger.columns import BoolArray, IntArray
from smartmoney.metrics import PARTIAL_BIT, Measures, nothing_measured
from smartmoney.scoring.partitions import Partition, compute_partition, split_activity
from smartmoney.store.arrow import connected
from smartmoney.store.bulk import Bulk, writing
from smartmoney.store.db import PostgresConnection, Store
from smartmoney.store.scores import books, dirty, ledger_rows

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
        rebuilt: nothing that is kept of the wallet may be used, and its stored rows are all replaced.
        changed: it holds a market that is not what the last run knew.
        first_new: Unix second of the first row that no run has read; LATE when there is none.
        book_to: Unix second of the last row in its kept book, -1 when none is kept.
        scan: they are all there are between the first and the last, and read in one scan of the table.
    """

    traders: IntArray
    rebuilt: BoolArray
    changed: BoolArray
    first_new: IntArray
    book_to: IntArray
    scan: bool = False

    @property
    def carried(self) -> BoolArray:
        """The kept book may be carried on: none of the new rows is older than what it has read."""
        return ~self.rebuilt & (self.book_to >= 0) & (self.first_new > self.book_to)

    def take(self, row: IntArray, scan: bool) -> Batch:
        """Some of the wallets."""
        return Batch(
            self.traders[row],
            self.rebuilt[row],
            self.changed[row],
            self.first_new[row],
            self.book_to[row],
            scan,
        )


@dataclass(frozen=True)
class Plan:
    """What a run does.

    Attributes:
        wallets: wallets there are.
        wallets_read: those with news, holdings in markets that changed, or nothing kept.
        batches: of the wallets read.
        changed_markets: bool per market row, not what the last run knew.
        changed_events: bool per event number, one of its markets is.
    """

    wallets: int
    wallets_read: int
    batches: list[Batch]
    changed_markets: BoolArray
    changed_events: BoolArray


@dataclass(frozen=True)
class Reader:
    """What all batches of a run share.

    Attributes:
        store: the database.
        catalog: markets as the run sees them.
        marks: price of an open share per outcome row, millionths of a dollar; -1 for none.
        changed_events: per event number, one of its markets is not what the last run knew.
        version: of formulas, categories and layout.
        as_of: the run's moment.
    """

    store: Store
    catalog: Catalog
    marks: IntArray
    changed_events: BoolArray
    version: str
    as_of: datetime


@dataclass(frozen=True)
class Read:
    """What a batch gives back: rows read, and per wallet (id, coverage, reason)."""

    rows: int
    coverage: list[tuple[int, str, str]]


def plan(
    connection: PostgresConnection[Any],
    catalog: Catalog,
    news: Mapping[int, dirty.Dirty],
    version: str,
    full: bool,
) -> Plan:
    """Read the wallets with news, or with holdings in a market that is not what it was; all of them when `full`."""
    changes = differing(catalog, books.known_markets(connection))
    trader, likely_rows = dirty.row_counts(connection)
    every = _wallets(connection, catalog, news, version, changes, trader.astype(np.int32))
    if full:
        every = replace(every, rebuilt=np.ones_like(every.rebuilt))
    read = np.flatnonzero(every.rebuilt | every.changed | (every.first_new < LATE))
    events = np.zeros(int(catalog.markets.event.max(initial=-1)) + 1, np.bool_)
    events[catalog.markets.event[changes.facts]] = True
    scan = bool(every.rebuilt[read].all()) and len(read) == len(trader)
    rows: list[IntArray]
    if scan:
        rows = [
            np.flatnonzero((trader >= each.start) & (trader < each.stop))
            for each in scans(trader, likely_rows)
        ]
    else:  # those carried on apart from those read from their first row: their rows are recent ones only
        carried = every.carried[read]
        rows = [*_lists(read[carried]), *_lists(read[~carried])]
    batches = [every.take(row, scan) for row in rows]
    return Plan(len(trader), len(read), batches, changes.facts, events)


def scans(trader: IntArray, likely_rows: NDArray[np.float64]) -> list[range]:
    """Ranges of ids with about ROWS_AT_ONCE rows each; the first with half of them, so that of two threads one reads while
    the other computes."""
    if not len(trader):
        return []
    number = ((np.cumsum(likely_rows) + ROWS_AT_ONCE / 2) // ROWS_AT_ONCE).astype(np.int64)
    starts = trader[np.flatnonzero(np.diff(number, prepend=-1))]
    return [
        range(int(a), int(b)) for a, b in zip(starts, [*starts[1:], trader[-1] + 1], strict=True)
    ]


def _wallets(
    connection: PostgresConnection[Any],
    catalog: Catalog,
    news: Mapping[int, dirty.Dirty],
    version: str,
    changes: Differing,
    trader: IntArray,
) -> Batch:
    known = kept.load_known(connection, version)
    rebuilt = books.holders(connection, catalog.market_ids[changes.structure], in_rows=True)
    changed = books.holders(connection, catalog.market_ids[changes.facts & ~changes.structure])
    book_to = np.full(len(trader), NEVER, np.int64)
    book_to[np.searchsorted(trader, known.trader)] = known.book_to
    first_new = np.full(len(trader), LATE, np.int64)
    pairs = [(wallet, item.first_new) for wallet, item in news.items()]
    listed = np.array(pairs, np.int64).reshape(-1, 2)
    listed = listed[np.isin(listed[:, 0], trader)]
    first_new[np.searchsorted(trader, listed[:, 0])] = listed[:, 1]
    return Batch(
        trader,
        ~np.isin(trader, known.trader) | np.isin(trader, rebuilt),
        np.isin(trader, changed),
        first_new,
        book_to,
    )


def _lists(read: IntArray) -> list[IntArray]:
    return [read[start : start + WALLETS_AT_ONCE] for start in range(0, len(read), WALLETS_AT_ONCE)]


def read(batch: Batch, reader: Reader) -> Read:
    """Ledger and metrics of a batch, stored; only totals come back."""
    with connected(reader.store):
        state, usable = _kept(batch, reader)
        activity = _activity(batch, reader, usable)
        seen = load_api_positions(
            reader.store, reader.catalog, batch.traders.tolist(), reader.marks
        )
        rows = len(activity)
        groups = [activity] if len(state.accounts) else in_groups(activity)
        del activity

        def one(group: Activity) -> list[tuple[int, str, str]]:
            part = compute_partition(
                group, reader.catalog.markets, marks_micro=reader.marks, state=state
            )
            assert part.ledger is not None
            found = _coverage(reader, part.ledger, part.measures.trader, seen)
            _save(batch, reader, _doubted(part, found), group, usable)
            return _listed(found)

        # the database writes what one found while the other is computed
        with ThreadPoolExecutor(2) as pool:
            judged = [verdict for verdicts in pool.map(one, groups) for verdict in verdicts]
        blank = np.setdiff1d(batch.traders, [trader for trader, *_ in judged]).astype(np.int32)
        if len(blank):
            _save_blank(reader, blank)
            nothing = run(Activity.empty(), reader.catalog.markets)
            judged += _listed(_coverage(reader, nothing, blank, seen))
        return Read(rows, judged)


def _coverage(
    reader: Reader, ledger: Ledger, traders: IntArray, seen: Mapping[int, Snapshot]
) -> dict[int, Reconciliation]:
    events = np.unique(ledger.state.accounts["open_event"])
    listed = events[(events >= 0) & (events <= reader.catalog.last_event)].tolist()
    titles = ledger_rows.event_titles(reader.store, listed) if listed else {}
    return tables.coverage(ledger, traders.tolist(), seen, titles)


def _listed(found: Mapping[int, Reconciliation]) -> list[tuple[int, str, str]]:
    return [(trader, verdict.status, verdict.reason) for trader, verdict in found.items()]


def _doubted(part: Partition, found: Mapping[int, Reconciliation]) -> Partition:
    """Flag the wallets whose gain the platform's own figures would make a loss."""
    doubtful = [found[trader].doubtful for trader in part.measures.trader.tolist()]
    flags = part.measures.flags | np.where(doubtful, PARTIAL_BIT, 0)
    return replace(part, measures=replace(part.measures, flags=flags))


def _activity(batch: Batch, reader: Reader, usable: BoolArray) -> Activity:
    if batch.scan:
        wallets = range(int(batch.traders[0]), int(batch.traders[-1]) + 1)
        return load_activity(reader.store, reader.catalog, wallets)
    after = np.where(usable, batch.book_to, NEVER).tolist()
    return load_activity(reader.store, reader.catalog, batch.traders.tolist(), after)


def in_groups(activity: Activity) -> list[Activity]:
    """Whole traders, in groups small enough to compute with; none where there are no rows."""
    return split_activity(activity, -(-len(activity) // ROWS_COMPUTED)) if len(activity) else []


def _kept(batch: Batch, reader: Reader) -> tuple[LedgerState, BoolArray]:
    """The books to carry on, and per wallet whether there is one: not for late rows, nor for redemptions of the old
    shape in markets that changed, which were read with the payouts of their time."""
    usable, traders = batch.carried, batch.traders
    if not usable.any():
        return LedgerState.empty(), usable
    state = kept.load_books(reader.store, reader.catalog, traders[usable], reader.version)
    old_shape = state.accounts.trader[state.accounts["old_redeems"] > 0]
    usable = usable & np.isin(traders, state.accounts.trader)
    usable &= ~(batch.changed & np.isin(traders, old_shape))
    if len(state.accounts) != usable.sum():
        state = state.of_traders(traders[usable])
    return state, usable


def _save(
    batch: Batch, reader: Reader, part: Partition, activity: Activity, usable: BoolArray
) -> None:
    """Store what pages, the global step and the next run need of some wallets, in one transaction."""
    ledger = part.ledger
    assert ledger is not None
    row = np.searchsorted(batch.traders, ledger.traders.trader)
    rebuilt = batch.rebuilt[row]
    pairs = _touched(batch, reader, ledger, activity, row)
    chosen = _chosen(ledger.settlement.trader, ledger.settlement.event, pairs) | np.repeat(
        rebuilt, _counts(ledger.state.positions.trader, ledger.traders.trader)
    )
    events_chosen = np.repeat(
        rebuilt, _counts(ledger.events.trader, ledger.traders.trader)
    ) | _chosen(ledger.events.trader, ledger.events.event, pairs)
    rows = {
        "ledger_position": tables.position_rows(ledger, reader.catalog, chosen),
        "trader_event": tables.event_rows(part, reader.catalog, events_chosen),
        "trader_days": tables.day_rows(ledger, reader.as_of),
    }
    state, replaced = _to_keep(ledger, activity, usable[row])
    trader = ledger.traders.trader
    with writing(reader.store) as bulk:
        books.save_books(bulk, rows, trader[rebuilt])
        _keep(bulk, reader, part.measures, state, replaced)


def _save_blank(reader: Reader, traders: IntArray) -> None:
    """Wallets without a single row."""
    with writing(reader.store) as bulk:
        _keep(bulk, reader, nothing_measured(traders), LedgerState.empty(), traders)


def _keep(
    bulk: Bulk, reader: Reader, measures: Measures, state: LedgerState, replaced: IntArray
) -> None:
    kept.save(
        bulk,
        measures,
        state,
        replaced,
        version=reader.version,
        catalog=reader.catalog,
        as_of=reader.as_of,
    )


def _counts(owner: IntArray, traders: IntArray) -> IntArray:
    return np.searchsorted(owner, traders, "right") - np.searchsorted(owner, traders, "left")


def _chosen(trader: IntArray, event: IntArray, pairs: IntArray) -> BoolArray:
    found: BoolArray = np.isin((trader.astype(np.int64) << 32) | event, pairs)
    return found


def _touched(
    batch: Batch, reader: Reader, ledger: Ledger, activity: Activity, row: IntArray
) -> IntArray:
    """trader << 32 | event whose rows may differ from those stored: a row changes its own event only, and so does a
    market that changed."""
    traders, markets = ledger.traders.trader, reader.catalog.markets
    new = (activity.market >= 0) & (
        activity.ts >= batch.first_new[row][np.searchsorted(traders, activity.trader)]
    )
    by_rows = (activity.trader[new].astype(np.int64) << 32) | markets.event[activity.market[new]]
    held = ledger.settlement
    other = np.flatnonzero(
        reader.changed_events[held.event]
        & batch.changed[row][np.searchsorted(traders, held.trader)]
    )
    by_markets = (held.trader[other].astype(np.int64) << 32) | held.event[other]
    return np.union1d(by_rows, by_markets)


def _to_keep(
    ledger: Ledger, activity: Activity, carried: BoolArray
) -> tuple[LedgerState, IntArray]:
    """(books to keep, wallets whose kept book is replaced): long histories, and kept books with many rows since.

    A wallet with rows that could not be read, or not wholly, is read again from the first: they may make sense one day.
    """
    accounts, traders = ledger.state.accounts, ledger.traders.trader
    tail = _counts(np.sort(activity.trader), traders)
    unclear = accounts["n_bad_rows"] + accounts["n_open_conversions"] > 0
    replaced = ~carried | (tail >= KEEP_ROWS) | unclear
    kept = replaced & (accounts["n_rows"] >= KEEP_ROWS) & ~unclear
    return ledger.state.of_traders(traders[kept]), traders[replaced]
