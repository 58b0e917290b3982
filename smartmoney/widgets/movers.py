"""Who moved in the last 24 hours: the table's columns, on the page of all markets and on that of one."""

from __future__ import annotations

from smartmoney import formats
from smartmoney.store.reads import Row
from smartmoney.widgets import cells
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.table import TableColumn, per_row

TONES = {"cut": "dim", "closed": "dim", "flipped": "amber"}
MEANINGS = {
    "opened": "held nothing a day ago",
    "added": "holds more of the same side than a day ago",
    "cut": "holds less of the same side than a day ago",
    "closed": "holds nothing any more",
    "flipped": "holds the other side now",
}
NONE_MOVED = "No smart wallet changed its net position by $100 or more in the last 24 hours."
TITLE = "Moves of the last 24 hours"


def kind(row: Row) -> Cell:
    """What the wallet did, as a chip."""
    return cells.chip(row["kind"], TONES.get(row["kind"], ""), MEANINGS.get(row["kind"], ""))


def change(row: Row) -> Cell:
    """What the change of the net position comes to, in words: bought or sold, which side, for how much."""
    before, after = row["before_usd"], row["after_usd"]
    amount = abs(row["change_usd"])
    towards = "YES" if row["change_usd"] > 0 else "NO"
    left = "NO" if towards == "YES" else "YES"
    held_left = before < 0 if towards == "YES" else before > 0
    flipped = before * after < 0
    words = (
        f"sold {left}, bought {towards}"
        if flipped
        else f"{'sold' if held_left else 'bought'} " + (left if held_left else towards)
    )
    return {**cells.usd(amount), "t": f"{words} {formats.usd(amount)}"}


def position(value: float, reason: str = "") -> Cell:
    """A net position: its worth and its side."""
    if not value:
        return {"t": "nothing", "c": "dim"}
    side = "YES" if value > 0 else "NO"
    return {**cells.usd(abs(value)), "t": f"{side} {formats.usd(abs(value))}", "c": side.lower()}


_AT_PRICE_NOW = "net position at the price now"
_CHANGES = (
    TableColumn.tier(left=True),
    TableColumn(key="kind", label="Move", draw=per_row(kind), left=True),
    TableColumn.by_row(change, "change", "Did", hint="net, in USD at the price now"),
    TableColumn.of(position, "before", "A day ago", field="before_usd", hint=_AT_PRICE_NOW),
    TableColumn.of(position, "after", "Now", field="after_usd", hint=_AT_PRICE_NOW),
    TableColumn.of(
        cells.usd, "traded", "Traded", field="traded_usd", hint="paid and received in 24 h"
    ),
    TableColumn.when("at", "Last trade", field="moved_at"),
)
IN_ONE_MARKET = (TableColumn.wallet("wallet", "Wallet"), *_CHANGES)
IN_ALL_MARKETS = (
    TableColumn.market("market"),
    TableColumn.wallet("wallet", "Wallet", stick=False),
    *_CHANGES,
)
