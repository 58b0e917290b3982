"""Columns of markets."""

from __future__ import annotations

from dataclasses import replace

from smartmoney.schema import MARKET
from smartmoney.store.reads import Row
from smartmoney.widgets import cells
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.table import TableColumn, described

NO_SMART_MONEY = "no smart money here"


def status(row: Row) -> Cell:
    """A market's status as a chip."""
    return cells.chip(row["status"], cells.STATUS_TONES.get(row["status"], ""))


def lean(row: Row) -> Cell:
    """Which way smart money leans; the number on hover."""
    bounds = (row.get("lean_lo"), row.get("lean_hi"))
    return cells.lean(row["lean_label"], row["smart_lean"], *bounds, bare=True)


def _trend(row: Row) -> Cell:
    return cells.spark(row["trend"], "price over 7 days")


STATUS = TableColumn.by_row(status, "status", "Status")
LEAN = TableColumn.by_row(lean, "lean", "Lean", hint=MARKET["smart_lean"].means)
EVENT = TableColumn.text("event", "Event", "no event", field="event_title", most=48)
SMART_COUNT = TableColumn.described(MARKET["smart_count"], reason=NO_SMART_MONEY)

COLUMNS = (
    TableColumn.market(field="id", sort=True),
    TableColumn.described(MARKET["category"], reason="uncategorised", aside=True),
    STATUS,
    *described(MARKET, "price", "price_change_24h"),
    TableColumn.by_row(_trend, "trend", "7 days", left=False),
    TableColumn.described(MARKET["volume_24h"]),
    *described(MARKET, "volume", "liquidity", aside=True),
    SMART_COUNT,
    LEAN,
    TableColumn.described(MARKET["end_date"], reason="no end date"),
    replace(EVENT, aside=True),
)
