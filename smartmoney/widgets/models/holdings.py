"""The lists on a trader's page: positions, fills, activity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from smartmoney.store import reads
from smartmoney.store.db import Store
from smartmoney.store.reads import ActivityFilter, Page, PositionFilter, Row, TradeFilter
from smartmoney.widgets import cells, formats, links
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.models.base import PageModel
from smartmoney.widgets.models.listing import Column, ListModel

SIDE_TONES = {"BUY": "gain", "SELL": "loss"}


def transaction(row: Row) -> Cell:
    """A transaction hash, linked to the explorer."""
    tx_hash = row["tx_hash"]
    return {
        "t": formats.short_address(tx_hash),
        "h": tx_hash,
        "u": links.transaction_in_explorer(tx_hash),
    }


class OwnedList(ListModel):
    """A list that belongs to another page's subject; `owner_id` is set by that page before it is read."""

    def __init__(self, owner: PageModel, **named: Any) -> None:
        self.owner = owner
        self.owner_id = 0
        super().__init__("", **named)

    def nothing_yet(self) -> str:
        """Why the list is empty without any filter."""
        return f"No {self.rows_called} yet."

    @property
    def file_name(self) -> str:
        """Name of an export: what, of whom."""
        return f"{self.name}-{self.owner_id}"


class PositionsModel(OwnedList):
    """Open and closed positions."""

    name = "positions"
    title = "Positions"
    kind = PositionFilter
    rows_called = "positions"

    def fetch(self, store: Store, wanted: Any) -> Page:
        """One page of positions."""
        return reads.trader_positions(store, self.owner_id, wanted)

    def columns(self) -> Sequence[Column]:
        """The columns of the table."""
        now = self.clock()
        return (
            Column(
                "question",
                "Market",
                lambda r: cells.question(r["question"], r["market_id"]),
                left=True,
                stick=True,
            ),
            Column(
                "outcome",
                "Side",
                lambda r: cells.chip(
                    formats.words(r["outcome"] or "?", 18),
                    "gain" if r["outcome_index"] == 0 else "loss",
                    r["outcome"] or "",
                ),
                left=True,
            ),
            Column("shares", "Shares", lambda r: cells.shares(r["shares"]), True),
            Column(
                "avg_price",
                "Entry",
                lambda r: cells.cents(r["avg_price"], "no shares left"),
                True,
                "average price paid",
            ),
            Column(
                "mark",
                "Price",
                lambda r: cells.cents(r["mark"], "no mark"),
                hint="payout, else the price of the moment",
            ),
            Column("cost", "Cost", lambda r: cells.usd(r["cost"]), True),
            Column("market_value", "Value", lambda r: cells.usd(r["value"], "closed"), True),
            Column(
                "unrealized_pnl",
                "Unrealized",
                lambda r: cells.gain(r["unrealized_pnl"], "closed"),
                True,
            ),
            Column("realized_pnl", "Realized", lambda r: cells.gain(r["realized_pnl"]), True),
            Column(
                "state",
                "State",
                lambda r: cells.chip(
                    "closed" if r["closed"] else "open", "dim" if r["closed"] else "gain"
                ),
                left=True,
            ),
            Column(
                "end_date", "Ends", lambda r: cells.when(r["end_date"], now, "no end date"), True
            ),
            Column(
                "last_at", "Last trade", lambda r: cells.when(r["last_at"], now, "not known"), True
            ),
        )


class TradesModel(OwnedList):
    """Fills, newest first."""

    name = "trades"
    title = "Trades"
    kind = TradeFilter
    rows_called = "trades"

    def fetch(self, store: Store, wanted: Any) -> Page:
        """One page of fills."""
        return reads.trader_trades(store, self.owner_id, wanted)

    def columns(self) -> Sequence[Column]:
        """The columns of the table."""
        now = self.clock()
        return (
            Column("ts", "When", lambda r: cells.when(r["ts"], now), True),
            Column(
                "side", "Side", lambda r: cells.chip(r["side"], SIDE_TONES[r["side"]]), left=True
            ),
            Column(
                "question",
                "Market",
                lambda r: cells.question(r["question"], r["market_id"]),
                left=True,
                stick=True,
            ),
            Column(
                "outcome",
                "Outcome",
                lambda r: cells.text(formats.words(r["outcome"] or "", 24), "not labelled"),
                left=True,
            ),
            Column("shares", "Shares", lambda r: cells.shares(r["shares"])),
            Column("price", "Price", lambda r: cells.cents(r["price"])),
            Column("cash", "Cash", lambda r: cells.usd(r["cash"])),
            Column("tx", "Transaction", transaction, left=True),
        )


class ActivityModel(OwnedList):
    """What trades alone miss."""

    name = "activity"
    title = "Activity"
    kind = ActivityFilter
    rows_called = "activity rows"

    def fetch(self, store: Store, wanted: Any) -> Page:
        """One page of activity."""
        return reads.trader_activity(store, self.owner_id, wanted)

    def columns(self) -> Sequence[Column]:
        """The columns of the table."""
        now = self.clock()
        return (
            Column("ts", "When", lambda r: cells.when(r["ts"], now), True),
            Column(
                "kind",
                "What",
                lambda r: cells.chip(r["kind"], "", f"the API calls it {r['raw_kind']}"),
                left=True,
            ),
            Column(
                "question",
                "Market",
                lambda r: (
                    cells.question(r["question"], r["market_id"])
                    if r["question"]
                    else cells.none("not about a market")
                ),
                left=True,
                stick=True,
            ),
            Column(
                "outcome", "Outcome", lambda r: cells.text(r["outcome"], "all outcomes"), left=True
            ),
            Column("shares", "Shares", lambda r: cells.shares(r["shares"])),
            Column("cash", "Cash", lambda r: cells.usd(r["cash"])),
            Column("tx", "Transaction", transaction, left=True),
        )
