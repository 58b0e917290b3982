"""Columns of the settings and of the score's constants."""

from __future__ import annotations

from collections.abc import Callable

from smartmoney.store.reads import Row
from smartmoney.widgets import cells
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.table import TableColumn

NO_CONDITION = "asks for nothing"


def _value(row: Row) -> Cell:
    return cells.text(row["value"], "not set", tone="amber" if row["secret"] else "")


def _from(row: Row) -> Cell:
    return {"t": "environment or .env"} if row["given"] else {"t": "default", "c": "dim"}


def _meaning(row: Row) -> Cell:
    return cells.text(row["help"], most=160, tone="dim")


def _weight(row: Row) -> Cell:
    return {"t": f"{row['value']:g}"}


def _slots(row: Row) -> Cell:
    return {"t": f"top {row['slots_per_mille'] / 10:g} %"}


def _flags(row: Row) -> Cell:
    return {"t": "none"} if row["unflagged"] else cells.missing("flags do not matter")


def _condition(name: str, sign: str) -> Callable[[Row], Cell]:
    def draw(row: Row) -> Cell:
        return {"t": f"{sign} {row[name]:g}"} if row[name] else cells.missing(NO_CONDITION)

    return draw


SETTINGS = (
    TableColumn.text("name", "Setting", stick=True),
    TableColumn.by_row(_value, "value", "Value"),
    TableColumn.by_row(_from, "from", "From"),
    TableColumn.by_row(_meaning, "help", "Meaning"),
)
WEIGHTS = (
    TableColumn.text("name", "Weight", stick=True),
    TableColumn.by_row(_weight, "value", "Value", left=False),
)
GATES = (
    TableColumn.tier(),
    TableColumn.by_row(_slots, "slots", "Slots down to", left=False),
    TableColumn.by_row(_condition("min_events", "≥"), "events", "Events", left=False),
    TableColumn.by_row(_condition("min_skill_prob", "≥"), "prob", "P(skill)", left=False),
    TableColumn.by_row(_condition("max_q_value", "≤"), "q", "q", left=False),
    TableColumn.by_row(_flags, "flags", "Flags"),
)
