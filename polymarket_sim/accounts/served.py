"""What the routes share: the world, its positions, marks and volumes kept up to date, and the limits of
each route."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from polymarket_sim.accounts.positions import Positions
from polymarket_sim.model import Kind, Side
from polymarket_sim.protocol.query import Cursors
from polymarket_sim.world import REBUILD, World
from smartmoney.units import DAY_SECONDS, MICRO

THREE_YEARS = 3 * 365 * DAY_SECONDS
REDEEM_SWITCH = 1_786_320_000
"""2026-08-10 00:00 UTC: from then on a redemption has one activity row per outcome token."""


@dataclass
class Limits:
    """Caps of the routes where the real service's value is doubtful or has changed."""

    trades_page: int = 1_000
    trades_offset: int = 3_000
    activity_page: int = 500
    activity_offset: int = 5_000
    gamma_page: int = 100
    gamma_offset: int = 10_000
    clob_page: int = 100
    board_offset: int = 1_000
    board_refresh: int = 60
    lag_seconds: int = 4


@dataclass
class Volumes:
    """Taker notional (micro-dollars) and shares (micro) by market over all time and recent windows."""

    at: int
    usd: dict[str, np.ndarray] = field(default_factory=dict)
    shares: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))


class Served:
    """A world as the routes see it."""

    def __init__(self, world: World, limits: Limits | None = None) -> None:
        self.world = world
        self.limits = limits or Limits()
        self.cursors = Cursors(world.seed)
        self.caches: dict[object, object] = {}
        self.views: dict[tuple[int, int, int], list[Any]] = {}
        self.marks = np.zeros(2 * len(world.markets), np.int64)
        for market in range(len(world.markets)):
            self._mark(market)
        self._volumes: Volumes | None = None

    @cached_property
    def positions(self) -> Positions:
        """All positions, up to date with the ledger as of the last `refresh`."""
        return Positions(self.world)

    def refresh(self, markets: set[int]) -> None:
        """Follow the ledger after new rows; `markets` are those whose price or payout may have moved."""
        if len(self.world.entries) - self.positions.done > REBUILD:
            del self.__dict__["positions"]
        self.positions.update()
        missing = 2 * len(self.world.markets) - len(self.marks)
        self.marks = (
            np.concatenate([self.marks, np.zeros(missing, np.int64)]) if missing else self.marks
        )
        for market in markets:
            self._mark(market)

    def _mark(self, market: int) -> None:
        price = self.world.price_micro(market, 0)
        info = self.world.markets[market]
        self.marks[2 * market] = price
        self.marks[2 * market + 1] = info.payouts[1] if info.payouts else MICRO - price

    def volumes(self) -> Volumes:
        """Volumes by market, at most half a minute old."""
        now, size = self.world.now, len(self.world.markets)
        if self._volumes and now - self._volumes.at < 30 and len(self._volumes.shares) == size:
            return self._volumes
        entries = self.world.entries
        rows = np.flatnonzero((entries.kind == Kind.TRADE) & entries.is_taker)
        market, ts = entries.market[rows], entries.ts[rows]
        sign = np.where(entries.side[rows] == Side.BUY, 1, -1)
        notional = entries.cash_micro[rows] - sign * entries.fee_micro[rows]
        found = Volumes(now, shares=_sums(market, entries.size_micro[rows], size))
        for name, days in (("all", 10**5), ("24hr", 1), ("1wk", 7), ("1mo", 30), ("1yr", 365)):
            since = int(np.searchsorted(ts, now - days * DAY_SECONDS))
            found.usd[name] = _sums(market[since:], notional[since:], size)
        self._volumes = found
        return found

    def trader(self, address: str | None) -> int | None:
        """Number of a wallet, None when it is unknown."""
        return self.world.trader_index.get(address or "")

    def conditions(self, ids: list[str]) -> list[int]:
        """Numbers of the known markets among condition ids."""
        found = (self.world.market_index.get(condition.lower()) for condition in ids)
        return [number for number in found if number is not None]

    def of_events(self, ids: list[str]) -> list[int]:
        """Numbers of the markets of events given by gamma id."""
        events = (self.world.event_index.get(number) for number in ids)
        return [
            market
            for event in events
            if event is not None
            for market in self.world.events[event].markets
        ]


def _sums(keys: np.ndarray, values: np.ndarray, size: int) -> np.ndarray:
    out = np.zeros(size, np.int64)
    np.add.at(out, keys, values)
    return out
