"""Columns and figures of one market: holders, trades, cost per side, the event's other markets."""

from __future__ import annotations

from smartmoney import formats
from smartmoney.schema import HOLDER, MARKET, SMART
from smartmoney.store.reads import Row
from smartmoney.widgets import cells
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.holdings import CASH, OUTCOME_NAME, PRICE, SHARES, TRANSACTION, WHEN
from smartmoney.widgets.screens.markets.columns import NO_SMART_MONEY, STATUS
from smartmoney.widgets.screens.smart_markets.columns import wallets
from smartmoney.widgets.screens.traders.columns import FLAGS
from smartmoney.widgets.table import RowKpi, TableColumn, described, per_row

NOT_SCORED = "not scored"


def _unrealized(row: Row) -> Cell:
    return cells.gain(row["value"] - row["cost"])


def _sibling(row: Row) -> Cell:
    return cells.question(row["group_item_title"] or row["question"], row["id"])


def _sibling_lean(row: Row) -> Cell:
    return cells.lean(row["lean_label"], row["smart_lean"])


HOLDERS = (
    TableColumn.tier(),
    TableColumn.described(HOLDER["rarity_score"], reason=NOT_SCORED),
    TableColumn.wallet(),
    TableColumn.outcome("side"),
    *described(HOLDER, "shares", "avg_price", "mark", "value", "unrealized_pnl"),
    TableColumn.described(HOLDER["skill_prob"], reason=NOT_SCORED, aside=True),
    FLAGS,
)
TRADES = (
    WHEN,
    TableColumn.tier(),
    TableColumn.wallet(),
    TableColumn.side(),
    OUTCOME_NAME,
    SHARES,
    PRICE,
    CASH,
    TRANSACTION,
)
SIDES = (
    TableColumn.outcome(most=24),
    TableColumn.of(cells.number, "holders", "Wallets"),
    TableColumn.of(cells.shares, "shares", "Shares"),
    TableColumn.of(cells.cents, "entry", "Entry", reason="no shares"),
    TableColumn.of(cells.usd, "cost", "Cost basis"),
    TableColumn.of(cells.usd, "value", "Value"),
    TableColumn.by_row(_unrealized, "pnl", "Unrealized", left=False),
)
SIBLINGS = (
    TableColumn.by_row(_sibling, "question", "Market", stick=True),
    TableColumn.of(cells.cents, "price", "Price"),
    TableColumn.by_row(_sibling_lean, "lean", "Lean"),
    TableColumn.of(cells.number, "smart", "Wallets", field="smart_count", reason=NO_SMART_MONEY),
    STATUS,
)


def _lean(row: Row) -> Cell:
    return cells.lean(row["lean_label"], row["smart_lean"], row["lean_lo"], row["lean_hi"])


def _bounds(row: Row) -> str:
    if row["smart_lean"] is None or row["lean_lo"] is None:
        return "needs 3 smart wallets"
    return f"90 %: {cells.between(row['lean_lo'], row['lean_hi'])}"


def _smart_wallets(row: Row) -> Cell:
    return wallets(row) if row["smart_count"] else cells.number(None, NO_SMART_MONEY)


def _weighted(row: Row) -> str:
    weighted = row["smart_weighted"]
    return NO_SMART_MONEY if weighted is None else f"weighted {weighted:.1f}"


def _coverage(row: Row) -> str:
    covered = row["coverage"]
    if covered is None:
        return "coverage not known"
    return f"holders cover {formats.percent(covered, 0)}"


def _day_change(row: Row) -> str:
    return f"24 h {cells.cents_change(row['price_change_24h'])['t']}"


def _day_volume(row: Row) -> str:
    return f"24 h {cells.usd(row['volume_24h'])['t']}"


def _quote(row: Row) -> str:
    bid, ask = (cells.cents(row[name])["t"] for name in ("best_bid", "best_ask"))
    return f"bid {bid} · ask {ask}"


PRICE_NOW, VOLUME, LIQUIDITY = described(MARKET, "price", "volume", "liquidity")
KPIS = (
    RowKpi(PRICE_NOW, _day_change),
    RowKpi(TableColumn.described(SMART["smart_lean"], draw=per_row(_lean)), _bounds),
    RowKpi(TableColumn.described(SMART["smart_count"], draw=per_row(_smart_wallets)), _weighted),
    RowKpi(
        TableColumn.described(SMART["smart_share"], reason="withheld under 50 % coverage"),
        _coverage,
    ),
    RowKpi(
        TableColumn.described(SMART["smart_score"], reason=NO_SMART_MONEY), "attention, unsigned"
    ),
    RowKpi(
        TableColumn.described(SMART["smart_divergence"]),
        "smart probability less price",
    ),
    RowKpi(VOLUME, _day_volume),
    RowKpi(LIQUIDITY, _quote),
)
