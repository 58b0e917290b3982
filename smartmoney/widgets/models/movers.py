"""Who moved in the last 24 hours: the table's columns, on the page of all markets and on that of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from smartmoney.store.reads import Row
from smartmoney.widgets import cells, formats
from smartmoney.widgets.cells import Cell
from smartmoney.widgets.models.listing import Column

TONES = {"opened": "gain", "added": "gain", "cut": "amber", "closed": "dim", "flipped": "loss"}
MEANINGS = {
    "opened": "held nothing a day ago",
    "added": "holds more of the same side than a day ago",
    "cut": "holds less of the same side than a day ago",
    "closed": "holds nothing any more",
    "flipped": "holds the other side now",
}
NONE_MOVED = "No smart wallet changed its net position by $100 or more in the last 24 hours."


def kind(row: Row) -> Cell:
    """What the wallet did, as a chip."""
    return cells.chip(row["kind"], TONES.get(row["kind"], ""), MEANINGS.get(row["kind"], ""))


def stood(value: float) -> Cell:
    """A net position: its worth and its side."""
    if not value:
        return {"t": "nothing", "c": "dim"}
    side = "YES" if value > 0 else "NO"
    return {**cells.usd(abs(value)), "n": side}


def mover_columns(now: datetime, everywhere: bool) -> Sequence[Column]:
    """Columns of the moves; with the market where they are of many.

    Args:
        now: the time.
        everywhere: are the moves of many markets?
    """
    market = Column(
        "market",
        "Market",
        lambda r: cells.question(r["question"], r["market_id"]),
        left=True,
        stick=True,
    )
    return (
        *((market,) if everywhere else ()),
        Column(
            "wallet",
            "Wallet",
            lambda r: cells.wallet(r["address"], r["name"], r["verified"]),
            left=True,
            stick=not everywhere,
        ),
        Column("tier", "Tier", lambda r: cells.tier(r["tier"]), left=True),
        Column("kind", "Move", kind, left=True),
        Column(
            "change",
            "Change",
            lambda r: cells.gain(r["change_usd"]),
            hint="net USD at the price now; + is towards YES",
        ),
        Column(
            "before",
            "A day ago",
            lambda r: stood(r["before_usd"]),
            hint="net position at the price now",
        ),
        Column(
            "after", "Now", lambda r: stood(r["after_usd"]), hint="net position at the price now"
        ),
        Column(
            "traded",
            "Traded",
            lambda r: cells.usd(r["traded_usd"]),
            hint="paid and received in 24 h",
        ),
        Column("at", "Last trade", lambda r: cells.when(r["moved_at"], now)),
    )


def as_of_note(rows: Sequence[Row], now: datetime) -> str:
    """When the moves were computed."""
    return f"as of {formats.ago(rows[0]['computed_at'], now)}" if rows else ""
