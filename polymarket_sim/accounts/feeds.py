"""Which ledger rows a trades or activity request means, newest first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from polymarket_sim.accounts.served import REDEEM_SWITCH, THREE_YEARS, Served
from polymarket_sim.model import Kind, Side

CHUNK = 65_536
TRANSFERS = (Kind.DEPOSIT, Kind.WITHDRAWAL)
FILLS = (Kind.TRADE, Kind.COMBO_TRADE)


@dataclass
class TradeFilter:
    """Filters of a trades feed; None means that the filter is not set. `least_cash`, `least_size` are
    micro-units."""

    user: int | None = None
    markets: list[int] | None = None
    side: Side | None = None
    taker_only: bool = True
    least_cash: int = 0
    least_size: int = 0
    start: int = 0
    end: int | None = None


def window(served: Served, start: int, end: int | None) -> tuple[int, int]:
    """First and last second meant by `start` (0: three years back, 1: everything) and `end` (None: now)."""
    now = served.world.now
    return (start or now - THREE_YEARS), (now if end is None else min(end, now))


def trades(served: Served, filters: TradeFilter, need: int) -> np.ndarray:
    """The newest `need` TRADE rows that match, newest first (row numbers of the ledger)."""
    world = served.world
    if filters.user is not None:
        rows = world.by_trader.rows(filters.user)
    elif filters.markets is not None:
        rows = np.sort(
            np.concatenate(
                [world.fills_by_market.rows(market) for market in filters.markets]
                or [np.zeros(0, int)]
            )
        )
    else:
        return _tail(served, filters, need)
    newest: np.ndarray = rows[_matching(served, filters, rows)][::-1][:need]
    return newest


def _tail(served: Served, filters: TradeFilter, need: int) -> np.ndarray:
    found: list[np.ndarray] = []
    end, total = len(served.world.entries), 0
    while end > 0 and total < need:
        rows = np.arange(max(0, end - CHUNK), end)
        found.append(rows[_matching(served, filters, rows)][::-1])
        total, end = total + len(found[-1]), end - CHUNK
    return np.concatenate(found)[:need] if found else np.zeros(0, int)


def _matching(served: Served, filters: TradeFilter, rows: np.ndarray) -> np.ndarray:
    e = served.world.entries
    start, end = window(served, filters.start, filters.end)
    keep = np.isin(e.kind[rows], FILLS) & (e.ts[rows] >= start) & (e.ts[rows] <= end)
    if filters.user is not None and filters.markets is not None:
        keep &= np.isin(e.market[rows], filters.markets)
    if filters.side is not None:
        keep &= e.side[rows] == filters.side
    if filters.taker_only:
        keep &= e.is_taker[rows]
    if filters.least_size:
        keep &= e.size_micro[rows] >= filters.least_size
    if filters.least_cash:
        keep &= e.size_micro[rows] * (e.price_pico[rows] / 1e12) >= filters.least_cash
    return np.asarray(keep)


@dataclass
class ActivityFilter:
    """Filters of a wallet's activity feed; `kinds` None means all. The first version of the API lists the
    redemptions of combos too, the second has a route of their own."""

    user: int
    markets: list[int] | None = None
    kinds: set[Kind] | None = None
    side: Side | None = None
    transfers: bool = False
    combo_redemptions: bool = False
    start: int = 0
    end: int | None = None
    sort_by: str = "TIMESTAMP"
    ascending: bool = False


def activity(served: Served, filters: ActivityFilter) -> np.ndarray:
    """The wallet's activity in the order asked, as row numbers of the ledger.

    Before August 2026 a redemption has one row per market: the row of its first outcome stands for both.
    """
    e = served.world.entries
    rows = served.world.by_trader.rows(filters.user)
    start, end = window(served, filters.start, filters.end)
    keep = (e.ts[rows] >= start) & (e.ts[rows] <= end) & ~_second_leg(served, rows)
    if filters.markets is not None:
        keep &= np.isin(e.market[rows], filters.markets) & (e.kind[rows] != Kind.CONVERSION)
    if filters.side is not None:
        keep &= e.side[rows] == filters.side
    if filters.kinds is not None:
        keep &= np.isin(e.kind[rows], list(filters.kinds))
    if not filters.combo_redemptions:
        keep &= e.kind[rows] != Kind.COMBO_REDEEM
    if not filters.transfers:
        keep &= ~np.isin(e.kind[rows], TRANSFERS)
    rows = rows[keep]
    chosen: np.ndarray = rows[_order(served, rows, filters)]
    return chosen


def _second_leg(served: Served, rows: np.ndarray) -> np.ndarray:
    """Redemption rows of the old era that are folded into the row before them."""
    e = served.world.entries
    before = np.maximum(rows - 1, 0)
    old = (e.kind[rows] == Kind.REDEEM) & (e.ts[rows] < REDEEM_SWITCH) & (e.outcome[rows] == 1)
    same = (
        (e.tx[before] == e.tx[rows])
        & (e.market[before] == e.market[rows])
        & (e.trader[before] == e.trader[rows])
    )
    return np.asarray(old & same & (e.kind[before] == Kind.REDEEM) & (rows > 0))


def _order(served: Served, rows: np.ndarray, filters: ActivityFilter) -> np.ndarray:
    e = served.world.entries
    forward = np.arange(len(rows))
    if filters.sort_by == "TIMESTAMP":
        return forward if filters.ascending else forward[::-1]
    key = (e.size_micro if filters.sort_by == "TOKENS" else e.cash_micro)[rows]
    return np.argsort(key if filters.ascending else -key, kind="stable")
