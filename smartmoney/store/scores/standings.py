"""What a version of the code made of every wallet, stage by stage, in a form that another version's can be compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from smartmoney.store.db import Store
from smartmoney.store.sql import Statements

SQL = Statements(__file__)
DIGESTED = ("rows", "markets", "ledger")
"""Stages before the numbers, in the order of the work."""


@dataclass(frozen=True)
class Standing:
    """One wallet.

    Attributes:
        rows: fills and other activities stored of it.
        digests: per stage of `DIGESTED` a text that is the same where everything of that stage is; without what differs
            from database to database, such as numbers of rows.
        columns: its row of `trader`, by column.
    """

    rows: int
    digests: Mapping[str, str]
    columns: Mapping[str, Any]


def standings(store: Store) -> dict[str, Standing]:
    """Every wallet by address. The database may be of an older version: only columns that were always there are named.

    Raises:
        SchemaMismatch: it is no database of smartmoney.
    """
    stages = {stage: {row["address"]: row for row in SQL.fetch(store, stage)} for stage in DIGESTED}
    found = {}
    for row in SQL.fetch(store, "wallets"):
        address = row["address"]
        own = {stage: rows.get(address, {}) for stage, rows in stages.items()}
        found[address] = Standing(
            int(own["rows"].get("number", 0)),
            {stage: str(each.get("digest", "")) for stage, each in own.items()},
            row["columns"],
        )
    return found
