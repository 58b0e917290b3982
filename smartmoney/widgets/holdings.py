"""Columns that fills, positions and activity share, whoever's they are."""

from __future__ import annotations

from smartmoney.schema import FILL
from smartmoney.widgets import cells
from smartmoney.widgets.table import TableColumn, described

WHEN = TableColumn.when("ts", "When", sort=True)
SHARES, PRICE, CASH = described(FILL, "shares", "price", "cash")
OUTCOME_NAME = TableColumn.text("outcome", "Outcome", "not labelled", most=24)
MARK = TableColumn.of(
    cells.cents,
    "mark",
    "Price",
    reason="no mark",
    hint="payout, else the price of the moment",
)
TRANSACTION = TableColumn.of(cells.transaction, "tx", "Transaction", field="tx_hash", left=True)
