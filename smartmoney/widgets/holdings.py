"""Columns that fills, positions and activity share, whoever's they are."""

from __future__ import annotations

from smartmoney.schema import FILL
from smartmoney.widgets import cells
from smartmoney.widgets.table import TableColumn, described

WHEN, SHARES, PRICE, CASH = described(FILL, "ts", "shares", "price", "cash")
OUTCOME_NAME = TableColumn.text("outcome", "Outcome", "not labelled", most=24)
TRANSACTION = TableColumn.of(cells.transaction, "tx", "Transaction", field="tx_hash", left=True)
