"""The list of traders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from smartmoney.store import reads
from smartmoney.store.db import Store
from smartmoney.store.reads import Page, Row, TraderFilter
from smartmoney.widgets import cells
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.models.listing import Column, ListModel

UNSCORED = "not scored yet"
RARITY = "rarityScore, 0 to 99,999: rank among scored wallets"
EDGE = "better than the prices paid, in percentage points at 50¢, with its 90 % interval"
PROB = "probability that the edge clears its costs"
Q_VALUE = "share of false discoveries among wallets this good or better"
DRAWDOWN = "largest fall of the equity curve, of the peak capital employed"


def needs(row: Row) -> str:
    """Why a score is withheld, in words."""
    missing = row.get("needs_events")
    return f"needs {missing} more decided events" if missing else UNSCORED


class TradersModel(ListModel):
    """Every trader, the highest rarityScore first."""

    name = "traders"
    title = "Traders"
    job = "calculate_rarity_scores"
    jobs = ("sync_leaderboard", "calculate_rarity_scores")
    kind = TraderFilter
    rows_called = "traders"

    def fetch(self, store: Store, wanted: Any) -> Page:
        """One page of traders."""
        return reads.traders(store, wanted)

    def extras(self, page: Page) -> dict[str, Any]:
        """Sparklines of total PnL for the traders shown, and the categories there are."""
        known = self.data.get("categories") or reads.categories(self.store)
        return {
            "sparks": reads.sparklines(self.store, [row["id"] for row in page.rows]),
            "categories": known,
        }

    def _spark(self, row: Row) -> Cell:
        return cells.spark(self.data.get("sparks", {}).get(row["id"]), "total PnL over 30 days")

    def columns(self) -> Sequence[Column]:
        """The columns of the table: who, how good and how sure, what came of it, how they trade."""
        return (*self._skill_columns(), *self._result_columns(), *self._habit_columns())

    def _skill_columns(self) -> Sequence[Column]:
        page = self.data.get("page")
        reach = cells.reach(page.rows if page else ())
        return (
            Column(
                "tier",
                "Tier",
                lambda r: cells.tier(r["tier"], needs(r)),
                True,
                "S: the top 0.1 %, with evidence",
            ),
            Column("display_name", "Trader", wallet, True, left=True, stick=True),
            Column(
                "rarity_score",
                "Rarity",
                lambda r: cells.number(r["rarity_score"], needs(r)),
                True,
                RARITY,
            ),
            Column("skill_edge", "Skill edge", lambda r: edge(r, reach), True, EDGE),
            Column(
                "skill_prob",
                "P(skill)",
                lambda r: cells.probability(r["skill_prob"], needs(r)),
                True,
                PROB,
            ),
            Column(
                "q_value", "q", lambda r: cells.probability(r["q_value"], needs(r)), True, Q_VALUE
            ),
        )

    def _result_columns(self) -> Sequence[Column]:
        decided = "by event, of events decided; n beside it"
        return (
            Column(
                "total_pnl",
                "Total PnL",
                lambda r: cells.gain(r["total_pnl"]),
                True,
                "realized + unrealized",
            ),
            Column("trend", "30 days", self._spark, hint="total PnL over the last 30 days"),
            Column("realized_pnl", "Realized", lambda r: cells.gain(r["realized_pnl"]), True),
            Column("unrealized_pnl", "Unrealized", lambda r: cells.gain(r["unrealized_pnl"]), True),
            Column(
                "win_rate",
                "Win rate",
                lambda r: cells.rate(r["win_rate"], r["decided_events"]),
                True,
                decided,
            ),
            Column(
                "profit_factor",
                "Profit factor",
                factor,
                True,
                "gross gains over gross losses, by event",
            ),
            Column(
                "max_drawdown", "Drawdown", lambda r: cells.share(r["max_drawdown"]), True, DRAWDOWN
            ),
        )

    def _habit_columns(self) -> Sequence[Column]:
        now = self.clock()
        best = "none stands out"
        return (
            Column(
                "trade_count",
                "Trades",
                lambda r: cells.number(r["trade_count"], "no trades read yet"),
                True,
            ),
            Column(
                "event_count",
                "Events",
                lambda r: cells.number(r["event_count"], "no events yet"),
                True,
            ),
            Column(
                "best_category",
                "Best in",
                lambda r: cells.text(r["best_category"], best),
                True,
                left=True,
            ),
            Column(
                "maker_share",
                "Maker",
                lambda r: cells.share(r["maker_share"]),
                True,
                "fills that rested in the book",
            ),
            Column("flags", "Flags", lambda r: cells.flags(r["flags"]), left=True),
            Column(
                "last_active_at",
                "Active",
                lambda r: cells.when(r["last_active_at"], now, "no trade read"),
                True,
            ),
        )


def wallet(row: Row) -> Cell:
    """A trader by name or short address."""
    return cells.wallet(row["address"], row["name"], row["verified"])


def edge(row: Row, reach: float = cells.REACH) -> Cell:
    """The skill edge with its interval."""
    return cells.interval(row["skill_edge"], row["skill_lo"], row["skill_hi"], reach, needs(row))


def factor(row: Row) -> Cell:
    """The profit factor, or that there were no losses."""
    return cells.factor(row["profit_factor"], row["decided_events"])
