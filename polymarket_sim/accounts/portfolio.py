"""Positions as the routes show them: one view of a wallet's holding of one token, and its value chain."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from polymarket_sim.accounts.positions import FIELDS
from polymarket_sim.accounts.served import Served
from polymarket_sim.model import EventInfo, MarketInfo, TraderInfo
from polymarket_sim.protocol.wire import ratio
from smartmoney.units import MICRO

KEPT_WALLETS = 16


@dataclass(slots=True)
class View:
    """One holding. Amounts are micro-units; `average` is 1e-12 USD per share; fees are outside `cost` and
    `realized`."""

    slot: int
    trader: int
    market: int
    outcome: int
    shares: int
    cost: int
    fees: int
    bought: int
    realized: int
    average: int
    first_ts: int
    last_ts: int
    price: int
    resolved: bool
    mergeable: bool

    @property
    def value(self) -> int:
        """Shares at the mark."""
        return int(self.shares * self.price // MICRO)

    @property
    def unrealized(self) -> int:
        """Value minus what the shares held cost."""
        return self.value - self.cost

    @property
    def total(self) -> int:
        """Realized and unrealized together."""
        return self.realized + self.unrealized

    @property
    def percent(self) -> int:
        """Unrealized over cost, in millionths of a percent."""
        return ratio(self.unrealized, self.cost)

    @property
    def percent_realized(self) -> int:
        """(value - bought x average) / (bought x average), as the service misnames it."""
        spent = self.bought * self.average // 1_000_000_000_000
        return ratio(self.value - spent, spent)

    @property
    def status(self) -> str:
        """OPEN, REDEEMABLE or CLOSED."""
        return "CLOSED" if self.shares == 0 else "REDEEMABLE" if self.resolved else "OPEN"


def views(served: Served, slots: Iterable[int]) -> list[View]:
    """Views of positions by slot."""
    book, found = served.positions, []
    numbers = list(slots)
    columns = [getattr(book, name)[numbers].tolist() for name in FIELDS]
    for slot, *values in zip(numbers, *columns, strict=False):
        trader, token, shares, cost, fees, bought, realized, average, first, last = values
        market, outcome = token >> 1, token & 1
        resolved = served.world.markets[market].payouts is not None
        price = int(served.marks[token])
        found.append(
            View(
                slot,
                trader,
                market,
                outcome,
                shares,
                cost,
                fees,
                bought,
                realized,
                average,
                first,
                last,
                price,
                resolved,
                False,
            )
        )
    return found


def of_trader(served: Served, trader: int | None, markets: list[int] | None = None) -> list[View]:
    """All positions a wallet ever had, closed ones too; a holding is mergeable when the opposite outcome is
    held as well."""
    if trader is None:
        return []
    found = _kept(served, trader)
    return found if markets is None else [view for view in found if view.market in set(markets)]


def _kept(served: Served, trader: int) -> list[View]:
    """The wallet's views as of the last ledger row, kept for the pages of one walk."""
    stamp, kept = (trader, len(served.world.entries), served.world.now), served.views
    if stamp not in kept:
        found = views(served, served.positions.by_trader.rows(trader).tolist())
        held = {(view.market, view.outcome) for view in found if view.shares}
        for view in found:
            view.mergeable = view.shares > 0 and (view.market, 1 - view.outcome) in held
        while len(kept) >= KEPT_WALLETS:
            del kept[next(iter(kept))]
        kept[stamp] = found
    return kept[stamp]


def of_market(served: Served, market: int) -> list[View]:
    """All positions anybody ever had in a market."""
    slots = [
        slot
        for outcome in (0, 1)
        for slot in served.positions.by_token.rows(2 * market + outcome).tolist()
    ]
    return views(served, slots)


def day(ts: int) -> str:
    """YYYY-MM-DD of a Unix second, UTC."""
    return datetime.fromtimestamp(ts, UTC).strftime("%Y-%m-%d")


def about(served: Served, view: View) -> tuple[MarketInfo, EventInfo, TraderInfo]:
    """The market, event and wallet of a view."""
    market = served.world.markets[view.market]
    return market, served.world.events[market.event], served.world.traders[view.trader]


def ordered(found: list[View], key: Callable[[View], object], descending: bool) -> list[View]:
    """Sorted by a key; ties stay in slot order."""
    return sorted(found, key=key, reverse=descending)  # type: ignore[arg-type]


def titled(served: Served, found: list[View], title: str) -> list[View]:
    """Those whose market's title contains the text, upper and lower case alike."""
    if not title:
        return found
    return [
        view
        for view in found
        if title.lower() in served.world.markets[view.market].question.lower()
    ]


def sort_keys(served: Served) -> Mapping[str, Callable[[View], object]]:
    """Sort keys of the position routes of both versions."""
    markets = served.world.markets
    return {
        "CURRENT": lambda v: v.value,
        "CURRENT_VALUE": lambda v: v.value,
        "INITIAL": lambda v: v.cost,
        "TOKENS": lambda v: v.shares,
        "CASHPNL": lambda v: v.unrealized,
        "UNREALIZED_PNL": lambda v: v.unrealized,
        "PERCENTPNL": lambda v: v.percent,
        "PRICE": lambda v: v.price,
        "AVGPRICE": lambda v: v.average,
        "TITLE": lambda v: markets[v.market].question,
        "RESOLVING": lambda v: markets[v.market].end_at,
        "REALIZEDPNL": lambda v: v.realized,
        "REALIZED_PNL": lambda v: v.realized,
        "TOTAL_PNL": lambda v: v.total,
        "TIMESTAMP": lambda v: v.last_ts,
    }
