"""Order books: made up around the mark, so that the mid is the last price; gone when a market has closed."""

from __future__ import annotations

from dataclasses import dataclass

from polymarket_sim.accounts.served import Served
from polymarket_sim.ids import digest
from polymarket_sim.model import Side
from smartmoney.units import MICRO

LEVELS = 12


@dataclass(frozen=True)
class Book:
    """Levels of one token as (price, size) in micro-units, best first; `tick` is micro-dollars."""

    bids: tuple[tuple[int, int], ...]
    asks: tuple[tuple[int, int], ...]
    tick: int

    @property
    def mid(self) -> int:
        """Half-way between the best prices, in micro-dollars."""
        return (self.bids[0][0] + self.asks[0][0]) // 2

    @property
    def spread(self) -> int:
        """Best ask minus best bid."""
        return self.asks[0][0] - self.bids[0][0]


def tick_of(served: Served, market: int) -> int:
    """Price step of the market's book now: finer near 0 and 1."""
    price = int(served.marks[2 * market])
    coarse = 40_000 <= price <= 960_000 and price % 10_000 == 0
    return served.world.markets[market].tick_micro if coarse else 1_000


def book(served: Served, market: int, outcome: int) -> Book | None:
    """The book of a token, or None when its market no longer trades. The two outcomes mirror each other."""
    info = served.world.markets[market]
    if info.closed_at is not None:
        return None
    tick = tick_of(served, market)
    mark = min(max(int(served.marks[2 * market]), tick + 1_000), MICRO - tick - 1_000)
    depth = _depth(served, market)
    bids = tuple((mark - tick * n, depth * n) for n in range(1, LEVELS + 1) if mark - tick * n > 0)
    asks = tuple(
        (mark + tick * n, depth * (LEVELS + 1 - n))
        for n in range(1, LEVELS + 1)
        if mark + tick * n < MICRO
    )
    if outcome == 0:
        return Book(bids, asks, tick)
    return Book(
        tuple((MICRO - p, s) for p, s in asks), tuple((MICRO - p, s) for p, s in bids), tick
    )


def _depth(served: Served, market: int) -> int:
    """Shares of the first level in micro-units: deeper where more was traded."""
    noise = int(digest("depth", market, size=2), 16) % 4_000
    return (int(served.volumes().shares[market]) // 2_000_000 + 50 + noise) * 10_000


def liquidity(served: Served, market: int) -> int:
    """Dollars resting on both sides of the first outcome's book, in micro-dollars; 0 when closed."""
    found = book(served, market, 0)
    if found is None:
        return 0
    bids = sum(price * size // MICRO for price, size in found.bids)
    return int(bids + sum((MICRO - price) * size // MICRO for price, size in found.asks))


def last_trade(served: Served, market: int, outcome: int) -> tuple[int, str]:
    """Price (1e-12 USD) and side of the taker's last fill, seen from this token; 0.5 and "" when there was
    none."""
    entries, rows = served.world.entries, served.world.fills_by_market.rows(market)
    if not len(rows):
        return MICRO * MICRO // 2, ""
    row = int(rows[-1])
    same = entries.outcome[row] == outcome
    price = int(entries.price_pico[row])
    bought = (entries.side[row] == Side.BUY) == bool(same)
    return (price if same else MICRO * MICRO - price), ("BUY" if bought else "SELL")
