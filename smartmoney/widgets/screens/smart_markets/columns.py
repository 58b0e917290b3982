"""Columns of markets that smart money is in."""

from __future__ import annotations

from dataclasses import replace

from smartmoney import formats
from smartmoney.schema import SMART_MARKET
from smartmoney.store.reads import Row
from smartmoney.widgets import cells
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.screens.markets.columns import EVENT, lean
from smartmoney.widgets.table import TableColumn, described, per_row

FEW = "fewer than 3 smart wallets"


def wallets(row: Row) -> Cell:
    """How many smart wallets; for an outcome of a negative-risk event also how many the whole event has."""
    whole = row.get("event_count")
    cell = cells.number(row["smart_count"])
    hover = f"{whole} in the whole event, each counted once"
    return {**cell, "n": f"of {whole}", "h": hover} if whole else cell


def _question(row: Row) -> Cell:
    others = row["event_markets"]
    alone = "negative risk" if row["neg_risk"] else ""
    note = f"best of {others} outcomes" if others > 1 else alone
    return cells.question(row["question"], row["id"], note)


def _interval(row: Row) -> Cell:
    bounds = (row["lean_lo"], row["lean_hi"])
    sides = ("yes", "no")
    return cells.interval(row["smart_lean"], *bounds, reach=1.0, reason=FEW, unit="", tones=sides)


def _share(row: Row) -> Cell:
    covered = row["coverage"]
    if covered is None:
        return cells.share(row["smart_share"], "holders cover too little")
    part = formats.percent(covered, 0)
    return cells.share(row["smart_share"], f"holders cover {part}, under 50 %", f"of {part}")


def _flow(row: Row) -> Cell:
    return cells.spark(row["flow"], "net smart flow over 7 days", around_zero=True)


COLUMNS = (
    TableColumn.by_row(_question, "question", "Market", stick=True),
    TableColumn.described(SMART_MARKET["smart_lean"], draw=per_row(lean), left=True),
    TableColumn.by_row(
        _interval, "interval", "Interval", left=False, hint="90 %, bootstrap over wallets"
    ),
    TableColumn.described(SMART_MARKET["smart_score"]),
    TableColumn.described(
        SMART_MARKET["smart_count"],
        draw=per_row(wallets),
    ),
    TableColumn.described(SMART_MARKET["smart_weighted"], aside=True),
    TableColumn.described(SMART_MARKET["smart_share"], draw=per_row(_share), aside=True),
    TableColumn.described(SMART_MARKET["price"]),
    TableColumn.described(SMART_MARKET["smart_divergence"]),
    TableColumn.by_row(
        _flow, "flow", "Flow 7 days", left=False, hint="net USD of smart tiers by day"
    ),
    TableColumn.described(SMART_MARKET["liquidity"], aside=True),
    TableColumn.described(SMART_MARKET["end_date"], reason="no end date"),
    *described(SMART_MARKET, "computed_at", aside=True),
    replace(EVENT, aside=True),
)
