"""One trader: who, what they hold, what they did, and how their score came about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from smartmoney.errors import ParameterError
from smartmoney.store.db import Store
from smartmoney.store.reads.base import Page, Row, fetch, fetch_one, fetch_page, write
from smartmoney.store.reads.filters import ListFilter, Sort, among
from smartmoney.store.reads.identity import wallet_address

Source = Literal["trades", "positions"]
SOURCES: tuple[Source, ...] = ("trades", "positions")
MOST_EVENTS = 2_000
SIDES = {"BUY": 1, "SELL": -1}


class PositionSort(Sort):
    """Keys positions can be sorted by."""

    market_value = ("value", "numeric")
    unrealized_pnl = ("unrealized_pnl", "numeric")
    realized_pnl = ("realized_pnl", "numeric")
    shares = ("shares", "numeric")
    cost = ("cost", "numeric")
    avg_price = ("avg_price", "numeric")
    last_at = ("last_at", "timestamptz")
    end_date = ("end_date", "timestamptz")


class TradeSort(Sort):
    """Keys fills can be sorted by; only time has an index, so only time is offered."""

    ts = ("trade.ts", "timestamptz", "never null")


class ActivitySort(Sort):
    """Keys activity can be sorted by."""

    ts = ("activity.ts", "timestamptz", "never null")


@dataclass(frozen=True, kw_only=True)
class PositionFilter(ListFilter):
    """Which positions: `states` any of open, closed; both when empty."""

    sort: PositionSort = PositionSort.market_value
    states: tuple[str, ...] = among(("open", "closed"))
    category: str = ""


@dataclass(frozen=True, kw_only=True)
class TradeFilter(ListFilter):
    """Which fills: `sides` any of BUY, SELL; `tiers` applies to a market's fills."""

    sort: TradeSort = TradeSort.ts
    sides: tuple[str, ...] = among(("BUY", "SELL"))
    tiers: tuple[str, ...] = among(("S", "A", "B", "C", "D", "E"))

    @property
    def side_sign(self) -> int | None:
        """1 for buys only, -1 for sells only, else None."""
        return SIDES[self.sides[0]] if len(self.sides) == 1 else None


@dataclass(frozen=True, kw_only=True)
class ActivityFilter(ListFilter):
    """Which activity."""

    sort: ActivitySort = ActivitySort.ts


def trader(store: Store, address: str) -> Row | None:
    """The trader with everything the latest score said, or None when the wallet is not known.

    Raises:
        ParameterError: it is no wallet address.
    """
    return fetch_one(store, "trader", address=wallet_address(address))


def trader_positions(store: Store, trader_id: int, wanted: PositionFilter | None = None) -> Page:
    """Positions with shares, average price, cost, mark, value and PnL in USD."""
    wanted = wanted or PositionFilter()
    return fetch_page(
        store,
        "trader_positions",
        wanted,
        trader_id=trader_id,
        open_only=wanted.states == ("open",),
        closed_only=wanted.states == ("closed",),
    )


def trader_trades(store: Store, trader_id: int, wanted: TradeFilter | None = None) -> Page:
    """Fills, newest first; not counted (`trader.trade_count` is the count)."""
    wanted = wanted or TradeFilter()
    return fetch_page(
        store,
        "trader_trades",
        wanted,
        counted=False,
        trader_id=trader_id,
        side_sign=wanted.side_sign,
    )


def trader_activity(store: Store, trader_id: int, wanted: ActivityFilter | None = None) -> Page:
    """Splits, merges, redemptions, conversions, income and transfers, newest first; not counted."""
    return fetch_page(
        store, "trader_activity", wanted or ActivityFilter(), counted=False, trader_id=trader_id
    )


def trader_daily(store: Store, trader_id: int) -> list[Row]:
    """One row a day, oldest first: day, realized_pnl, total_pnl, volume (USD), fills."""
    return fetch(store, "trader_daily", trader_id=trader_id)


def trader_events(store: Store, trader_id: int, most: int = MOST_EVENTS) -> list[Row]:
    """Results per event, the largest absolute PnL first; at most 2,000."""
    return fetch(store, "trader_events", trader_id=trader_id, most=min(max(most, 1), MOST_EVENTS))


def trader_categories(store: Store, trader_id: int) -> list[Row]:
    """Results per category: category, pnl, invested (USD), events, decided, won."""
    return fetch(store, "trader_categories", trader_id=trader_id)


def trader_calibration(store: Store, trader_id: int) -> list[Row]:
    """Tenths of the price paid: bucket 1 to 10, events, mean price paid, share won."""
    return fetch(store, "trader_calibration", trader_id=trader_id)


def score_history(store: Store, trader_id: int) -> list[Row]:
    """Every score the trader ever had, oldest first."""
    return fetch(store, "trader_scores", trader_id=trader_id)


def trader_peers(store: Store, trader_id: int, rarity_score: int | None) -> list[Row]:
    """The unflagged wallets ranked just above and below; none for a wallet without a score."""
    if rarity_score is None:
        return []
    return fetch(store, "trader_peers", trader_id=trader_id, rarity_score=rarity_score)


def request_sync(store: Store, address: str, sources: tuple[Source, ...] = SOURCES) -> int:
    """Put a trader's streams at the head of the queue, known or not; returns the trader's id.

    Raises:
        ParameterError: no wallet address, or a source that does not exist.
    """
    unknown = set(sources) - set(SOURCES)
    if unknown or not sources:
        raise ParameterError(
            f"There is no source {', '.join(sorted(unknown)) or 'named'}; there are trades, positions."
        )
    row = write(store, "request_sync", address=wallet_address(address), sources=list(sources))
    assert row is not None
    return int(row["trader_id"])


def sync_progress(store: Store, address: str) -> list[Row]:
    """Per stream of the trader: due_at, leased, last_success_at, last_error_at, last_error, watermark."""
    return fetch(store, "sync_progress", address=wallet_address(address))
