"""Columns of wallets and their scores."""

from __future__ import annotations

from dataclasses import replace

from smartmoney.schema import TRADER
from smartmoney.store.reads import Row
from smartmoney.widgets import cells
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.table import TableColumn, described, per_row

UNSCORED = "not scored yet"
NONE_STANDS_OUT = "no category stands out from luck"


def needs(row: Row) -> str:
    """Why a score is withheld, in words."""
    missing = row.get("needs_events")
    return f"needs {missing} more events that count" if missing else UNSCORED


def win_rate(row: Row) -> Cell:
    """The win rate with its n."""
    return cells.rate(row["win_rate"], row["decided_events"])


def profit_factor(row: Row) -> Cell:
    """The profit factor, or that there were no losses."""
    return cells.factor(row["profit_factor"], row["decided_events"])


def good_at(row: Row) -> Cell:
    """The categories the wallet is good at, the surest first."""
    if not row["good_at"]:
        return cells.missing(NONE_STANDS_OUT)
    return cells.text(", ".join(row["good_at"]))


def _trend(row: Row) -> Cell:
    return cells.spark(row["trend"], "total PnL over 30 days")


TIER = TableColumn.described(TRADER["tier"], make=cells.tier, reason=needs)
RARITY = TableColumn.described(TRADER["rarity_score"], reason=needs)
EDGE = TableColumn.described(TRADER["skill_edge"], reason=needs)
PROBABILITY = TableColumn.described(TRADER["skill_prob"], reason=needs)
WIN_RATE = TableColumn.described(TRADER["win_rate"], draw=per_row(win_rate))
PROFIT_FACTOR = TableColumn.described(TRADER["profit_factor"], draw=per_row(profit_factor))
GOOD_AT = TableColumn.described(TRADER["good_at"], draw=per_row(good_at), left=True)
FLAGS = TableColumn.described(TRADER["flags"], make=cells.flags, left=True)

COLUMNS = (
    TIER,
    TableColumn.wallet("display_name", sort=True),
    RARITY,
    EDGE,
    PROBABILITY,
    TableColumn.described(TRADER["q_value"], reason=needs, aside=True),
    GOOD_AT,
    TableColumn.described(TRADER["total_pnl"]),
    TableColumn.by_row(
        _trend, "trend", "30 days", left=False, hint="total PnL over the last 30 days"
    ),
    *described(TRADER, "realized_pnl", "unrealized_pnl", aside=True),
    WIN_RATE,
    replace(PROFIT_FACTOR, aside=True),
    *described(TRADER, "max_drawdown", "trade_count", aside=True),
    *described(TRADER, "event_count"),
    *described(TRADER, "best_category", "maker_share", aside=True),
    FLAGS,
    TableColumn.described(TRADER["last_active_at"], aside=True),
)
