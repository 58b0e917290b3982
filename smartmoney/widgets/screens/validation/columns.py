"""Columns of the validation."""

from __future__ import annotations

from collections.abc import Callable

from smartmoney.store.reads import Row
from smartmoney.widgets import cells
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.table import TableColumn

SCORE = "rarity_score"
TOO_FEW = "too few cut-offs"


def figure(value: float | None, digits: int = 3) -> Cell:
    """A statistic with its sign; an en dash where it cannot be computed."""
    return cells.decimal(value, TOO_FEW, digits)


def _statistic(name: str, digits: int = 3) -> Callable[[Row], Cell]:
    return lambda row: figure(row.get(name), digits)


def _factor(row: Row) -> Cell:
    name = str(row.get("factor"))
    return cells.text(name, tone="" if name == SCORE else "dim")


FACTORS = (
    TableColumn.by_row(_factor, "factor", "Factor", stick=True),
    TableColumn.by_row(_statistic("IC Mean"), "mean", "IC mean", left=False),
    TableColumn.by_row(_statistic("IC Std."), "std", "IC std.", left=False),
    TableColumn.by_row(_statistic("Risk-Adjusted IC", 2), "risk", "Risk-adjusted", left=False),
    TableColumn.by_row(_statistic("t-stat(IC)", 2), "t", "t", left=False),
    TableColumn.by_row(_statistic("p-value(IC)"), "p", "p", left=False),
)
RUNS = (
    TableColumn.when("as_of", "As of"),
    TableColumn.text("version", "Version", field="score_version"),
    TableColumn.text("verdict", "Verdict", stick=True),
)
