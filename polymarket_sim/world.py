"""A world: its people, its markets, its ledger, and what follows from them at any moment."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from polymarket_sim.model import Combo, Entries, EventInfo, Kind, MarketInfo, Opening, TraderInfo
from polymarket_sim.truth import Truth, truth_of
from polymarket_sim.venue import LIVE, Venue
from smartmoney.units import MICRO, PICO

REBUILD = 20_000
"""From so many new rows on, indexes are built anew rather than extended."""


class RowIndex:
    """Row numbers of the ledger by key (trader or market), ascending; grows as rows are appended."""

    def __init__(self, keys: np.ndarray, rows: np.ndarray, size: int) -> None:
        order = np.argsort(keys, kind="stable")
        self._rows = rows[order]
        self._bounds = np.searchsorted(keys[order], np.arange(size + 1))
        self._tail: dict[int, list[int]] = {}

    def add(self, key: int, row: int) -> None:
        """Note that `row` belongs to `key`; rows arrive in ascending order."""
        self._tail.setdefault(key, []).append(row)

    def rows(self, key: int) -> np.ndarray:
        """Ascending row numbers of `key`, as an int array (empty when there are none)."""
        known = key + 1 < len(self._bounds)
        base = self._rows[self._bounds[key] : self._bounds[key + 1]] if known else self._rows[:0]
        tail = self._tail.get(key)
        return np.concatenate([base, np.asarray(tail, base.dtype)]) if tail else base


@dataclass
class World:
    """Everything the server derives its answers from. `now` is the world's clock in Unix seconds.

    `tx_hashes` gives the transaction hash of each tx number where real ones are known; otherwise they are
    made up from the seed. `hidden` carries the generator's state (true outcomes of open markets), None for
    recorded worlds. `openings` are positions that the ledger does not explain (a recording may begin after
    their purchase).
    """

    seed: int
    start_at: int
    now: int
    traders: list[TraderInfo]
    events: list[EventInfo]
    markets: list[MarketInfo]
    entries: Entries
    tx_hashes: list[str] | None = None
    hidden: Any = None
    openings: list[Opening] = field(default_factory=list)
    combos: list[Combo] = field(default_factory=list)
    venue: Venue = LIVE
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def __post_init__(self) -> None:
        for number, market in enumerate(self.markets):
            if number not in self.events[market.event].markets:
                self.events[market.event].markets.append(number)

    @cached_property
    def trader_index(self) -> dict[str, int]:
        """Lower-case address to trader number."""
        return {trader.address.lower(): number for number, trader in enumerate(self.traders)}

    @cached_property
    def market_index(self) -> dict[str, int]:
        """Condition id to market number."""
        return {
            spelling: number
            for number, market in enumerate(self.markets)
            for spelling in (market.condition_id, market.long_condition_id)
        }

    @cached_property
    def owner_index(self) -> dict[str, int]:
        """Lower-case address of an owner's key to the number of its trader."""
        return {trader.owner: n for n, trader in enumerate(self.traders) if trader.owner}

    @cached_property
    def combo_index(self) -> dict[str, int]:
        """Condition id to combo number."""
        return {combo.condition_id: number for number, combo in enumerate(self.combos)}

    @cached_property
    def event_index(self) -> dict[str, int]:
        """Gamma event id to event number."""
        return {event.gamma_id: number for number, event in enumerate(self.events)}

    @cached_property
    def token_index(self) -> dict[str, tuple[int, int]]:
        """Token id to (market number, outcome index)."""
        return {
            token: (m, o)
            for m, market in enumerate(self.markets)
            for o, token in enumerate(market.token_ids)
        }

    @cached_property
    def by_trader(self) -> RowIndex:
        """Rows of the ledger by trader."""
        return RowIndex(self.entries.trader, np.arange(len(self.entries)), len(self.traders))

    @cached_property
    def fills_by_market(self) -> RowIndex:
        """TRADE rows of the ledger by market."""
        rows = np.flatnonzero(self.entries.kind == Kind.TRADE)
        return RowIndex(self.entries.market[rows], rows, len(self.markets))

    def tx_hash(self, tx: int) -> str:
        """Transaction hash (0x + 64 hex) of a tx number."""
        if self.tx_hashes is not None:
            return self.tx_hashes[tx]
        return "0x" + hashlib.blake2b(b"%d:%d" % (self.seed, tx), digest_size=32).hexdigest()

    def price_micro(self, market: int, outcome: int, at: int | None = None) -> int:
        """Mark of a token in micro-dollars per share: its payout once resolved, else the market's last fill
        price rounded to a tenth of a cent,
        else its opening price; `at` asks for a moment in the past (Unix seconds)."""
        info, when = self.markets[market], self.now if at is None else at
        if info.payouts is not None and info.resolved_at is not None and info.resolved_at <= when:
            return info.payouts[outcome]
        rows = self.fills_by_market.rows(market)
        count = int(np.searchsorted(self.entries.ts[rows], when, "right")) if len(rows) else 0
        first = self._first_outcome_price(int(rows[count - 1])) if count else info.open_price_micro
        return first if outcome == 0 else MICRO - first

    def _first_outcome_price(self, row: int) -> int:
        price = int(self.entries.price_pico[row])
        price = price if self.entries.outcome[row] == 0 else PICO - price
        return (price + 500_000_000) // 1_000_000_000 * 1_000

    def truth(self, trader: int | str) -> Truth:
        """Realized PnL by average cost of one wallet (number or address), exact, in micro-dollars."""
        number = self.trader_index[trader.lower()] if isinstance(trader, str) else trader
        with self.lock:
            return truth_of(self, self.by_trader.rows(number))

    def extend(self, events: list[EventInfo], markets: list[MarketInfo]) -> None:
        """Add events and markets that were asked later, and keep the indexes."""
        with self.lock:
            self.event_index.update(
                (event.gamma_id, len(self.events) + n) for n, event in enumerate(events)
            )
            for number, market in enumerate(markets, len(self.markets)):
                self.market_index[market.condition_id] = number
                self.market_index[market.long_condition_id] = number
                self.token_index.update(
                    (token, (number, outcome)) for outcome, token in enumerate(market.token_ids)
                )
            self.events.extend(events)
            self.markets.extend(markets)

    def replace_entries(self, entries: Entries) -> None:
        """Take another ledger, whose rows have other numbers, and build the indexes anew."""
        with self.lock:
            self.entries = entries
            self.__dict__.pop("by_trader", None)
            self.__dict__.pop("fills_by_market", None)

    def append(self, batch: Entries) -> range:
        """Add new entries (time order, none older than the last) and keep the indexes; returns their row
        numbers."""
        with self.lock:
            if len(batch) > REBUILD:
                self.__dict__.pop("by_trader", None)
                self.__dict__.pop("fills_by_market", None)
                return self.entries.append(batch)
            by_trader, by_market = self.by_trader, self.fills_by_market
            rows = self.entries.append(batch)
            trade = int(Kind.TRADE)
            columns = (batch.trader.tolist(), batch.market.tolist(), batch.kind.tolist())
            for row, trader, market, kind in zip(rows, *columns, strict=True):
                by_trader.add(trader, row)
                if kind == trade:
                    by_market.add(market, row)
        return rows
