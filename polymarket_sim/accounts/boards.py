"""Leaderboards, biggest wins, open interest: what is computed over all wallets at once, and kept for a
while."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from polymarket_sim.accounts.served import Served
from polymarket_sim.model import Kind, Side
from smartmoney.units import DAY_SECONDS, MICRO

PERIOD_DAYS = {"day": 1, "week": 7, "month": 30, "all": 10**5}


@dataclass
class Board:
    """Per trader: PnL and USD volume in micro-dollars, share volume in micro-shares; orders hold ranked
    traders only."""

    at: int
    pnl: np.ndarray
    usd: np.ndarray
    shares: np.ndarray
    by_pnl: np.ndarray
    by_usd: np.ndarray
    by_shares: np.ndarray


def board(served: Served, period: str, category: str = "overall") -> Board:
    """The board of a period and category, at most `board_refresh` seconds of world time old.

    Finite windows are the marked change of equity net of deposits and withdrawals (fees and income count);
    `all` is the lifetime realized PnL before fees.
    """
    key, now = ("board", period, category), served.world.now
    kept = served.caches.get(key)
    if isinstance(kept, Board) and now - kept.at < served.limits.board_refresh:
        return kept
    made = _make(served, period, category)
    served.caches[key] = made
    return made


def _make(served: Served, period: str, category: str) -> Board:
    world, size = served.world, len(served.world.traders)
    since = world.now - PERIOD_DAYS[period] * DAY_SECONDS
    inside = _markets_in(served, category)
    first = int(np.searchsorted(world.entries.ts, since, "right"))
    usd, shares = _volume(served, first, inside)
    pnl = (
        _realized(served, inside)
        if period == "all"
        else _equity_change(served, since, first, inside, category)
    )
    seen = np.zeros(size, bool)
    seen[world.entries.trader[first:]] = True
    ranked = (
        np.flatnonzero((pnl != 0) | (usd > 0))
        if period != "all"
        else np.flatnonzero(seen & ((pnl != 0) | (usd > 0)))
    )
    orders = (ranked[np.argsort(-values[ranked], kind="stable")] for values in (pnl, usd, shares))
    return Board(world.now, pnl, usd, shares, *orders)


def _markets_in(served: Served, category: str) -> np.ndarray:
    world = served.world
    return np.array(
        [
            category == "overall" or world.events[m.event].category == category
            for m in world.markets
        ],
        bool,
    )


def _volume(served: Served, first: int, inside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    e, size = served.world.entries, len(served.world.traders)
    rows = first + np.flatnonzero(e.kind[first:] == Kind.TRADE)
    rows = rows[inside[e.market[rows]]]
    sign = np.where(e.side[rows] == Side.BUY, 1, -1)
    return _sum(e.trader[rows], e.cash_micro[rows] - sign * e.fee_micro[rows], size), _sum(
        e.trader[rows], e.size_micro[rows], size
    )


def _sum(keys: np.ndarray, values: np.ndarray, size: int) -> np.ndarray:
    out = np.zeros(size, np.int64)
    np.add.at(out, keys, values)
    return out


def _realized(served: Served, inside: np.ndarray) -> np.ndarray:
    book = served.positions
    mine = inside[book.token >> 1]
    return _sum(book.trader[mine], book.realized[mine], len(served.world.traders))


def _equity_change(
    served: Served, since: int, first: int, inside: np.ndarray, category: str
) -> np.ndarray:
    """Cash in since then, plus the value held now, less the value held then."""
    world, book, e = served.world, served.positions, served.world.entries
    size = len(world.traders)
    cash = _cash(served, first, inside, category == "overall")
    slot, row, change = book.changes()
    late = row >= first
    before = book.shares - _sum(slot[late], change[late], book.size)
    then = np.array(
        [world.price_micro(m, o, since) for m in range(len(world.markets)) for o in (0, 1)],
        np.int64,
    )
    mine = inside[book.token >> 1]
    value = (
        book.shares // MICRO * served.marks[book.token]
        + book.shares % MICRO * served.marks[book.token] // MICRO
    )
    value -= before // MICRO * then[book.token] + before % MICRO * then[book.token] // MICRO
    return np.asarray(
        _sum(e.trader[first:], cash, size) + _sum(book.trader[mine], value[mine], size)
    )


def _cash(served: Served, first: int, inside: np.ndarray, income: bool) -> np.ndarray:
    """Signed cash of ledger rows from `first` on; transfers are 0, income counts only when asked."""
    e = served.world.entries
    kind, side, cash = e.kind[first:], e.side[first:], e.cash_micro[first:]
    out = ((kind == Kind.TRADE) & (side == Side.BUY)) | (kind == Kind.SPLIT)
    none = np.isin(kind, (Kind.DEPOSIT, Kind.WITHDRAWAL, Kind.COMBO_TRADE, Kind.COMBO_REDEEM))
    market = e.market[first:]
    counted = np.where(market >= 0, inside[np.maximum(market, 0)], income)
    return np.where(none | ~counted, 0, np.where(out, -cash, cash))


def markets_traded(served: Served, trader: int | None) -> int:
    """How many markets a wallet had fills in."""
    if trader is None:
        return 0
    rows = served.world.by_trader.rows(trader)
    fills = rows[served.world.entries.kind[rows] == Kind.TRADE]
    return len(np.unique(served.world.entries.market[fills]))


def open_interest(served: Served, markets: list[int] | None) -> list[tuple[str, int]]:
    """Open interest in micro-dollars: shares of the more numerous outcome held; ("GLOBAL", total) without
    markets."""
    book, world = served.positions, served.world
    held = _sum(book.token, book.shares, 2 * len(world.markets)).reshape(-1, 2).max(axis=1)
    if markets is not None:
        return [(world.markets[market].condition_id, int(held[market])) for market in markets]
    resolved = np.array([market.payouts is not None for market in world.markets], bool)
    return [("GLOBAL", int(held[~resolved].sum()))]


@dataclass
class Win:
    """A position in a resolved market that made money; amounts in micro-dollars."""

    slot: int
    trader: int
    market: int
    outcome: int
    pnl: int
    spent: int


def wins(served: Served, period: str, category: str) -> list[Win]:
    """Positions in markets resolved within the period, by total PnL, winners only."""
    world, book = served.world, served.positions
    since = world.now - PERIOD_DAYS[period] * DAY_SECONDS
    fresh = np.array(
        [
            m.resolved_at is not None and m.payouts is not None and m.resolved_at > since
            for m in world.markets
        ],
        bool,
    )
    fresh &= _markets_in(served, category)
    slots = np.flatnonzero(fresh[book.token >> 1])
    value = book.shares[slots] // MICRO * served.marks[book.token[slots]]
    pnl = book.realized[slots] + value - book.cost[slots]
    order = slots[np.argsort(-pnl, kind="stable")], np.sort(-pnl)
    found = []
    for slot, loss in zip(order[0].tolist(), order[1].tolist(), strict=False):
        if loss >= 0:
            break
        spent = int(book.bought[slot]) * int(book.avg_pico[slot]) // 10**12
        token = int(book.token[slot])
        found.append(Win(slot, int(book.trader[slot]), token >> 1, token & 1, -loss, spent))
    return found
