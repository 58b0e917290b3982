"""Columns and figures of one trader: positions, trades, activity, peers, scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from smartmoney import formats
from smartmoney.schema import CATEGORY, POSITION, SCORE, TRADER
from smartmoney.scoring.constants import SCORING_WEIGHTS
from smartmoney.store.reads import Row
from smartmoney.widgets import cells
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.holdings import CASH, OUTCOME_NAME, PRICE, SHARES, TRANSACTION, WHEN
from smartmoney.widgets.screens.traders.columns import (
    EDGE,
    PROBABILITY,
    PROFIT_FACTOR,
    RARITY,
    WIN_RATE,
)
from smartmoney.widgets.table import RowKpi, TableColumn, described, per_row

LEAST_EVENTS = SCORING_WEIGHTS.family_events
DECIDING = ("not ", "flagged", "needs", "no ")
LONGEST_REASON = 160


def _state(row: Row) -> Cell:
    return cells.chip(*(("closed", "dim") if row["closed"] else ("open", "gain")))


def _kind(row: Row) -> Cell:
    return cells.chip(row["kind"], "", f"the API calls it {row['raw_kind']}")


def _market(row: Row) -> Cell:
    if not row["question"]:
        return cells.missing("not about a market")
    return cells.question(row["question"], row["market_id"])


POSITIONS = (
    TableColumn.market(),
    TableColumn.outcome(),
    *described(POSITION, "shares", "avg_price", "mark"),
    TableColumn.described(POSITION["cost"], aside=True),
    TableColumn.described(POSITION["value"]),
    *described(POSITION, "unrealized_pnl", "realized_pnl"),
    TableColumn.by_row(_state, "state", "State", aside=True),
    TableColumn.described(POSITION["end_date"], reason="no end date", aside=True),
    TableColumn.described(POSITION["last_at"], aside=True),
)
TRADES = (
    WHEN,
    TableColumn.side(),
    TableColumn.market(),
    OUTCOME_NAME,
    SHARES,
    PRICE,
    CASH,
    TRANSACTION,
)
ACTIVITY = (
    WHEN,
    TableColumn.by_row(_kind, "kind", "What"),
    TableColumn.by_row(_market, "question", "Market", stick=True),
    TableColumn.text("outcome", "Outcome", "all outcomes"),
    SHARES,
    CASH,
    TRANSACTION,
)
PEERS = (
    TableColumn.tier(),
    TableColumn.wallet(),
    TableColumn.described(TRADER["rarity_score"], sort=False),
    TableColumn.of(cells.points, "skill_edge", "Edge"),
    *described(TRADER, "total_pnl", "event_count", "best_category", sort=False),
)


def _withheld(row: Row) -> str:
    """Why a category has no edge."""
    events = row["skill_events"]
    if events is None:
        return "none of its events counts for skill, or the edge was not computed yet"
    if events < LEAST_EVENTS:
        return f"{events} of {LEAST_EVENTS} events that count"
    return "its prices tell nothing"


def _verdict(row: Row) -> Cell:
    if row["good"]:
        return cells.chip("good at it", "gain", CATEGORY["good"].means.replace("`", ""))
    return {"t": _withheld(row) if row["skill_edge"] is None else "may be luck", "c": "dim"}


def _won(row: Row) -> Cell:
    return cells.rate(row["won"] / row["decided"] if row["decided"] else None, row["decided"])


CATEGORIES = (
    TableColumn.described(CATEGORY["category"], stick=True),
    TableColumn.by_row(_verdict, "good", "Verdict"),
    *described(CATEGORY, "skill_edge", "skill_prob", "q_value", reason=_withheld),
    TableColumn.described(CATEGORY["skill_events"]),
    *described(CATEGORY, "pnl", "invested"),
    TableColumn.described(CATEGORY["won"], draw=per_row(_won)),
)


def _as_of(row: Row) -> Cell:
    return {"t": formats.utc(row["as_of"])}


def decisive(reasons: Sequence[str]) -> list[str]:
    """Of the reasons of a tier those that decided it: what stopped the wallet, else its rank."""
    stopped = [each for each in reasons if each.startswith(DECIDING)]
    return stopped or list(reasons[:1])


def _reasons(row: Row) -> Cell:
    if not row["reasons"]:
        return cells.missing("no reasons kept")
    whole = "; ".join(row["reasons"])
    return cells.text("; ".join(decisive(row["reasons"])), whole, most=LONGEST_REASON)


SCORES = (
    TableColumn.by_row(_as_of, "as_of", "As of", stick=True),
    TableColumn.tier(),
    TableColumn.described(SCORE["rarity_score"], reason="withheld"),
    *described(SCORE, "skill_edge", "skill_prob", "total_pnl", "event_count"),
    TableColumn.by_row(_reasons, "why", "Why"),
)


def _money(key: str, write: Any, before: str = "") -> Any:
    def below(row: Row) -> str:
        value = row[key]
        return f"{before}{formats.DASH if value is None else write(value)}"

    return below


def _classic(row: Row) -> str:
    value = row["rarity_classic"]
    return "of 99,999" if value is None else f"classic {value:,}"


def _q(row: Row) -> str:
    return f"q {formats.DASH if row['q_value'] is None else formats.decimal(row['q_value'], 3)}"


def _events(row: Row) -> str:
    count = row["event_count"]
    return "no events" if count is None else f"{count:,} events"


def _fall(value: formats.Number) -> str:
    return formats.signed_usd(-value)


TRADES_READ = TableColumn.described(TRADER["trade_count"], reason="none read")
KPIS = (
    RowKpi(RARITY, _classic),
    RowKpi(EDGE, "at a 50¢ price, 90 % interval"),
    RowKpi(PROBABILITY, _q),
    RowKpi(TableColumn.described(TRADER["total_pnl"]), "realized + unrealized"),
    RowKpi(
        TableColumn.described(TRADER["realized_pnl"]),
        _money("unrealized_pnl", formats.signed_usd, "unrealized "),
    ),
    RowKpi(WIN_RATE, "decided events"),
    RowKpi(PROFIT_FACTOR, "gains / losses"),
    RowKpi(TableColumn.described(TRADER["max_drawdown"]), _money("max_drawdown_usd", _fall)),
    RowKpi(TRADES_READ, _events),
    RowKpi(TableColumn.described(TRADER["roi"]), _money("volume", formats.usd, "volume ")),
)
