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


def status(row: Row) -> Cell:
    """A market's status as a chip."""
    return cells.chip(row["status"], cells.STATUS_TONES.get(row["status"], ""))


def divergence(value: float | None) -> Cell:
    """Smart probability less price, in cents."""
    return cells.none("needs 300 resolved markets to be fitted") if value is None else cells.cents_change(value)


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
        return {"sparks": reads.price_sparklines(self.store, [row["id"] for row in page.rows]), "categories": known}

    def columns(self) -> Sequence[Column]:
        """The columns of the table."""
        now = self.clock()
        return (
            Column("question", "Market", lambda r: cells.question(r["question"], r["id"]), True, left=True, stick=True),
            Column("category", "Category", lambda r: cells.text(r["category"], "uncategorised"), left=True),
            Column("status", "Status", status, left=True),
            Column("price", "Price", lambda r: cells.cents(r["price"]), True, "of the first outcome"),
            Column("price_change_24h", "24 h", lambda r: cells.cents_change(r["price_change_24h"]), True),
            Column("trend", "7 days", lambda r: cells.spark(self.data.get("sparks", {}).get(r["id"]), "price over 7 days")),
            Column("volume_24h", "Volume 24 h", lambda r: cells.usd(r["volume_24h"]), True),
            Column("volume", "Volume", lambda r: cells.usd(r["volume"]), True),
            Column("liquidity", "Liquidity", lambda r: cells.usd(r["liquidity"]), True),
            Column("smart_count", "Smart", lambda r: cells.number(r["smart_count"], "no smart money here"), True,
                   "smart wallets with at least $100 in it"),
            Column("lean", "Lean", lambda r: cells.lean(r["lean_label"], r["smart_lean"], bare=True),
                   left=True),
            Column("end_date", "Ends", lambda r: cells.when(r["end_date"], now, "no end date"), True),
            Column("event", "Event", lambda r: cells.text(formats.words(r["event_title"] or "", 48), r["event_title"] or
                                                          "no event"), left=True),
        )


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

    def extras(self, page: Page) -> dict[str, Any]:
        """Sparklines of net smart flow, and the categories there are."""
        known = self.data.get("categories") or reads.categories(self.store)
        ids = [row["id"] for row in page.rows]
        return {"flows": reads.flow_sparklines(self.store, ids, self.settings.smart_tiers), "categories": known}

    def nothing_yet(self) -> str:
        """Why the list is empty without any filter."""
        tiers = " or ".join(self.settings.smart_tiers)
        return (f"No market holds smart money: no unflagged wallet of tier {tiers} has $100 in an open market, or "
                "calculate_smart_markets has not run yet.")

    def columns(self) -> Sequence[Column]:
        """The columns of the table."""
        now = self.clock()
        return (
            Column("question", "Market", lambda r: cells.question(r["question"], r["id"], "negative risk" if r["neg_risk"]
                   else ""), left=True, stick=True),
            Column("smart_lean", "Lean", lambda r: cells.lean(r["lean_label"], r["smart_lean"], r["lean_lo"], r["lean_hi"],
                   bare=True), True, "(YES − NO) / (YES + NO), −1 to 1; 90 % interval on hover", left=True),
            Column("interval", "Interval", lambda r: cells.interval(r["smart_lean"], r["lean_lo"], r["lean_hi"], 1.0,
                   "fewer than 3 smart wallets", ""), hint="bootstrap over wallets"),
            Column("smart_score", "Score", lambda r: cells.score(r["smart_score"]), True, "attention, unsigned"),
            Column("smart_count", "Wallets", lambda r: cells.number(r["smart_count"]), True),
            Column("smart_weighted", "Weighted", lambda r: cells.score(r["smart_weighted"]), True,
                   "sum of skillProb times log exposure"),
            Column("smart_share", "Share", self._share, True, "of the holders' exposure, with holder coverage"),
            Column("price", "Price", lambda r: cells.cents(r["price"]), True),
            Column("smart_divergence", "Divergence", lambda r: divergence(r["smart_divergence"]), True,
                   "what the lean is worth in cents beyond the price; a signal, not advice"),
            Column("flow", "Flow 7 days", lambda r: cells.spark(self.data.get("flows", {}).get(r["id"]),
                   "net smart flow over 7 days", zero=True), hint="net USD of smart tiers by day"),
            Column("liquidity", "Liquidity", lambda r: cells.usd(r["liquidity"]), True),
            Column("end_date", "Ends", lambda r: cells.when(r["end_date"], now, "no end date"), True),
            Column("computed_at", "Computed", lambda r: cells.when(r["computed_at"], now), True),
            Column("event", "Event", lambda r: cells.text(formats.words(r["event_title"] or "", 48), r["event_title"] or
                                                          "no event"), left=True),
        )

    def _share(self, row: Row) -> Cell:
        coverage = row["coverage"]
        reason = "holders cover too little" if coverage is None else f"holders cover {formats.percent(coverage, 0)}, under 50 %"
        note = "" if coverage is None else f"of {formats.percent(coverage, 0)}"
        return cells.share(row["smart_share"], reason, note)
