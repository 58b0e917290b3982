"""The lists of markets: all of them, and those that smart money is in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from smartmoney.store import reads
from smartmoney.store.db import Store
from smartmoney.store.reads import MarketFilter, Page, Row, SmartFilter
from smartmoney.widgets import cells, formats
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.models.listing import Column, ListModel
from smartmoney.widgets.models.movers import mover_columns

MOVERS = 12
NONE_HERE = "no smart money here"
COUNTED = "smart wallets with at least $100 in it"
WEIGHTED = "sum of skillProb times log exposure"
DIVERGENCE = "what the lean is worth in cents beyond the price; a signal, not advice"


def status(row: Row) -> Cell:
    """A market's status as a chip."""
    return cells.chip(row["status"], cells.STATUS_TONES.get(row["status"], ""))


def divergence(value: float | None) -> Cell:
    """Smart probability less price, in cents."""
    return (
        cells.none("needs 300 resolved markets to be fitted")
        if value is None
        else cells.cents_change(value)
    )


def lean(row: Row) -> Cell:
    """Which way smart money leans; the number on hover."""
    low, high = row.get("lean_lo"), row.get("lean_hi")
    return cells.lean(row["lean_label"], row["smart_lean"], low, high, bare=True)


def lean_interval(row: Row) -> Cell:
    """The lean with its interval as a bar."""
    few = "fewer than 3 smart wallets"
    return cells.interval(row["smart_lean"], row["lean_lo"], row["lean_hi"], 1.0, few, "")


def event(row: Row) -> Cell:
    """The event's title, cut short."""
    title = row["event_title"] or ""
    return cells.text(formats.words(title, 48), title or "no event")


def wallets(row: Row) -> Cell:
    """How many smart wallets; for an outcome of a negative-risk event also how many the whole event has."""
    cell = cells.number(row["smart_count"])
    whole = row.get("event_count")
    return (
        cell
        if not whole
        else {**cell, "n": f"of {whole}", "h": f"{whole} in the whole event, each counted once"}
    )


def smart_question(row: Row) -> Cell:
    """The market's question; for a negative-risk event how many of its outcomes hold smart money."""
    others = row["event_markets"]
    note = (
        f"best of {others} outcomes" if others > 1 else "negative risk" if row["neg_risk"] else ""
    )
    return cells.question(row["question"], row["id"], note)


class MarketsModel(ListModel):
    """Every market, the most traded of the last 24 hours first."""

    name = "markets"
    title = "Markets"
    job = "sync_markets"
    jobs = ("sync_markets", "calculate_smart_markets")
    kind = MarketFilter
    rows_called = "markets"

    def fetch(self, store: Store, wanted: Any) -> Page:
        """One page of markets."""
        return reads.markets(store, wanted)

    def extras(self, page: Page) -> dict[str, Any]:
        """Sparklines of price, and the categories there are."""
        known = self.data.get("categories") or reads.categories(self.store)
        return {
            "sparks": reads.price_sparklines(self.store, [row["id"] for row in page.rows]),
            "categories": known,
        }

    def columns(self) -> Sequence[Column]:
        """The columns of the table."""
        now = self.clock()
        return (
            Column(
                "question",
                "Market",
                lambda r: cells.question(r["question"], r["id"]),
                True,
                left=True,
                stick=True,
            ),
            Column(
                "category",
                "Category",
                lambda r: cells.text(r["category"], "uncategorised"),
                left=True,
            ),
            Column("status", "Status", status, left=True),
            Column(
                "price", "Price", lambda r: cells.cents(r["price"]), True, "of the first outcome"
            ),
            Column(
                "price_change_24h",
                "24 h",
                lambda r: cells.cents_change(r["price_change_24h"]),
                True,
            ),
            Column("trend", "7 days", self._spark),
            Column("volume_24h", "Volume 24 h", lambda r: cells.usd(r["volume_24h"]), True),
            Column("volume", "Volume", lambda r: cells.usd(r["volume"]), True),
            Column("liquidity", "Liquidity", lambda r: cells.usd(r["liquidity"]), True),
            Column(
                "smart_count",
                "Smart",
                lambda r: cells.number(r["smart_count"], NONE_HERE),
                True,
                COUNTED,
            ),
            Column("lean", "Lean", lean, left=True),
            Column(
                "end_date", "Ends", lambda r: cells.when(r["end_date"], now, "no end date"), True
            ),
            Column("event", "Event", event, left=True),
        )

    def _spark(self, row: Row) -> Cell:
        return cells.spark(self.data.get("sparks", {}).get(row["id"]), "price over 7 days")


class SmartMarketsModel(ListModel):
    """Markets that smart money is in, the highest smartScore first."""

    name = "smart_markets"
    title = "Smart markets"
    job = "calculate_smart_markets"
    jobs = ("calculate_rarity_scores", "calculate_smart_markets")
    kind = SmartFilter
    rows_called = "smart markets"

    def fetch(self, store: Store, wanted: Any) -> Page:
        """One page of smart markets."""
        return reads.smart_markets(store, wanted)

    def asked(self, query: str) -> None:
        """As every list; negative-risk events are one row each unless the address says otherwise."""
        super().asked(query)
        if "grouped=" not in query:
            self.filter = self.filter.but(grouped=True)

    def extras(self, page: Page) -> dict[str, Any]:
        """Sparklines of net smart flow, and the categories there are."""
        known = self.data.get("categories") or reads.categories(self.store)
        ids = [row["id"] for row in page.rows]
        return {
            "flows": reads.flow_sparklines(self.store, ids, self.settings.smart_tiers),
            "categories": known,
            "movers": reads.smart_movers(self.store, size=MOVERS),
            "hours": reads.smart_flow_by_tier(self.store, "hour"),
            "days": reads.smart_flow_by_tier(self.store, "day"),
        }

    def mover_columns(self) -> Sequence[Column]:
        """Columns of the moves of the last 24 hours."""
        return mover_columns(self.clock(), everywhere=True)

    def nothing_yet(self) -> str:
        """Why the list is empty without any filter."""
        tiers = " or ".join(self.settings.smart_tiers)
        return (
            f"No market holds smart money: no unflagged wallet of tier {tiers} has $100 in one, or "
            "calculate_smart_markets has not run yet."
        )

    def columns(self) -> Sequence[Column]:
        """The columns of the table: where, which way, how much, what it is worth, when."""
        now = self.clock()
        return (
            Column("question", "Market", smart_question, left=True, stick=True),
            Column("smart_lean", "Lean", lean, True, "(YES − NO) / (YES + NO), −1 to 1", left=True),
            Column("interval", "Interval", lean_interval, hint="90 %, bootstrap over wallets"),
            Column(
                "smart_score",
                "Score",
                lambda r: cells.score(r["smart_score"]),
                True,
                "attention, unsigned",
            ),
            Column(
                "smart_count",
                "Wallets",
                wallets,
                True,
                "in an event of several outcomes: of so many in all of it",
            ),
            Column(
                "smart_weighted",
                "Weighted",
                lambda r: cells.score(r["smart_weighted"]),
                True,
                WEIGHTED,
            ),
            Column(
                "smart_share",
                "Share",
                self._share,
                True,
                "of the holders' exposure, with holder coverage",
            ),
            Column("price", "Price", lambda r: cells.cents(r["price"]), True),
            Column(
                "smart_divergence",
                "Divergence",
                lambda r: divergence(r["smart_divergence"]),
                True,
                DIVERGENCE,
            ),
            Column("flow", "Flow 7 days", self._flow, hint="net USD of smart tiers by day"),
            Column("liquidity", "Liquidity", lambda r: cells.usd(r["liquidity"]), True),
            Column(
                "end_date", "Ends", lambda r: cells.when(r["end_date"], now, "no end date"), True
            ),
            Column("computed_at", "Computed", lambda r: cells.when(r["computed_at"], now), True),
            Column("event", "Event", event, left=True),
        )

    def _flow(self, row: Row) -> Cell:
        return cells.spark(
            self.data.get("flows", {}).get(row["id"]), "net smart flow over 7 days", zero=True
        )

    def _share(self, row: Row) -> Cell:
        coverage = row["coverage"]
        reason = (
            "holders cover too little"
            if coverage is None
            else f"holders cover {formats.percent(coverage, 0)}, under 50 %"
        )
        note = "" if coverage is None else f"of {formats.percent(coverage, 0)}"
        return cells.share(row["smart_share"], reason, note)
