"""The one order in which activity is replayed: trader, second, kind, market, outcome, size, cash, the row's number."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from smartmoney.ledger.activity import Activity, Kind
from smartmoney.ledger.columns import IntArray, read_only
from smartmoney.ledger.compiling import compiled, inlined
from smartmoney.ledger.markets import Markets

_SECONDS = 35
BUCKET_ROWS = 20_000
"""Rows whose columns fit the processor's own cache one at a time."""


class _Rows(NamedTuple):
    """What decides the order of rows, one array a column; `event` is by market."""

    trader: IntArray
    ts: IntArray
    kind: IntArray
    market: IntArray
    outcome: IntArray
    size: IntArray
    cash: IntArray
    seq: IntArray
    tx: IntArray
    event: IntArray


def canonical_order(activity: Activity, markets: Markets) -> NDArray[np.int64]:
    """Row numbers of `activity` in replay order.

    Within one second, what brings shares comes before what takes them (`Kind` is numbered so), rows of one
    outcome are neighbours, and so are the legs of one conversion. What a row says decides before its number does,
    so that whoever numbers the rows gets the same book.
    """
    order = _by_second(activity)
    columns = (
        activity.trader,
        activity.ts,
        activity.kind,
        activity.market,
        activity.outcome,
        activity.size_micro,
        activity.cash_micro,
        activity.seq,
        activity.tx,
        markets.event,
    )
    _sort_ties(order, _Rows(*map(read_only, columns)))
    return order


def _by_second(activity: Activity) -> NDArray[np.int64]:
    if _is_sorted(read_only(activity.trader), read_only(activity.ts)):
        return np.arange(len(activity), dtype=np.int64)
    order = by_trader(activity.trader)
    if _is_sorted_along(order, read_only(activity.trader), read_only(activity.ts)):
        return order
    trader, ts = activity.trader.astype(np.int64), activity.ts
    small = ts.min() >= 0 and ts.max() < 1 << _SECONDS and trader.min() >= 0
    if small and trader.max() < 1 << (62 - _SECONDS):
        return np.argsort((trader << _SECONDS) | ts, kind="stable")
    return np.lexsort((ts, trader))


def by_trader(trader: IntArray) -> NDArray[np.int64]:
    """Row numbers by ascending trader, rows of one trader as they come: a counting sort, for ids lie close together."""
    if not len(trader):
        return np.zeros(0, np.int64)
    least, most = int(trader.min()), int(trader.max())
    if most - least > 4 * len(trader) + 1_000_000:
        return np.argsort(trader, kind="stable")
    place = np.zeros(most - least + 2, np.int64)
    place[1:] = np.cumsum(
        np.bincount(trader - trader.dtype.type(least), minlength=most - least + 1)
    )
    order = np.empty(len(trader), np.int64)
    _fill_order(read_only(trader), least, place, order)
    return order


@compiled
def _fill_order(
    trader: IntArray, least: int, place: NDArray[np.int64], order: NDArray[np.int64]
) -> None:
    for i in range(len(trader)):
        slot = trader[i] - least
        order[place[slot]] = i
        place[slot] += 1


def sort_by_trader(*parts: Activity) -> Activity:
    """The rows of all parts by ascending trader, those of one trader as they come.

    First into buckets of neighbouring traders, then bucket by bucket: taking the rows of a long history trader by trader
    at once would miss the processor's cache at every value.
    """
    parts = tuple(part for part in parts if len(part))
    if not parts:
        return Activity.empty()
    least, most = (
        min(int(part.trader.min()) for part in parts),
        max(int(part.trader.max()) for part in parts),
    )
    rows = sum(map(len, parts))
    shift = max(0, (most - least).bit_length() - (rows // BUCKET_ROWS).bit_length())
    start = np.zeros(((most - least) >> shift) + 2, np.int64)
    for part in parts:
        _count(read_only(part.trader), least, shift, start[1:])
    start = np.cumsum(start)
    columns = {name: np.empty(rows, column.dtype) for name, column in parts[0].arrays().items()}
    for name, column in columns.items():
        place = start.copy()
        for part in parts:
            _scatter(
                read_only(part.trader), least, shift, place, read_only(getattr(part, name)), column
            )
    for a, b in zip(start[:-1], start[1:], strict=True):
        order = by_trader(columns["trader"][a:b])
        for column in columns.values():
            column[a:b] = column[a:b][order]
    return Activity(**columns)


@compiled
def _count(trader: IntArray, least: int, shift: int, counts: NDArray[np.int64]) -> None:
    for t in trader:
        counts[(t - least) >> shift] += 1


@compiled
def _scatter(
    trader: IntArray,
    least: int,
    shift: int,
    place: NDArray[np.int64],
    column: IntArray,
    out: IntArray,
) -> None:
    for i in range(len(column)):
        bucket = (trader[i] - least) >> shift
        out[place[bucket]] = column[i]
        place[bucket] += 1


@compiled
def _is_sorted_along(order: NDArray[np.int64], trader: IntArray, ts: IntArray) -> bool:
    for i in range(1, len(order)):
        a, b = order[i - 1], order[i]
        if trader[a] == trader[b] and ts[b] < ts[a]:
            return False
    return True


@compiled
def _is_sorted(trader: IntArray, ts: IntArray) -> bool:
    for i in range(1, len(trader)):
        if trader[i] < trader[i - 1] or (trader[i] == trader[i - 1] and ts[i] < ts[i - 1]):
            return False
    return True


@inlined
def _event_of(market: int, event: IntArray) -> int:
    return event[market] if 0 <= market < len(event) else -1


@inlined
def _before(a: int, b: int, rows: _Rows) -> bool:
    if rows.kind[a] != rows.kind[b]:
        return bool(rows.kind[a] < rows.kind[b])
    if rows.kind[a] == Kind.CONVERSION_LEG:
        event_a, event_b = (
            _event_of(rows.market[a], rows.event),
            _event_of(rows.market[b], rows.event),
        )
        if event_a != event_b:
            return event_a < event_b
        if rows.size[a] != rows.size[b]:
            return bool(rows.size[a] < rows.size[b])
        if rows.tx[a] != rows.tx[b]:
            return bool(rows.tx[a] < rows.tx[b])
    if rows.market[a] != rows.market[b]:
        return bool(rows.market[a] < rows.market[b])
    if rows.outcome[a] != rows.outcome[b]:
        return bool(rows.outcome[a] < rows.outcome[b])
    if rows.size[a] != rows.size[b]:
        return bool(rows.size[a] < rows.size[b])
    if rows.cash[a] != rows.cash[b]:
        return bool(rows.cash[a] < rows.cash[b])
    return bool(rows.seq[a] < rows.seq[b] or (rows.seq[a] == rows.seq[b] and a < b))


@compiled
def _shell_sort(order: NDArray[np.int64], start: int, stop: int, rows: _Rows) -> None:
    gap = 1
    while gap < (stop - start) // 3:
        gap = 3 * gap + 1
    while gap > 0:
        for i in range(start + gap, stop):
            row, j = order[i], i
            while j >= start + gap:
                if not _before(row, order[j - gap], rows):
                    break
                order[j] = order[j - gap]
                j -= gap
            order[j] = row
        gap //= 3


@compiled
def _sort_ties(order: NDArray[np.int64], rows: _Rows) -> None:
    start = 0
    while start < len(order):
        first, stop = order[start], start + 1
        while (
            stop < len(order)
            and rows.ts[order[stop]] == rows.ts[first]
            and rows.trader[order[stop]] == rows.trader[first]
        ):
            stop += 1
        if stop - start > 1:
            _shell_sort(order, start, stop, rows)
        start = stop
