"""The cumulative PnL series of a wallet, and the price history of a token."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from polymarket_sim.accounts import combos
from polymarket_sim.accounts.positions import blank, fold, moves_of
from polymarket_sim.accounts.served import Served
from polymarket_sim.model import Kind, Side
from smartmoney.units import DAY_SECONDS, MICRO

INTERVALS = {
    "max": None,
    "all": None,
    "1m": 30 * DAY_SECONDS,
    "1w": 7 * DAY_SECONDS,
    "1d": DAY_SECONDS,
    "12h": DAY_SECONDS // 2,
    "6h": DAY_SECONDS // 4,
}
FIDELITIES = {"1d": DAY_SECONDS, "18h": 64_800, "12h": 43_200, "3h": 10_800, "1h": 3_600}
MOST_POINTS = 2_000
INCOME = {
    "maker_rebate": Kind.MAKER_REBATE,
    "taker_rebate": Kind.TAKER_REBATE,
    "reward_income": Kind.REWARD,
    "yield_income": Kind.YIELD,
    "referral_income": Kind.REFERRAL_REWARD,
}


@dataclass
class Series:
    """Parallel arrays over the points: Unix seconds, cumulative micro-units (`trades` is a count)."""

    ts: np.ndarray
    realized: np.ndarray
    unrealized: np.ndarray
    fees: np.ndarray
    shares: np.ndarray
    usd: np.ndarray
    trades: np.ndarray
    combos: np.ndarray
    combo_fees: np.ndarray
    income: dict[str, np.ndarray]


def grid(served: Served, trader: int, interval: str, fidelity: str) -> np.ndarray:
    """Moments of the series: whole steps of the fidelity back from now, and now itself."""
    now, step = served.world.now, FIDELITIES[fidelity]
    rows = served.world.by_trader.rows(trader)
    begun = int(served.world.entries.ts[rows[0]]) if len(rows) else now
    span = INTERVALS[interval]
    since = begun if span is None else now - span
    since = max(since, now - MOST_POINTS * step)
    return np.append(np.arange(since // step * step + step, now, step), now)


def series(served: Served, trader: int, ts: np.ndarray) -> Series:
    """The wallet's cumulative numbers at the given moments (ascending)."""
    e = served.world.entries
    rows = served.world.by_trader.rows(trader)
    at = np.searchsorted(e.ts[rows], ts, "right")
    kind, cash, fee, size = e.kind[rows], e.cash_micro[rows], e.fee_micro[rows], e.size_micro[rows]
    fill = kind == Kind.TRADE
    notional = cash - np.where(e.side[rows] == Side.BUY, 1, -1) * fee
    realized, unrealized = _pnl(served, rows, ts)

    def until(values: np.ndarray) -> np.ndarray:
        return np.concatenate([[0], np.cumsum(values)])[at]

    return Series(
        ts,
        realized,
        unrealized,
        until(fee * (kind != Kind.COMBO_TRADE)),
        until(size * fill),
        until(notional * fill),
        until(fill.astype(np.int64)),
        np.array([combos.realized(served, trader, int(at)) for at in ts], np.int64)
        if served.world.combos
        else np.zeros(len(ts), np.int64),
        until(fee * (kind == Kind.COMBO_TRADE)),
        {name: until(cash * (kind == which)) for name, which in INCOME.items()},
    )


def _pnl(served: Served, rows: np.ndarray, ts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Realized and unrealized micro-dollars before fees at each moment."""
    moves = moves_of(served.world, rows)
    tokens, slots = np.unique(moves.token, return_inverse=True)
    when = served.world.entries.ts[moves.row]
    cuts = np.searchsorted(when, ts, "right")
    table, realized, unrealized, begin = blank(len(tokens)), [], [], 0
    marks = np.array(
        [marks_at(served, int(token) >> 1, int(token) & 1, ts) for token in tokens]
    ).reshape(len(tokens), len(ts))
    for point, end in enumerate(cuts.tolist()):
        part = type(moves)(*(column[begin:end] for column in moves))
        fold(part, slots[begin:end], table, when[begin:end])
        value = sum(
            s * m // MICRO
            for s, m in zip(table.shares.tolist(), marks[:, point].tolist(), strict=False)
            if s
        )
        realized.append(int(table.realized.sum()))
        unrealized.append(value - int(table.cost.sum()))
        begin = end
    return np.array(realized, np.int64), np.array(unrealized, np.int64)


def marks_at(served: Served, market: int, outcome: int, ts: np.ndarray) -> np.ndarray:
    """Price of a token in micro-dollars at each of the moments (see `World.price_micro`)."""
    world, info = served.world, served.world.markets[market]
    rows = world.fills_by_market.rows(market)
    at = np.searchsorted(world.entries.ts[rows], ts, "right")
    price = world.entries.price_pico[rows]
    first = np.where(world.entries.outcome[rows] == 0, price, 10**12 - price)
    first = (first + 500_000_000) // 1_000_000_000 * 1_000
    first = np.concatenate([[info.open_price_micro], first])[at]
    found = first if outcome == 0 else MICRO - first
    if info.payouts is not None and info.resolved_at is not None:
        found = np.where(ts >= info.resolved_at, info.payouts[outcome], found)
    return found
