"""Columns of the overview's tables."""

from __future__ import annotations

from smartmoney.schema import MARKET, SMART_MARKET
from smartmoney.store.reads import Row
from smartmoney.widgets import cells, links
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.jobs import FRESHNESS, NO_SCHEDULE
from smartmoney.widgets.screens.markets.columns import NO_SMART_MONEY
from smartmoney.widgets.table import TableColumn, described


def _lean(row: Row) -> Cell:
    return cells.lean(row["lean_label"], row["smart_lean"], row["lean_lo"], row["lean_hi"])


def _label(row: Row) -> Cell:
    tone = cells.LEAN_TONES.get(row["lean_label"] or "", "")
    return cells.chip(row["lean_label"], tone, reason=NO_SMART_MONEY)


def _job(row: Row) -> Cell:
    return cells.text(row["job"], link=links.page("health"))


def _consequence(row: Row) -> Cell:
    if row["schedule_s"] is None:
        return cells.text(NO_SCHEDULE, tone="dim")
    quiet = "on schedule" if row["last_success_at"] else "has not run yet"
    words = "switched off" if row["freshness"] == "off" else row["consequence"] or quiet
    return cells.text(words, tone="dim")


_MARKET = TableColumn.market(field="id")
SMART = (
    _MARKET,
    TableColumn.by_row(_lean, "lean", "Lean"),
    *described(SMART_MARKET, "price", "smart_count", "smart_score", sort=False),
)
PRICES = (
    _MARKET,
    *described(MARKET, "price", "price_change_24h", "volume_24h", sort=False),
    TableColumn.by_row(_label, "lean", "Smart"),
)
JOBS = (
    TableColumn.by_row(_job, "job", "Job", stick=True),
    FRESHNESS,
    TableColumn.when("last_success_at", "Last success"),
    TableColumn.by_row(_consequence, "consequence", "Meaning"),
)
