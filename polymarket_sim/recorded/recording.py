"""One recording in the simulator's terms, and how recordings become a world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from polymarket_sim.model import (
    NO_INDEX,
    Entries,
    EventInfo,
    Kind,
    MarketInfo,
    Opening,
    Side,
    TraderInfo,
)
from polymarket_sim.world import World

EVENT_BASE, MARKET_BASE = 1_000_000, 2_000_000
AS_THEY_ARE = (
    "ts",
    "kind",
    "outcome",
    "side",
    "size_micro",
    "price_pico",
    "fee_micro",
    "cash_micro",
    "is_taker",
)


class Recorded(NamedTuple):
    """One recorded entry of a wallet; units as in `Entries`; `condition_id` is "" without a market."""

    ts: int
    wallet: str
    tx_hash: str
    cash_micro: int
    size_micro: int
    kind: Kind = Kind.TRADE
    condition_id: str = ""
    outcome: int = NO_INDEX
    side: Side = Side.NONE
    price_pico: int = 0
    fee_micro: int = 0
    is_taker: bool = True


class HeldBefore(NamedTuple):
    """Shares bought before the recording begins, and what they cost."""

    wallet: str
    condition_id: str
    outcome: int
    size_micro: int
    cost_micro: int


@dataclass
class Recording:
    """A recorded set: people by address, events by slug, markets by condition id, rows in time order.

    `MarketInfo.event` is the position of the market's event in `events`; empty gamma ids are filled in later.
    """

    traders: dict[str, TraderInfo] = field(default_factory=dict)
    events: dict[str, EventInfo] = field(default_factory=dict)
    markets: dict[str, MarketInfo] = field(default_factory=dict)
    rows: list[Recorded] = field(default_factory=list)
    held_before: list[HeldBefore] = field(default_factory=list)

    def add(self, market: MarketInfo, event: EventInfo) -> None:
        """Add a market to the event of that slug, which spans its markets; two markets leave it no title but
        its slug."""
        known = self.events.setdefault(event.slug, event)
        if known.title != event.title:
            known.title = event.slug.replace("-", " ").capitalize()
        known.gamma_id = known.gamma_id or event.gamma_id
        known.created_at = min(known.created_at or market.open_at, market.open_at)
        known.end_at = max(known.end_at, market.end_at)
        market.event = list(self.events).index(event.slug)
        self.markets[market.condition_id] = market


def world_of(recordings: Sequence[Recording]) -> World:
    """One world of all recordings; its clock stands one second after the last recorded moment."""
    merged = Recording()
    for recording in recordings:
        events = list(recording.events.values())
        for market in recording.markets.values():
            if market.condition_id not in merged.markets:
                merged.add(market, events[market.event])
        merged.traders = recording.traders | merged.traders
        merged.rows += recording.rows
        merged.held_before += recording.held_before
    return _world(merged)


def _world(merged: Recording) -> World:
    wallets, conditions = list(merged.traders), list(merged.markets)
    markets, events = list(merged.markets.values()), list(merged.events.values())
    _give_ids(events, markets)
    rows = together(merged.rows)
    entries, hashes = _entries(rows, wallets, conditions)
    openings = [
        Opening(wallets.index(wallet), conditions.index(condition), outcome, size, cost)
        for wallet, condition, outcome, size, cost in merged.held_before
    ]
    return World(
        seed=0,
        start_at=rows[0].ts,
        now=rows[-1].ts + 1,
        traders=list(merged.traders.values()),
        events=events,
        markets=markets,
        entries=entries,
        tx_hashes=hashes,
        openings=openings,
    )


def together(rows: Sequence[Recorded]) -> list[Recorded]:
    """Rows by time, those of one transaction next to each other, else in the order given."""
    first: dict[tuple[int, str], int] = {}
    for number, row in enumerate(rows):
        first.setdefault((row.ts, row.tx_hash), number)
    return sorted(rows, key=lambda row: (row.ts, first[row.ts, row.tx_hash]))


def _give_ids(events: list[EventInfo], markets: list[MarketInfo]) -> None:
    for number, event in enumerate(events):
        event.gamma_id = event.gamma_id or str(EVENT_BASE + number)
    for number, market in enumerate(markets):
        market.gamma_id = market.gamma_id or str(MARKET_BASE + number)


def _entries(
    rows: list[Recorded], wallets: list[str], conditions: list[str]
) -> tuple[Entries, list[str]]:
    trader = {wallet: number for number, wallet in enumerate(wallets)}
    market = {condition: number for number, condition in enumerate(conditions)} | {"": NO_INDEX}
    tx: dict[str, int] = {}
    columns = {name: np.array([getattr(row, name) for row in rows]) for name in AS_THEY_ARE}
    columns["trader"] = np.array([trader[row.wallet] for row in rows])
    columns["market"] = np.array([market[row.condition_id] for row in rows])
    columns["tx"] = np.array([tx.setdefault(row.tx_hash, len(tx)) for row in rows])
    return Entries(columns), list(tx)
