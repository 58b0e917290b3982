"""What a run of scoring has to read: wallets with unread rows, and how many rows each is likely to have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from psycopg import Connection

from smartmoney.store.sql import Statements

SQL = Statements(__file__)


@dataclass(frozen=True)
class Dirty:
    """Unread rows of one wallet: the first second of them (Unix), and a version that grows with every write."""

    first_new: int
    version: int


def dirty(connection: Connection[Any]) -> dict[int, Dirty]:
    """Per wallet with unread rows, what is known of them."""
    return {row[0]: Dirty(*row[1:]) for row in SQL.run(connection, "dirty")}


def clear_dirty(connection: Connection[Any], read: dict[int, Dirty]) -> None:
    """Forget the rows a run has read, unless more arrived meanwhile."""
    given = {"wallets": list(read), "marks": [item.version for item in read.values()]}
    SQL.run(connection, "clear", **given)


def server_time(connection: Connection[Any]) -> datetime:
    """The database's clock, to the second: what a run may claim to have read up to."""
    at: datetime = SQL.value(connection, "server_time")
    return at


def row_counts(
    connection: Connection[Any],
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """(ids of every known wallet, rows it is likely to have): its fills when it was scored last, else the average."""
    rows = SQL.run(connection, "trade_counts").fetchall()
    table = np.array(rows, np.float64).reshape(-1, 2)
    average = float(SQL.value(connection, "estimated_rows") or 0) / max(len(table), 1)
    return table[:, 0].astype(np.int32), np.where(np.isnan(table[:, 1]), average, table[:, 1])


def wallets(connection: Connection[Any]) -> pd.DataFrame:
    """Every wallet by id: columns trader, address, coverage, coverage_reason (`unchecked` until compared), and unread (its
    trades were never read to the end, or the API has never seen it)."""
    rows = SQL.run(connection, "wallets").fetchall()
    names = ["trader", "address", "coverage", "coverage_reason", "unread"]
    types = {"coverage": object, "coverage_reason": object, "unread": bool}
    return pd.DataFrame(rows, columns=names).astype(types)
