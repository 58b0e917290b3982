"""Who is read in a run of the scores, and in which batches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from smartmoney.jobs.reading import LATE, NEVER, ROWS_AT_ONCE, WALLETS_AT_ONCE, Batch
from smartmoney.ledger.columns import BoolArray, IntArray
from smartmoney.store import parts
from smartmoney.store.columns import Catalog
from smartmoney.store.db import PostgresConnection
from smartmoney.store.scores import books, dirty


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
class _Wallets:
    """One row per wallet: see `Batch`."""

    trader: IntArray
    likely_rows: NDArray[np.float64]
    anew: BoolArray
    changed: BoolArray
    first_new: IntArray
    book_to: IntArray

    @property
    def carried(self) -> BoolArray:
        """The kept book may be carried on."""
        return ~self.anew & (self.book_to >= 0) & (self.first_new > self.book_to)


def plan(
    connection: PostgresConnection[Any],
    catalog: Catalog,
    news: dict[int, dirty.Dirty],
    version: str,
    full: bool,
) -> Plan:
    """Read the wallets with news, or with holdings in a market that is not what it was; all of them when `full`."""
    differing = books.differing(connection, catalog)
    wallets = _wallets(connection, catalog, news, version, differing, full)
    wanted = np.flatnonzero(wallets.anew | wallets.changed | (wallets.first_new < LATE))
    events = np.zeros(int(catalog.markets.event.max(initial=-1)) + 1, np.bool_)
    events[catalog.markets.event[differing.facts]] = True
    scan = bool(wallets.anew[wanted].all()) and len(wanted) == len(wallets.trader)
    carried = wallets.carried[
        wanted
    ]  # apart from those read from their first row: their rows are recent ones only
    rows = _neighbours(wallets) if scan else [*_lists(wanted[carried]), *_lists(wanted[~carried])]
    return Plan(
        len(wallets.trader),
        len(wanted),
        [_batch(wallets, row, scan) for row in rows],
        differing.facts,
        events,
    )


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
    news: dict[int, dirty.Dirty],
    version: str,
    differing: books.Differing,
    full: bool,
) -> _Wallets:
    trader, likely_rows = dirty.row_counts(connection)
    known = parts.load_known(connection, version)
    rebuilt = books.holders(connection, catalog.market_ids[differing.structure], in_rows=True)
    changed = books.holders(connection, catalog.market_ids[differing.facts & ~differing.structure])
    row = np.searchsorted(trader, known.trader)

    book_to = np.full(len(trader), NEVER, np.int64)
    book_to[row] = known.book_to
    first_new = np.full(len(trader), LATE, np.int64)
    listed = np.array(
        [(wallet, item.first_new) for wallet, item in news.items()], np.int64
    ).reshape(-1, 2)
    listed = listed[np.isin(listed[:, 0], trader)]
    first_new[np.searchsorted(trader, listed[:, 0])] = listed[:, 1]
    return _Wallets(
        trader,
        likely_rows,
        ~np.isin(trader, known.trader) | np.isin(trader, rebuilt) | full,
        np.isin(trader, changed),
        first_new,
        book_to,
    )


def _lists(wanted: IntArray) -> list[IntArray]:
    return [
        wanted[start : start + WALLETS_AT_ONCE] for start in range(0, len(wanted), WALLETS_AT_ONCE)
    ]


def _neighbours(wallets: _Wallets) -> list[IntArray]:
    ranges = scans(wallets.trader, wallets.likely_rows)
    return [
        np.flatnonzero((wallets.trader >= each.start) & (wallets.trader < each.stop))
        for each in ranges
    ]


def _batch(wallets: _Wallets, row: IntArray, scan: bool) -> Batch:
    trader = wallets.trader[row]
    return Batch(
        trader.astype(np.int32),
        scan,
        wallets.anew[row],
        wallets.changed[row],
        wallets.first_new[row],
        wallets.book_to[row],
    )
