"""The population: wallets as boards, holder lists and profiles show them, and where they stood on boards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg import Connection

from smartmoney.polymarket.types import BoardRecord, TraderRecord
from smartmoney.store.bulk import Bulk, Merge
from smartmoney.store.numeric import usd
from smartmoney.store.sql import Statements
from smartmoney.store.wallets.fills import Saved

SQL = Statements(__file__)
TRADER_MERGE = {
    **dict.fromkeys(("name", "pseudonym", "x_username"), Merge.UNLESS_EMPTY),
    "verified": Merge.EITHER,
    "found_by": Merge.KEEP,
    "updated_at": Merge.NOW,
}


def save_traders(connection: Connection[Any], rows: Sequence[TraderRecord], found_by: str) -> Saved:
    """Add wallets, and refresh the names of known ones. Names are free text: escape wherever shown."""
    written = _save(connection, rows, found_by)
    new = sum(fresh for fresh, *_ in written)
    return Saved(new, len(written) - new)


def _save(
    connection: Connection[Any], rows: Sequence[TraderRecord], found_by: str
) -> list[tuple[Any, ...]]:
    """(whether it is new, address, id) per wallet."""
    values = [
        {
            "address": row.address,
            "name": row.name,
            "pseudonym": row.pseudonym,
            "x_username": row.x_username,
            "verified": bool(row.verified),
            "found_by": found_by,
        }
        for row in {row.address: row for row in rows}.values()
    ]
    return Bulk(connection).upsert(
        "trader", ["address"], values, merge=TRADER_MERGE, returning=["address", "id"]
    )


def save_board(
    connection: Connection[Any], board: str, rows: Sequence[BoardRecord], fetched_at: datetime
) -> Saved:
    """Keep a board as it stands, in place of how it stood earlier that day; never a base for deletes of wallets."""
    written = _save(connection, [row.trader for row in rows], "leaderboard")
    ids = {address: trader_id for _, address, trader_id in written}
    entries = [
        {
            "fetched_at": fetched_at,
            "board": board,
            "trader_id": ids[address],
            "rank": row.rank,
            "pnl_usdc": usd(row.pnl_micro),
            "volume": usd(row.volume_micro),
        }
        for address, row in {row.trader.address: row for row in reversed(rows)}.items()
    ]
    SQL.run(
        connection,
        "drop_earlier_looks",
        board=board,
        traders=sorted(ids.values()),
        fetched_at=fetched_at,
    )
    merge = dict.fromkeys(("rank", "pnl_usdc", "volume"), Merge.KEEP)
    Bulk(connection).upsert(
        "leaderboard_entry", ["board", "trader_id", "fetched_at"], entries, merge=merge
    )
    new = sum(fresh for fresh, *_ in written)
    return Saved(new, len(written) - new)
